package io.eric.js;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eric.testing.Hub;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a module finds when it is deployed, and what becomes of it. */
class JsVerticleTest {

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

  // ---- life

  @Test
  void startGetsItsConfigAndStopIsWaitedFor() {
    String id =
        scripts.run(
            """
            export async function start(eric, config) {
              await new Promise((done) => setTimeout(done, 5));
              eric.bus.send('out', config);
            }
            export async function stop(eric) {
              await new Promise((done) => setTimeout(done, 5));
              eric.bus.send('out', 'stopped');
            }
            """,
            new JsonObject().put("a", new JsonArray().add(1).add("b")));
    assertThat(scripts.next()).isEqualTo(new JsonObject("{\"a\": [1, \"b\"]}"));
    scripts.undeploy(id);
    assertThat(scripts.next()).isEqualTo("stopped");
  }

  @Test
  void aModuleNeedsNoHooks() {
    scripts.undeploy(scripts.run("export const nothing = 1;"));
  }

  @Test
  void eachInstanceHasItsOwnVariables() {
    String id =
        Hub.await(
            scripts.deploy(
                """
                let calls = 0;
                export const start = (eric) =>
                  eric.bus.consumer('count', () => ++calls);
                """,
                new DeploymentOptions().setInstances(2)));
    Set<Object> counts = new HashSet<>();
    for (int i = 0; i < 4; i++) { // the bus takes turns
      counts.add(request("count", null));
    }
    assertThat(counts).containsExactlyInAnyOrder(1, 2);
    scripts.undeploy(id);
  }

  @Test
  void aModuleMayRunOnAWorker() {
    String id =
        Hub.await(
            scripts.deploy(
                "export const start = (eric) => eric.bus.consumer('twice', (n) => 2 * n);",
                new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    assertThat(request("twice", 21)).isEqualTo(42);
    scripts.undeploy(id);
  }

  @Test
  void topLevelAwaitIsPartOfTheStart() {
    String id =
        scripts.run(
            """
            const late = await new Promise((done) => setTimeout(() => done('late'), 5));
            export const start = (eric) => eric.bus.send('out', late);
            """);
    assertThat(scripts.next()).isEqualTo("late");
    scripts.undeploy(id);
  }

  @Test
  void afterUndeploymentNothingRunsAnyMore() {
    String id =
        scripts.run(
            """
            export async function start(eric) {
              await eric.bus.consumer('gone', () => 'here');
              setInterval(() => eric.bus.send('out', 'tick'), 1);
            }
            """);
    assertThat(scripts.next()).isEqualTo("tick");
    scripts.undeploy(id);
    assertThatThrownBy(() -> request("gone", null))
        .isInstanceOf(ReplyException.class)
        .hasMessageContaining("No handlers");
    while (!scripts.isQuiet()) {
      scripts.next();
    }
    assertThat(scripts.isQuiet()).isTrue();
  }

  @Test
  void aHundredDeploymentsLeaveNothingBehind() {
    String module =
        """
        const ballast = new Uint8Array(2_000_000);
        export async function start(eric) {
          await eric.bus.consumer('ballast', () => ballast.length);
          setInterval(() => ballast.length, 1000);
        }
        """;
    for (int i = 0; i < 20; i++) {
      scripts.undeploy(scripts.run(module));
    }
    long before = usedHeap();
    for (int i = 0; i < 100; i++) {
      scripts.undeploy(scripts.run(module));
    }
    // One leaked instance holds 2 MB and more: a hundred of them would be 200 MB.
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(usedHeap() - before).isLessThan(16L << 20));
  }

  // ---- errors

  @Test
  void anErrorNamesFileLineAndColumn() {
    scripts.file("lib/deep.mjs", "export function fail() {\n  null.x;\n}\n");
    assertThat(scripts.failure("import { fail } from './lib/deep.mjs';\nfail();"))
        .isInstanceOf(JsException.class)
        .hasMessageContaining("TypeError")
        .hasMessageEndingWith("at lib/deep.mjs:2:3");
    assertThat(scripts.failure("export function start() {\n  throw new RangeError('no');\n}"))
        .hasMessage("RangeError: no at main.mjs:2:9");
    assertThat(scripts.failure("export async function start() {\n  await 1;\n  undefined.y;\n}"))
        .hasMessageContaining("TypeError")
        .hasMessageEndingWith("at main.mjs:3:3");
    assertThat(scripts.failure("let a = 1;\nlet b = = 2;\n"))
        .hasMessageContaining("SyntaxError")
        .hasMessageContaining("main.mjs:2:9");
    assertThat(scripts.failure("export const start = async () => { throw 'a string'; };"))
        .hasMessage("a string");
    assertThat(scripts.failure("import './nope.mjs';"))
        .hasMessageContaining("nope.mjs")
        .hasMessageContaining("main.mjs");
  }

  @Test
  void anUncaughtErrorIsLoggedWithItsPlaceAndTheVerticleGoesOn() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger("js.main.mjs");
    logger.addAppender(log);
    try {
      String id =
          scripts.run(
              """
              export async function start(eric) {
                setTimeout(() => { throw new Error('in a timer'); }, 1);
                Promise.reject(new Error('in a promise'));
                await eric.bus.consumer('risky', () => { throw new Error('in a handler'); });
                setTimeout(() => eric.bus.send('out', 'alive'), 20);
              }
              """);
      assertThatThrownBy(() -> request("risky", null)).hasMessage("in a handler");
      assertThat(scripts.next()).isEqualTo("alive");
      assertThat(List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage))
          .contains(
              "uncaught: Error: in a timer at main.mjs:2:28",
              "uncaught: Error: in a promise at main.mjs:3:18",
              "uncaught: Error: in a handler at main.mjs:4:50");
      scripts.undeploy(id);
    } finally {
      logger.detachAppender(log);
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(Hub.failure(scripts.hub.vertx.deployVerticle("js:no/such.mjs")))
        .hasMessageContaining("js:no/such.mjs")
        .hasMessageContaining(Path.of("no/such.mjs").toAbsolutePath().toString());
  }

