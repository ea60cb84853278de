// The globals of the Web platform that scripts and pure-JS packages rely on; docs/POLYGLOT.md has the table. The file
// is evaluated once per context, after prelude.js, with a few Java functions (WebFunctions, Script).
(function web(host) {
  'use strict';

  const { setTimeout } = globalThis;
  const requireFile = globalThis[Symbol.for('eric.require')];

  function define(globals) {
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    }
  }

  /**
   * Defines globals that are made when they are first used, so that those that few scripts use cost the others nothing.
   */
  function defineLate(names, make) {
    for (const name of names) {
      const set = (value) =>
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get: () => {
          const made = make()[name];
          set(made);
          return made;
        },
        set,
      });
    }
  }

  // ---- DOMException

  const LEGACY_CODES = {
    IndexSizeError: 1,
    HierarchyRequestError: 3,
    WrongDocumentError: 4,
    InvalidCharacterError: 5,
    NoModificationAllowedError: 7,
    NotFoundError: 8,
    NotSupportedError: 9,
    InUseAttributeError: 10,
    InvalidStateError: 11,
    SyntaxError: 12,
    InvalidModificationError: 13,
    NamespaceError: 14,
    InvalidAccessError: 15,
    TypeMismatchError: 17,
    SecurityError: 18,
    NetworkError: 19,
    AbortError: 20,
    URLMismatchError: 21,
    QuotaExceededError: 22,
    TimeoutError: 23,
    InvalidNodeTypeError: 24,
    DataCloneError: 25,
  };

  class DOMException extends Error {
    #name;

    constructor(message = '', options = 'Error') {
      const named = typeof options === 'object' && options !== null;
      super(String(message), named && 'cause' in options ? { cause: options.cause } : undefined);
      this.#name = String(named ? (options.name ?? 'Error') : options);
    }

    get name() {
      return this.#name;
    }

    get code() {
      return LEGACY_CODES[this.#name] ?? 0;
    }

    get [Symbol.toStringTag]() {
      return 'DOMException';
    }
  }

  // ---- events

  const NO_TARGET = null;

  class Event {
    #type;
    #options;
    #prevented = false;
    _target = NO_TARGET;
    _stopped = false;
    _passive = false;

    constructor(type, options = {}) {
      if (arguments.length === 0) {
        throw new TypeError('an event needs a type');
      }
      this.#type = String(type);
      this.#options = options ?? {};
      this.timeStamp = host.now();
      for (const hidden of ['_target', '_stopped', '_passive']) {
        Object.defineProperty(this, hidden, { enumerable: false });
      }
    }

    get type() {
      return this.#type;
    }

    get bubbles() {
      return Boolean(this.#options.bubbles);
    }

    get cancelable() {
      return Boolean(this.#options.cancelable);
    }

    get composed() {
      return Boolean(this.#options.composed);
    }

    get isTrusted() {
      return false;
    }

    get target() {
      return this._target;
    }

    get currentTarget() {
      return this._target;
    }

    get srcElement() {
      return this._target;
    }

    get defaultPrevented() {
      return this.#prevented;
    }

    preventDefault() {
      if (this.cancelable && !this._passive) {
        this.#prevented = true;
      }
    }

    stopPropagation() {}

    stopImmediatePropagation() {
      this._stopped = true;
    }

    composedPath() {
      return this._target === NO_TARGET ? [] : [this._target];
    }
  }

  class CustomEvent extends Event {
    #detail;

    constructor(type, options = {}) {
      super(type, options);
      this.#detail = options?.detail ?? null;
    }

    get detail() {
      return this.#detail;
    }
  }

  class EventTarget {
    #listeners = new Map();

    addEventListener(type, callback, options) {
      if (callback === null || callback === undefined) {
        return;
      }
      if (typeof callback !== 'function' && typeof callback !== 'object') {
        throw new TypeError('a listener is a function or an object with handleEvent');
      }
      const { capture = false, once = false, passive = false, signal } =
        typeof options === 'object' && options !== null ? options : { capture: Boolean(options) };
      if (signal?.aborted) {
        return;
      }
      const all = this.#listeners.get(String(type)) ?? [];
      if (all.some((each) => each.callback === callback && each.capture === Boolean(capture))) {
        return;
      }
      all.push({ callback, capture: Boolean(capture), once, passive, removed: false });
      this.#listeners.set(String(type), all);
      signal?.addEventListener('abort', () => this.removeEventListener(type, callback, { capture }), {
        once: true,
      });
    }

    removeEventListener(type, callback, options) {
      const capture = Boolean(typeof options === 'object' && options !== null ? options.capture : options);
      const all = this.#listeners.get(String(type)) ?? [];
      const at = all.findIndex((each) => each.callback === callback && each.capture === capture);
      if (at >= 0) {
        all[at].removed = true;
        all.splice(at, 1);
        if (all.length === 0) {
          this.#listeners.delete(String(type));
        }
      }
    }

    /**
     * Calls the listeners at once, in the order in which they were added. An error in one of them does not stop the
     * others.
     */
    dispatchEvent(event) {
      if (!(event instanceof Event)) {
        throw new TypeError('only an Event can be dispatched');
      }
      event._target = this;
      event._stopped = false;
      for (const each of [...(this.#listeners.get(event.type) ?? [])]) {
        if (each.removed) {
          continue;
        }
        if (each.once) {
          this.removeEventListener(event.type, each.callback, { capture: each.capture });
        }
        event._passive = each.passive;
        try {
          if (typeof each.callback === 'function') {
            each.callback.call(this, event);
          } else {
            each.callback.handleEvent(event);
          }
        } catch (e) {
          host.uncaught(e);
        }
        if (event._stopped) {
          break;
        }
      }
      return !event.defaultPrevented;
    }
  }

  // ---- abortion

  const OURS = Symbol('made here');

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason = undefined;
    #handler = null;

    constructor(key) {
      if (key !== OURS) {
        throw new TypeError('Illegal constructor: an AbortController has a signal');
      }
      super();
    }

    get aborted() {
      return this.#aborted;
    }

    get reason() {
      return this.#reason;
    }

    get onabort() {
      return this.#handler;
    }

    set onabort(handler) {
      if (this.#handler !== null) {
        this.removeEventListener('abort', this.#handler);
      }
      this.#handler = typeof handler === 'function' ? handler : null;
      this.addEventListener('abort', this.#handler);
    }

    throwIfAborted() {
      if (this.#aborted) {
        throw this.#reason;
      }
    }

    static _abort(signal, reason) {
      if (!signal.#aborted) {
        signal.#aborted = true;
        signal.#reason =
          reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
        signal.dispatchEvent(new Event('abort'));
      }
    }

    static abort(reason) {
      const signal = new AbortSignal(OURS);
      abort(signal, reason);
      return signal;
    }

    static timeout(milliseconds) {
      const signal = new AbortSignal(OURS);
      setTimeout(
        () => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
        milliseconds,
      );
      return signal;
    }

    static any(signals) {
      const all = [...signals];
      const signal = new AbortSignal(OURS);
      const first = all.find((each) => each.aborted);
      if (first !== undefined) {
        abort(signal, first.reason);
        return signal;
      }
      for (const each of all) {
        each.addEventListener('abort', () => abort(signal, each.reason), { once: true, signal });
      }
      return signal;
    }

    get [Symbol.toStringTag]() {
      return 'AbortSignal';
    }
  }

  const abort = AbortSignal._abort;
  delete AbortSignal._abort;

  class AbortController {
    #signal = new AbortSignal(OURS);

    get signal() {
      return this.#signal;
    }

    abort(reason) {
      abort(this.#signal, reason);
    }

    get [Symbol.toStringTag]() {
      return 'AbortController';
    }
  }

  // ---- randomness

  const INTEGERS = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
  ];
  const MOST_RANDOM_BYTES = 65_536;

  const crypto = Object.freeze({
    getRandomValues(array) {
      if (!INTEGERS.some((type) => array instanceof type)) {
        throw new DOMException('getRandomValues fills a typed array of integers', 'TypeMismatchError');
      }
      if (array.byteLength > MOST_RANDOM_BYTES) {
        throw new DOMException(
          `getRandomValues gives at most ${MOST_RANDOM_BYTES} bytes, not ${array.byteLength}`,
          'QuotaExceededError',
        );
      }
      if (array.byteLength > 0) {
        const random = new Uint8Array(new ArrayBuffer(host.randomBytes(array.byteLength)));
        new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(random);
      }
      return array;
    },

    randomUUID: () => host.randomUuid(),
  });

  // ---- base64

  function atob(text) {
    let stripped = String(text).replace(/[\t\n\f\r ]+/g, '');
    if (stripped.length % 4 === 0) {
      stripped = stripped.replace(/==?$/, '');
    }
    if (stripped.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(stripped)) {
      throw new DOMException('the text is not correctly encoded base64', 'InvalidCharacterError');
    }
    return host.fromBase64(stripped);
  }

  function btoa(text) {
    const bytes = String(text);
    if (/[^\0-\xff]/.test(bytes)) {
      throw new DOMException('btoa takes characters up to U+00FF alone', 'InvalidCharacterError');
    }
    return host.toBase64(bytes);
  }

  // ---- structuredClone

  const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const WRAPPERS = [Boolean, Number, String, BigInt];
  const UNCLONEABLE = [WeakMap, WeakSet, WeakRef, Promise, EventTarget, Event, FinalizationRegistry];

  function refuseClone(value) {
    let shown = typeof value;
    if (typeof value === 'object') {
      shown = Object.prototype.toString.call(value);
    } else if (typeof value === 'function') {
      shown = `function ${value.name}`;
    }
    throw new DOMException(`${shown} cannot be cloned`, 'DataCloneError');
  }

  function cloned(value, known) {
    if (typeof value === 'function' || typeof value === 'symbol') {
      refuseClone(value);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    if (known.has(value)) {
      return known.get(value);
    }
    const keep = (copy) => {
      known.set(value, copy);
      return copy;
    };
    if (Array.isArray(value)) {
      return copyKeys(value, keep(new Array(value.length)), known);
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return copyKeys(value, keep({}), known);
    }
    if (value instanceof Date) {
      return keep(new Date(value.getTime()));
    } else if (value instanceof RegExp) {
      return keep(new RegExp(value.source, value.flags));
    } else if (value instanceof Map) {
      const copy = keep(new Map());
      [...value].forEach(([key, each]) => copy.set(cloned(key, known), cloned(each, known)));
      return copy;
    } else if (value instanceof Set) {
      const copy = keep(new Set());
      [...value].forEach((each) => copy.add(cloned(each, known)));
      return copy;
    } else if (value instanceof ArrayBuffer) {
      return keep(copyBuffer(value));
    } else if (value instanceof SharedArrayBuffer) {
      return keep(value);
    } else if (ArrayBuffer.isView(value)) {
      const buffer = cloned(value.buffer, known);
      const length = value instanceof DataView ? value.byteLength : value.length;
      return keep(new (viewType(value))(buffer, value.byteOffset, length));
    } else if (value instanceof DOMException) {
      return keep(new DOMException(value.message, value.name));
    } else if (value instanceof Error) {
      return copyError(value, keep, known);
    } else if (WRAPPERS.some((type) => value instanceof type)) {
      return keep(Object(value.valueOf()));
    } else if (UNCLONEABLE.some((type) => value instanceof type) || isPlatformObject(value)) {
      refuseClone(value);
    }
    return copyKeys(value, keep({}), known);
  }

  /**
   * Returns whether a value is one of the late globals' objects. Before these are made, there can be no such object.
   */
  function isPlatformObject(value) {
    return late !== null && (value instanceof late.URL || value instanceof late.URLSearchParams);
  }

  function copyKeys(value, copy, known) {
    for (const key of Object.keys(value)) {
      Object.defineProperty(copy, key, {
        value: cloned(value[key], known),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return copy;
  }

  function copyBuffer(buffer) {
    if (buffer.detached) {
      throw new DOMException('an ArrayBuffer that was transferred cannot be cloned', 'DataCloneError');
    }
    if (!buffer.resizable) {
      return buffer.slice(0);
    }
    const copy = new ArrayBuffer(buffer.byteLength, { maxByteLength: buffer.maxByteLength });
    new Uint8Array(copy).set(new Uint8Array(buffer));
    return copy;
  }

  function viewType(view) {
    const name = view instanceof DataView ? 'DataView' : view[Symbol.toStringTag];
    return globalThis[name];
  }

  function copyError(error, keep, known) {
    const type = Object.hasOwn(ERRORS, error.name) ? ERRORS[error.name] : Error;
    const copy = keep(new type(String(error.message)));
    const hidden = { stack: error.stack };
    if (Object.hasOwn(error, 'cause')) {
      hidden.cause = cloned(error.cause, known);
    }
    for (const [key, value] of Object.entries(hidden)) {
      Object.defineProperty(copy, key, { value, writable: true, configurable: true });
    }
    return copy;
  }

  function structuredClone(value, options) {
    if (arguments.length === 0) {
      throw new TypeError('structuredClone needs a value');
    }
    const transferred = [...(options?.transfer ?? [])];
    for (const each of transferred) {
      if (!(each instanceof ArrayBuffer) || each.detached || new Set(transferred).size !== transferred.length) {
        throw new DOMException('only ArrayBuffers can be transferred, each once', 'DataCloneError');
      }
    }
    const copy = cloned(value, new Map());
    transferred.forEach((each) => each.transfer()); // the transfer detaches it
    return copy;
  }

  // ---- the rest

  const performance = Object.freeze({
    now: () => host.now(),
    timeOrigin: host.timeOrigin(),
    toJSON: () => ({ timeOrigin: performance.timeOrigin }),
  });

  let late = null;

  /** Returns the URL classes, which come from WebJars and are not implemented here: see docs/decisions/0009. */
  function urls() {
    late ??= requireFile('webjar:whatwg-url/index.js');
    return late;
  }

  /** The object that bundlers give to packages that use Node's `process`. */
  const process = {
    browser: true,
    env: { NODE_ENV: host.nodeEnv() },
    argv: [],
    version: '',
    versions: {},
    nextTick: (callback, ...values) => globalThis.queueMicrotask(() => callback(...values)),
  };

  define({
    self: globalThis,
    global: globalThis,
    process,
    DOMException,
    Event,
    CustomEvent,
    EventTarget,
    AbortController,
    AbortSignal,
    crypto,
    atob,
    btoa,
    structuredClone,
    performance,
    reportError: (error) => host.uncaught(error),
  });
  defineLate(['URL', 'URLSearchParams'], urls);
});
