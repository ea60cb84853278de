package io.eric.js;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The globals of the Web platform that docs/POLYGLOT.md lists. */
class JsWebTest {

  @TempDir private static Path directory;
  private static Scripts scripts;

  @BeforeAll
  static void startHub() {
    scripts = new Scripts(directory);
  }

  @AfterEach
  void clear() {
    scripts.clear();
  }

  @AfterAll
  static void closeHub() {
    scripts.close();
  }

  @Test
  void processSaysWhetherItIsProduction() {
    assertThat(
            value("[process.env.NODE_ENV, typeof process.env.NOPE, process.versions.node ?? null]"))
        .isEqualTo(
            new JsonArray()
                .add(System.getenv().getOrDefault("NODE_ENV", "production"))
                .add("undefined")
                .addNull());
    assertThat(value("await new Promise((done) => process.nextTick(done, 'next'))"))
        .isEqualTo("next");
    assertThat(value("[self === globalThis, global === globalThis]"))
        .isEqualTo(new JsonArray("[true, true]"));
  }

  @Test
  void randomness() {
    assertThat(value("crypto.randomUUID()"))
        .asString()
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(
            value(
                """
                (() => {
                  const part = new Uint32Array(new ArrayBuffer(400), 40, 50);
                  const same = crypto.getRandomValues(part) === part;
                  const outside = new Uint32Array(part.buffer, 0, 10).every((n) => n === 0);
                  return [same, outside, new Set(part).size > 40,
                    error(() => crypto.getRandomValues(new Uint8Array(65537))),
                    error(() => crypto.getRandomValues(new Float64Array(1))),
                    crypto.getRandomValues(new BigInt64Array(2)).length];
                })()
                """))
        .isEqualTo(
            new JsonArray("[true, true, true, \"QuotaExceededError\", \"TypeMismatchError\", 2]"));
  }

  @Test
  void base64() {
    assertThat(
            value(
                "[btoa('h\\u00e9llo'), atob('aOlsbG8='), atob(' aO ls\\n"
                    + "bG8'), btoa(''), atob('')]"))
        .isEqualTo(new JsonArray("[\"aOlsbG8=\", \"h\u00e9llo\", \"h\u00e9llo\", \"\", \"\"]"));
    assertThat(value("['\\u0100', 'a'].map((x) => error(() => btoa(x)))"))
        .isEqualTo(new JsonArray("[\"InvalidCharacterError\", \"none\"]"));
    assertThat(value("['a', 'a===', 'ab=', 'ab-_', 'abc=', 'YR'].map((x) => error(() => atob(x)))"))
        .isEqualTo(
            new JsonArray(
                "[\"InvalidCharacterError\", \"InvalidCharacterError\", \"InvalidCharacterError\","
                    + " \"InvalidCharacterError\", \"none\", \"none\"]"));
  }

  @Test
  void structuredClones() {
    assertThat(
            value(
                """
                (() => {
                  const shared = { n: 1 };
                  const from = {
                    shared, again: shared, date: new Date(5), regexp: /a+/gi, map: new Map([[shared, 'm']]),
                    set: new Set([1]), bytes: new Uint8Array([1, 2, 3]).subarray(1), error: new RangeError('r'),
                    array: [1, , 3], big: 7n, nothing: undefined, wrapped: Object(5),
                    typed: new (class Point { x = 1; get y() { return 2; } })(),
                  };
                  from.loop = from;
                  const to = structuredClone(from);
                  return [to !== from, to.loop === to, to.shared !== shared, to.again === to.shared,
                    to.date.getTime(), String(to.regexp), to.map.get(to.shared), to.set.has(1),
                    [...to.bytes], to.bytes.byteOffset, to.error instanceof RangeError, to.error.message,
                    1 in to.array, to.array.length, to.big === 7n, 'nothing' in to, to.wrapped + 1,
                    to.typed.constructor === Object, to.typed.x, to.typed.y ?? null];
                })()
                """))
        .isEqualTo(
            new JsonArray(
                "[true, true, true, true, 5, \"/a+/gi\", \"m\", true, [2, 3], 1, true, \"r\","
                    + " false, 3, true, true, 6, true, 1, null]"));
    assertThat(
            value(
                """
                [() => 1, Symbol('s'), new WeakMap(), Promise.resolve(), { deep: [() => 1] },
                  new AbortController().signal, new URL('a:b')].map((x) => error(() => structuredClone(x)))
                """))
        .isEqualTo(
            new JsonArray()
                .add("DataCloneError")
                .add("DataCloneError")
                .add("DataCloneError")
                .add("DataCloneError")
                .add("DataCloneError")
                .add("DataCloneError")
                .add("DataCloneError"));
    assertThat(
            value(
                """
                (() => {
                  const buffer = new ArrayBuffer(8);
                  const view = structuredClone(new Uint8Array(buffer), { transfer: [buffer] });
                  return [view.length, buffer.detached, error(() => structuredClone(buffer)),
                    error(() => structuredClone(1, { transfer: [{}] }))];
                })()
                """))
        .isEqualTo(new JsonArray("[8, true, \"DataCloneError\", \"DataCloneError\"]"));
  }