  // ---- modules

  @Test
  void importsComeFromNodeModulesAsInNode() {
    scripts.file("package.json", "{\"type\": \"module\"}");
    scripts.file("node_modules/old/package.json", "{\"main\": \"./lib/entry\"}");
    scripts.file(
        "node_modules/old/lib/entry.js",
        "const dep = require('dep'); exports.name = 'old+' + dep + require('./data').x;");
    scripts.file("node_modules/old/lib/data.json", "{\"x\": 1}");
    scripts.file("node_modules/old/node_modules/dep/index.js", "module.exports = 'nested';");
    scripts.file("node_modules/dep/index.js", "module.exports = 'outer';");
    scripts.file(
        "node_modules/new/package.json",
        """
        {"type": "module", "exports": {
          ".": {"node": "./node.js", "import": "./index.js", "require": "./index.cjs"},
          "./util": "./src/util.js", "./x/*": "./src/*.js"}}
        """);
    scripts.file("node_modules/new/index.js", "import d from 'dep'; export default 'new+' + d;");
    scripts.file("node_modules/new/src/util.js", "export const util = 'util';");
    scripts.file("node_modules/@scope/pkg/package.json", "{\"main\": \"m.mjs\"}");
    scripts.file("node_modules/@scope/pkg/m.mjs", "export default 'scoped';");
    scripts.file("lib/plain.js", "export const plain = 'plain';");
    String id =
        scripts.run(
            """
            import old from 'old';
            import fresh from 'new';
            import { util } from 'new/util';
            import { util as same } from 'new/x/util';
            import scoped from '@scope/pkg';
            import { plain } from './lib/plain.js';
            export const start = (eric) =>
              eric.bus.send('out', [old.name, fresh, util, same === util, scoped, plain]);
            """);
    assertThat(scripts.next())
        .isEqualTo(
            new JsonArray(
                "[\"old+nested1\", \"new+outer\", \"util\", true, \"scoped\", \"plain\"]"));
    scripts.undeploy(id);
  }

  @Test
  void nothingOutsideOfTheModuleRootCanBeImported() throws Exception {
    Path outside = Files.createTempFile("outside", ".mjs");
    Files.writeString(outside, "export default 'secret';");
    Files.createSymbolicLink(directory.resolve("link.mjs"), outside);
    String id =
        scripts.run(
            """
            export async function start(eric, { paths }) {
              for (const path of paths) {
                try {
                  eric.bus.send('out', 'GOT ' + (await import(path)).default);
                } catch (e) {
                  eric.bus.send('out', e.constructor.name);
                }
              }
              try {
                eric.bus.send('out', 'GOT ' + globalThis[Symbol.for('eric.require')](paths[0]));
              } catch (e) {
                eric.bus.send('out', 'refused');
              }
            }
            """,
            new JsonObject()
                .put(
                    "paths",
                    new JsonArray()
                        .add(outside.toString())
                        .add("file://" + outside)
                        .add("../" + outside.getFileName())
                        .add("./link.mjs")));
    for (int i = 0; i < 4; i++) {
      assertThat(scripts.next()).asString().endsWith("Error");
    }
    assertThat(scripts.next()).isEqualTo("refused");
    scripts.undeploy(id);
    Files.delete(outside);
    Files.delete(directory.resolve("link.mjs"));
  }

  @Test
  void aScriptReachesNoJavaAndNoFiles() {
    String id =
        scripts.run(
            """
            export function start(eric) {
              const found = ['Java', 'Packages', 'java', 'Polyglot', 'Graal', 'load', 'print', 'quit',
                'read', 'require'].filter((name) => typeof globalThis[name] !== 'undefined');
              eric.bus.send('out', found);
            }
            """);
    JsonArray found = (JsonArray) scripts.next();
    assertThat(found).isEmpty();
    scripts.undeploy(id);
  }

  // ---- timers and values

  @Test
  void timersPassArgumentsAndCanBeCleared() {
    String id =
        scripts.run(
            """
            export function start(eric) {
              const order = [];
              setTimeout((a, b) => order.push('timeout ' + a + b), 2, 'x', 1);
              clearTimeout(setTimeout(() => order.push('never'), 1));
              setImmediate((a) => order.push('immediate ' + a), 'y');
              queueMicrotask(() => order.push('microtask'));
              let n = 0;
              const ticks = setInterval(() => {
                if (++n === 3) {
                  clearInterval(ticks);
                  setTimeout(() => eric.bus.send('out', [...order, n]), 20);
                }
              }, 3);
              order.push('now');
            }
            """);
    assertThat(scripts.next())
        .isEqualTo(new JsonArray("[\"now\", \"microtask\", \"immediate y\", \"timeout x1\", 3]"));
    scripts.undeploy(id);
  }

  @Test
  void valuesKeepTheirTypesBothWays() {
    String id =
        scripts.run(
            """
            export const start = (eric) => eric.bus.consumer('echo', (value) => value);
            """);
    List<Object> values =
        List.of(
            "text \u00e4 \ud83d\ude00",
            "",
            true,
            7,
            12345678901L,
            1.5,
            new JsonObject("{\"a\": [1, null, {\"b\": 2.5}], \"__proto__\": 3}"),
            new JsonArray("[]"),
            Buffer.buffer(new byte[] {0, 1, -1, -128}));
    for (Object value : values) {
      assertThat(request("echo", value)).isEqualTo(value);
    }
    assertThat(request("echo", null)).isNull();
    scripts.undeploy(id);
  }

  @Test
  void whatIsNoJsonIsRefusedWhereItIsSent() {
    String id =
        scripts.run(
            """
            export function start(eric) {
              for (const value of [() => 1, NaN]) {
                try { eric.bus.send('out', value); } catch (e) { eric.bus.send('out', e.message); }
              }
            }
            """);
    assertThat(scripts.next()).isEqualTo("a function is no JSON value");
    assertThat(scripts.next()).isEqualTo("NaN is no JSON value");
    scripts.undeploy(id);
  }

  @Test
  void repliesAndFailuresCrossTheBus() {
    String id =
        scripts.run(
            """
            export async function start(eric) {
              await eric.bus.consumer('later', async (body, message) => {
                await null;
                if (body === 'fail') {
                  throw Object.assign(new Error('refused'), { code: 42 });
                }
                return { body, name: message.headers.name ?? null };
              });
              eric.bus.send('out', await eric.bus.request('later', 1, { headers: { name: 'h' } }));
              try {
                await eric.bus.request('later', 'fail');
              } catch (e) {
                eric.bus.send('out', [e.name, e.message, e.code, e instanceof Error]);
              }
              try {
                await eric.bus.request('nobody');
              } catch (e) {
                eric.bus.send('out', e.name);
              }
            }
            """);
    assertThat(scripts.next()).isEqualTo(new JsonObject("{\"body\": 1, \"name\": \"h\"}"));
    assertThat(scripts.next()).isEqualTo(new JsonArray("[\"ReplyError\", \"refused\", 42, true]"));
    assertThat(scripts.next()).isEqualTo("NoHandlersError");
    scripts.undeploy(id);
  }

  private static Object request(String address, Object body) {
    return Hub.await(scripts.hub.vertx.eventBus().request(address, body)).body();
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