  @Test
  void urls() {
    assertThat(
            value(
                """
                (() => {
                  const url = new URL('../b c?x=1&x=2#h', 'HTTPS://User:pw@Ex\\u00e4mple.com:443/a/d/e');
                  url.searchParams.append('y', 'ä &');
                  return [url.href, url.origin, url.host, url.port, url.searchParams.getAll('x'),
                    String(new URLSearchParams({ q: 'a b', r: '1' })), URL.canParse('nope'),
                    new URL('http://[::1]:80/%7Efoo/../bar').href, new URL('http://0x7f.1/').host,
                    JSON.stringify({ url: new URL('mailto:a@b') }), error(() => new URL('//x'))];
                })()
                """))
        .isEqualTo(
            new JsonArray()
                .add("https://User:pw@xn--exmple-cua.com/a/b%20c?x=1&x=2&y=%C3%A4+%26#h")
                .add("https://xn--exmple-cua.com")
                .add("xn--exmple-cua.com")
                .add("")
                .add(new JsonArray("[\"1\", \"2\"]"))
                .add("q=a+b&r=1")
                .add(false)
                .add("http://[::1]/bar")
                .add("127.0.0.1")
                .add("{\"url\":\"mailto:a@b\"}")
                .add("TypeError"));
    assertThat(value("(() => { URL = 5; return URL; })()")).isEqualTo(5);
  }

  @Test
  void textIsEncodedAndDecoded() {
    assertThat(
            value(
                """
                (() => {
                  const bytes = new TextEncoder().encode('ä😀');
                  const stream = new TextDecoder();
                  const parts = [bytes.subarray(0, 3), bytes.subarray(3)].map((b) => stream.decode(b, { stream: true }));
                  return [[...bytes], new TextDecoder().decode(bytes), parts.join('') + stream.decode(),
                    error(() => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))),
                    new TextDecoder('utf-16le').decode(new Uint8Array([65, 0])),
                    new TextEncoder().encodeInto('ab', new Uint8Array(1)).read];
                })()
                """))
        .isEqualTo(
            new JsonArray()
                .add(new JsonArray("[195, 164, 240, 159, 152, 128]"))
                .add("ä😀")
                .add("ä😀")
                .add("TypeError")
                .add("A")
                .add(1));
  }

  @Test
  void abortion() {
    assertThat(
            value(
                """
                await (async () => {
                  const seen = [];
                  const controller = new AbortController();
                  const { signal } = controller;
                  signal.addEventListener('abort', (e) => seen.push(e.type, e.target === signal));
                  signal.addEventListener('abort', { handleEvent: () => seen.push('object') }, { once: true });
                  signal.onabort = () => seen.push('on');
                  const any = AbortSignal.any([new AbortController().signal, signal]);
                  controller.abort();
                  controller.abort('second');
                  seen.push(signal.aborted, signal.reason.name, signal.reason instanceof Error, any.aborted,
                    any.reason === signal.reason, error(() => signal.throwIfAborted()), AbortSignal.abort('r').reason);
                  const late = AbortSignal.timeout(1);
                  await new Promise((done) => late.addEventListener('abort', done));
                  seen.push(late.reason.name, error(() => new AbortSignal()));
                  return seen;
                })()
                """))
        .isEqualTo(
            new JsonArray(
                "[\"abort\", true, \"object\", \"on\", true, \"AbortError\", true, true, true,"
                    + " \"AbortError\", \"r\", \"TimeoutError\", \"TypeError\"]"));
  }

  @Test
  void events() {
    assertThat(
            value(
                """
                (() => {
                  const target = new EventTarget();
                  const seen = [];
                  const twice = (e) => seen.push(e.detail);
                  target.addEventListener('x', twice);
                  target.addEventListener('x', twice);
                  target.addEventListener('x', () => { throw new Error('logged'); });
                  target.addEventListener('x', (e) => { e.preventDefault(); e.stopImmediatePropagation(); });
                  target.addEventListener('x', () => seen.push('not reached'));
                  const kept = target.dispatchEvent(new CustomEvent('x', { detail: 7, cancelable: true }));
                  target.removeEventListener('x', twice);
                  target.dispatchEvent(new CustomEvent('x', { detail: 8 }));
                  return [kept, ...seen];
                })()
                """))
        .isEqualTo(new JsonArray("[false, 7]"));
  }

  @Test
  void clocksAndMicrotasks() {
    assertThat(
            value(
                """
                await (async () => {
                  const start = performance.now();
                  await new Promise((done) => setTimeout(done, 5));
                  const passed = performance.now() - start;
                  const wall = performance.timeOrigin + performance.now() - Date.now();
                  const order = [];
                  await new Promise((done) => {
                    setTimeout(done, 2);
                    queueMicrotask(() => order.push('micro'));
                    order.push('now');
                  });
                  return [passed >= 4, Math.abs(wall) < 5_000, order, error(() => queueMicrotask(5))];
                })()
                """))
        .isEqualTo(new JsonArray("[true, true, [\"now\", \"micro\"], \"TypeError\"]"));
  }

  /** What an expression evaluates to; {@code error(f)} is the name of what a function throws. */
  private static Object value(String expression) {
    scripts.run(
        """
        const error = (f) => { try { f(); return 'none'; } catch (e) { return e.name; } };
        export async function start(eric) {
          eric.bus.send('out', { value: %s });
        }
        """
            .formatted(expression.strip()));
    Object value = ((JsonObject) scripts.next()).getValue("value");
    scripts.clear();
    return value;
  }
}
