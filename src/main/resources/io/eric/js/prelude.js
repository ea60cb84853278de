// Defines what a JS verticle finds when it starts: timers, require for CommonJS packages, and the API that eric.d.ts
// describes. It is evaluated once per context, with a few Java functions (HostFunctions, Script).
(function prelude(host) {
  'use strict';

  const { parse, stringify } = JSON;

  // ---- errors

  /** The error that a channel or the event bus answered in place of a result. */
  class EricError extends Error {
    constructor(name, message, code) {
      super(message);
      this.name = name;
      this.code = code;
    }
  }

  /** Calls a Java function. Its refusal is thrown here, where the script can see it. */
  function ask(name, ...values) {
    const answer = host[name](...values);
    if (answer !== null && typeof answer === 'object' && answer.refused !== undefined) {
      throw new TypeError(answer.refused);
    }
    return answer;
  }

  Graal.setUnhandledPromiseRejectionHandler((reason) => host.uncaught(reason));
  delete globalThis.Graal;

  function define(globals) {
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    }
  }

  // ---- timers

  function timer(callback, delay, repeats, values) {
    if (typeof callback !== 'function') {
      throw new TypeError('a timer needs a function, not ' + typeof callback);
    }
    const milliseconds = Number(delay);
    return host.setTimer(
      values.length === 0 ? callback : () => callback(...values),
      milliseconds >= 1 ? Math.min(Math.floor(milliseconds), 0x7fffffff) : 0,
      repeats,
    );
  }

  const clear = (number) => {
    if (typeof number === 'number') {
      host.clearTimer(number);
    }
  };

  define({
    setTimeout: (callback, delay, ...values) => timer(callback, delay, false, values),
    setInterval: (callback, delay, ...values) => timer(callback, delay, true, values),
    setImmediate: (callback, ...values) => timer(callback, 0, false, values),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    queueMicrotask: (callback) => {
      if (typeof callback !== 'function') {
        throw new TypeError('a microtask is a function, not ' + typeof callback);
      }
      Promise.resolve().then(callback).catch((e) => host.uncaught(e));
    },
  });

  // ---- CommonJS packages

  const modules = new Map();

  function requireFile(path) {
    if (path === '') {
      return {}; // an empty module, in place of one that a package does not need outside of Node
    }
    const known = modules.get(path);
    if (known) {
      return known.exports;
    }
    const module = { exports: {}, id: path, filename: path, loaded: false, children: [], paths: [] };
    modules.set(path, module); // set before the file runs, because packages may require each other
    try {
      const file = ask('evaluate', path);
      if (path.endsWith('.json')) {
        module.exports = parse(file);
      } else {
        const require = (specifier) => requireFrom(path, String(specifier));
        require.resolve = (specifier) => find(path, String(specifier));
        module.require = require;
        const directory = path.slice(0, path.lastIndexOf('/'));
        file.call(module.exports, module.exports, require, module, path, directory);
      }
      module.loaded = true;
    } catch (e) {
      modules.delete(path);
      throw e;
    }
    return module.exports;
  }

  function requireFrom(importer, specifier) {
    return requireFile(find(importer, specifier));
  }

  function find(importer, specifier) {
    const path = host.required(importer, specifier);
    if (path === null) {
      const error = new Error(`Cannot find module '${specifier}' required by ${importer}`);
      error.code = 'MODULE_NOT_FOUND';
      throw error;
    }
    return path;
  }

  /**
   * Returns the names by which a CommonJS file's exports can be imported. This evaluates the file. If that fails, the
   * importer gets the error later.
   */
  function exportNames(path) {
    try {
      const exports = requireFile(path);
      const hasNames = (typeof exports === 'object' && exports !== null) || typeof exports === 'function';
      return hasNames && !Array.isArray(exports)
        ? Object.keys(exports).filter((name) => name !== 'default' && name.isWellFormed())
        : [];
    } catch {
      return [];
    }
  }

  // The module into which ModuleFiles turns an imported CommonJS file calls this.
  Object.defineProperty(globalThis, Symbol.for('eric.require'), { value: requireFile });

  // ---- the event bus

  const DEFAULT_TIMEOUT = 30_000;

  /** Returns headers as Java takes them: texts, or null for none. */
  function texts(headers) {
    return headers === undefined || headers === null
      ? null
      : Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  }

  const bus = Object.freeze({
    send: (address, body = null, options = {}) => {
      ask('send', String(address), body, texts(options.headers), false);
    },

    publish: (address, body = null, options = {}) => {
      ask('send', String(address), body, texts(options.headers), true);
    },

    request: (address, body = null, options = {}) =>
      new Promise((resolve, reject) => {
        const { headers, timeout = DEFAULT_TIMEOUT } = options;
        ask('request', String(address), body, texts(headers), timeout, resolve, (name, message, code) =>
          reject(new EricError(name, message, code)),
        );
      }),

    consumer: (address, handler, options = {}) => {
      if (typeof handler !== 'function') {
        throw new TypeError('a consumer needs a function, not ' + typeof handler);
      }
      return consume(String(address), options.local === true, (body, at, headers, answer) =>
        receive(handler, body, at, headers, answer),
      );
    },
  });

  /** Registers a consumer that answers by itself: `answer(value)`, or `answer(null, code, text)` for a failure. */
  function consume(address, local, handler) {
    return new Promise((resolve, reject) => {
      let leave; // set before a caller gets `unregister`, although perhaps after `resolve` is called
      const unregister = () => leave();
      leave = ask(
        'consume',
        address,
        local,
        handler,
        () => resolve(Object.freeze({ address, unregister })),
        (name, message, code) => reject(new EricError(name, message, code)),
      );
    });
  }

  /** Calls a handler and answers with its result. What the handler throws goes to Java, which answers. */
  function receive(handler, body, address, headers, answer) {
    const result = handler(body, { address, headers: headers === null ? {} : { ...headers } });
    if (result !== null && typeof result === 'object' && typeof result.then === 'function') {
      result.then(
        (value) => reply(answer, value),
        (e) => refuse(answer, e),
      );
    } else {
      reply(answer, result);
    }
  }

  function reply(answer, value) {
    if (answer === null) {
      return;
    }
    const refused = answer(value === undefined ? null : value);
    if (refused) {
      refuse(answer, new TypeError(refused.refused));
    }
  }

  function refuse(answer, error) {
    host.uncaught(error);
    if (answer !== null) {
      answer(null, Number.isInteger(error?.code) ? error.code : -1, String(error?.message ?? error));
    }
  }

  // ---- channels

  const CHANNELS = 'eric.channels';
  const COMMAND_TIMEOUT = 10_000;

  async function command(address, body) {
    try {
      return await bus.request(address, body, { timeout: COMMAND_TIMEOUT });
    } catch (e) {
      if (e.name === 'NoHandlersError') {
        throw address === CHANNELS
          ? new EricError('Unavailable', 'the hub is not running', 503)
          : new EricError('InvalidChannelException', `No channel with id ${address.slice(13)}`, 404);
      }
      throw e;
    }
  }

  const result = async (address, body) => (await command(address, body)).result;

  /** Refuses an option that the called function does not have: ignored, a misspelt one would go unnoticed. */
  function checked(options, ...known) {
    for (const name of Object.keys(options)) {
      if (!known.includes(name)) {
        throw new TypeError(`there is no option ${name} here, there is ${known.join(', ')}`);
      }
    }
    return options;
  }

  const LISTED_AT_A_TIME = 1000;

  /**
   * Returns a part of a list, or the whole list. The whole list is asked for part by part, because the hub refuses long
   * lists in one answer.
   */
  async function list(address, part = {}) {
    const { limit, after } = checked(part, 'limit', 'after');
    if (limit !== undefined) {
      return result(address, after === undefined ? { v: 'ls', limit } : { v: 'ls', limit, after });
    }
    const all = [];
    const ask = { v: 'ls', limit: LISTED_AT_A_TIME };
    if (after !== undefined) {
      ask.after = after;
    }
    for (;;) {
      const part = await command(address, ask);
      all.push(...part.result);
      if (part.next === undefined) {
        return all;
      }
      ask.page = part.next;
    }
  }

  /** Runs a command that creates something. With `ifAbsent` it is no failure if that exists already. */
  async function created(id, options, execute) {
    try {
      return await execute();
    } catch (e) {
      if (options.ifAbsent === true && id !== undefined && e.code === 409) {
        return id;
      }
      throw e;
    }
  }

  /** Answers with a failure that is no accident, so it is not logged. */
  function refuseQuietly(answer, text) {
    answer?.(null, -1, text);
  }

  class Channel {
    #id;
    #address;

    constructor(id) {
      this.#id = String(id);
      this.#address = 'eric.channel.' + id;
    }

    get id() {
      return this.#id;
    }

    async publish(type, payload = null, options = {}) {
      if (!('receiver' in options)) {
        return this.broadcast(type, payload, options);
      }
      const { receiver, ...others } = options;
      if (receiver === undefined || receiver === null) {
        throw new TypeError(`receiver is ${receiver}, which must not become a message for all`);
      }
      return this.dispatch(receiver, type, payload, others);
    }

    async broadcast(type, payload = null, options = {}) {
      return this.#publish({ v: 'b', t: type, p: payload }, options);
    }

    async dispatch(listener, type, payload = null, options = {}) {
      return this.#publish({ v: 'd', r: listener, t: type, p: payload }, options);
    }

    async #publish(body, options) {
      const { key, sender } = checked(options, 'key', 'sender');
      if (key !== undefined) {
        body.key = key;
      }
      if (sender !== undefined) {
        body.sender = sender;
      }
      return (await command(this.#address, body)).id;
    }

    async subscribe(listener, options = {}) {
      return created(listener, checked(options, 'ifAbsent'), () =>
        result(this.#address, listener === undefined ? { v: 'r' } : { v: 'r', r: listener }),
      );
    }

    async unsubscribe(listener) {
      await result(this.#address, { v: 'rl', r: listener });
    }

    async stop(listener) {
      await result(this.#address, { v: 's', r: listener });
    }

    listeners(part) {
      return list(this.#address, part);
    }

    async remove() {
      await result(this.#address, { v: 'rc' });
    }

    async listen(listener, handlerOrOptions, options) {
      return typeof handlerOrOptions === 'function'
        ? new Listening(this, listener, options).each(handlerOrOptions)
        : new Listening(this, listener, handlerOrOptions).open();
    }

    async join(listener, actions, options) {
      return new Part(this, listener, actions).open(options);
    }

    work(listener, process, options = {}) {
      return new Worker(this, listener, process, checked(options, 'max').max ?? 1);
    }
  }

  const RESERVED = (type) => type === 'start' || type === 'stop' || type.startsWith('_eric_');

  /** A part of a distributed application, like SimpleDistributedApplicationListener in Java. */
  class Part {
    #channel;
    #id;
    #actions;
    #listening = null;

    constructor(channel, id, actions) {
      for (const type of Object.keys(actions)) {
        if (RESERVED(type) && type !== '_eric_error') {
          throw new TypeError(`the action ${type} is reserved`);
        }
      }
      this.#channel = channel;
      this.#id = id;
      this.#actions = actions;
    }

    async open(options) {
      const listening = new Listening(this.#channel, this.#id, options); // refuses options before the listener exists
      await this.#channel.subscribe(this.#id, { ifAbsent: true });
      this.#listening = await listening.each((message) => this.#act(message));
      return this;
    }

    get id() {
      return this.#id;
    }

    dispatchTo(receiver, type, payload = null) {
      return this.#channel.dispatch(receiver, type, payload, { sender: this.#id });
    }

    async close() {
      await this.#listening?.close();
    }

    async #act(message) {
      const { type, sender } = message;
      if (type === 'stop') {
        message.ack(); // the message itself is delivered
        await this.close();
        return;
      }
      const action = Object.hasOwn(this.#actions, type) ? this.#actions[type] : undefined;
      if (action === undefined) {
        if (!RESERVED(type)) {
          await this.#report(message, 'UnknownAction', `listener ${this.#id} has no such action`);
        }
        return;
      }
      let answers;
      try {
        answers = (await action(message)) ?? [];
      } catch (e) {
        host.uncaught(e);
        await this.#report(message, 'ListenerFailure', String(e?.message ?? e));
        return;
      }
      if (sender !== null) {
        for (const answer of Array.isArray(answers) ? answers : [answers]) {
          await this.#unlessGone(() => this.dispatchTo(sender, answer.type, answer.payload ?? null));
        }
      }
    }

    async #report({ type, sender, id }, error, text) {
      if (sender !== null && !RESERVED(type)) {
        await this.#unlessGone(
          () =>
            new Promise((resolve, reject) => {
              const payload = { error, message: text, id };
              ask('report', this.#channel.id, sender, this.#id, payload, resolve, (name, why, code) =>
                reject(new EricError(name, why, code)),
              );
            }),
        );
      }
    }

    async #unlessGone(send) {
      try {
        await send();
      } catch (e) {
        if (e.code !== 404) {
          throw e; // 404 means that the sender is gone
        }
      }
    }
  }

  const TAKE_WAIT = 4000; // how long the channel may hold a `take` that finds nothing
  const REPORTS = 4;
  const FIRST_PAUSE = 100;
  const LONGEST_PAUSE = 5000;
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /** A worker on a queue of a DataProcessingChannel, like DataProcessingWorker in Java. */
  class Worker {
    #address;
    #identity;
    #process;
    #max;
    #underWay = new Map(); // promises by the message's id
    #closing = false;
    #renewal = null;
    #freed = () => {};

    constructor(channel, listener, process, max) {
      this.#address = 'eric.channel.' + channel.id;
      this.#identity = { r: listener, worker: `js-${Math.random().toString(36).slice(2)}` };
      this.#process = process;
      this.#max = max;
      this.#run().catch((e) => host.uncaught(e));
    }

    /** Takes no further messages, and waits for those that are under way. */
    async close() {
      this.#closing = true;
      this.#freed();
      await Promise.all(this.#underWay.values());
      clearInterval(this.#renewal);
    }

    async #run() {
      let wait = FIRST_PAUSE;
      while (!this.#closing) {
        const free = this.#max - this.#underWay.size;
        if (free === 0) {
          await new Promise((resolve) => (this.#freed = resolve));
          continue;
        }
        try {
          const { messages, lease } = await this.#command('take', { max: free, wait: TAKE_WAIT });
          wait = FIRST_PAUSE;
          this.#renewal ??= setInterval(() => this.#renew(), Math.max(1, lease / 3));
          messages.forEach((message) => this.#begin(message));
        } catch {
          await pause(wait); // the channel is away for a while
          wait = Math.min(2 * wait, LONGEST_PAUSE);
        }
      }
    }

    #begin({ id, event, data, sender }) {
      const message = Object.freeze({ id, type: event, payload: data ?? null, sender: sender ?? null });
      const done = this.#outcome(message).then((outcome) => this.#report(outcome));
      this.#underWay.set(
        id,
        done.finally(() => {
          this.#underWay.delete(id);
          this.#freed();
        }),
      );
    }

    async #outcome(message) {
      const { id } = message;
      if (this.#closing) {
        return { v: 'fail', id, message: 'the worker stops', retry: true };
      }
      try {
        return { v: 'done', id, result: (await this.#process(message)) ?? null };
      } catch (e) {
        host.uncaught(e);
        return { v: 'fail', id, message: String(e?.message ?? e) };
      }
    }

    /** Reports an outcome. If that fails, the channel notices when the lease ends. */
    async #report({ v, ...outcome }) {
      for (let attempt = 0; attempt < REPORTS; attempt++) {
        try {
          await this.#command(v, outcome);
          return;
        } catch (e) {
          if (v === 'done' && Number.isInteger(e.code) && e.code >= 400 && e.code < 500 && e.code !== 404) {
            await this.#report({ v: 'fail', id: outcome.id, message: e.message }); // the result was refused
            return;
          }
          await pause(FIRST_PAUSE << attempt);
        }
      }
      console.warn('could not report what became of', outcome.id);
    }

    #renew() {
      if (this.#underWay.size > 0) {
        this.#command('renew', { ids: [...this.#underWay.keys()] }).catch(() => {});
      }
    }

    #command(v, values) {
      return result(this.#address, { v, ...this.#identity, ...values });
    }
  }

  /**
   * A listener's messages, pulled one by one. At most `window` of them are here unacknowledged; the channel sends no
   * more. When the script fails a message, the channel sends it again with all later ones, in order. Messages that were
   * sent before the channel heard of the failure are dropped here.
   */
  class Listening {
    #channel;
    #listener;
    #options;
    #queue = new Map(); // deliveries that are not yet handed out, by key
    #current = null; // the delivery that is handed out
    #takers = []; // the calls of next() that wait
    #again = null; // after a failure, what was dropped and will come again
    #ended = false;
    #consumer = null;

    constructor(channel, listener, options = {}) {
      this.#channel = channel;
      this.#listener = listener;
      this.#options = { window: 256, ...checked(options, 'window', 'after') };
    }

    async open() {
      const address = `eric.listener.${this.#channel.id}/${this.#listener}`;
      this.#consumer = await consume(address, true, (body, at, headers, answer) => this.#receive(body, answer));
      try {
        const { window, after } = this.#options;
        const body = { v: 'l', r: this.#listener, window };
        await result('eric.channel.' + this.#channel.id, after === undefined ? body : { ...body, after });
      } catch (e) {
        this.#end();
        throw e;
      }
      return this;
    }

    /** Gives each message to a function, and the next one when the function is done. */
    async each(handler) {
      await this.open();
      const pump = async () => {
        for (;;) {
          const { done, value } = await this.next();
          if (done) {
            return;
          }
          try {
            await handler(value);
            value.ack();
          } catch (e) {
            host.uncaught(e);
            value.fail(e);
          }
        }
      };
      pump().catch((e) => host.uncaught(e));
      return this;
    }

    [Symbol.asyncIterator]() {
      return this;
    }

    next() {
      this.#current?.message.ack();
      this.#current = null;
      return new Promise((resolve) => {
        this.#takers.push(resolve);
        this.#handOut();
      });
    }

    /** Ends a `for await` that is left by break or throw. The message in hand stays unacknowledged. */
    async return(value) {
      await this.close();
      return { done: true, value };
    }

    async close() {
      if (this.#ended) {
        return;
      }
      this.#end();
      try {
        await this.#channel.stop(this.#listener);
      } catch (e) {
        if (e.code !== 404) {
          throw e;
        }
      }
    }

    #end() {
      this.#ended = true;
      this.#consumer?.unregister();
      for (const delivery of this.#queue.values()) {
        refuseQuietly(delivery.answer, 'the listener has left');
      }
      this.#queue.clear();
      this.#handOut();
    }

    /**
     * Takes a delivery. Answers are given at once and not through promises, because a `close` must not overtake an
     * acknowledgement.
     */
    #receive(body, answer) {
      if (body.event === '_eric_channel_closed' || body.event === '_eric_taken_over') {
        this.#end(); // this message expects no answer
        return;
      }
      const key = body.event.startsWith('_eric_') ? body.event + body.id : body.id;
      if (this.#ended) {
        refuseQuietly(answer, 'the listener has left');
      } else if (this.#current?.key === key) {
        this.#current.answer = answer; // the handler took long, and the message was sent again
      } else if (this.#queue.has(key)) {
        this.#queue.get(key).answer = answer;
      } else if (this.#again !== null && !this.#isAgain(key, body)) {
        this.#again.dropped.add(key);
        refuseQuietly(answer, 'an earlier message comes first');
      } else {
        this.#queue.set(key, this.#delivery(key, body, answer));
        this.#handOut();
      }
    }

    /** Returns whether the channel has started to send again with this message. */
    #isAgain(key, body) {
      const { failed, dropped } = this.#again;
      if (key === failed || body.id === failed || body.event === '_eric_gap' || dropped.has(key)) {
        this.#again = null;
        return true;
      }
      return false;
    }

    #delivery(key, body, answer) {
      let open = true;
      const listening = this;
      const delivery = { key, answer };
      delivery.message = Object.freeze({
        type: body.event,
        payload: body.data ?? null,
        id: body.id,
        sender: body.sender ?? null,
        ack() {
          if (open) {
            open = false;
            delivery.answer?.(null);
          }
        },
        fail(reason) {
          if (open) {
            open = false;
            listening.#failed(delivery, reason);
          }
        },
      });
      return delivery;
    }

    #failed(delivery, reason) {
      const dropped = new Set(this.#queue.keys());
      for (const later of this.#queue.values()) {
        refuseQuietly(later.answer, 'an earlier message comes first');
      }
      this.#queue.clear();
      this.#again = { failed: delivery.key, dropped };
      if (this.#current === delivery) {
        this.#current = null;
      }
      refuseQuietly(delivery.answer, String(reason?.message ?? reason ?? 'failed'));
    }

    #handOut() {
      while (this.#takers.length > 0 && (this.#queue.size > 0 || this.#ended)) {
        const take = this.#takers.shift();
        if (this.#ended) {
          take({ done: true, value: undefined });
          continue;
        }
        const [key, delivery] = this.#queue.entries().next().value;
        this.#queue.delete(key);
        this.#current = delivery;
        take({ done: false, value: delivery.message });
      }
    }
  }

  const eric = Object.freeze({
    bus,
    channel: (id) => new Channel(id),
    create: async (id, options = {}) => {
      checked(options, 'ifAbsent', 'options');
      const body = { v: 'c' };
      if (id !== undefined && id !== null) {
        body.c = id;
      }
      if (options.options !== undefined) {
        body.options = options.options;
      }
      return new Channel(await created(id, options, () => result(CHANNELS, body)));
    },
    channels: (part) => list(CHANNELS, part),
  });

  // ---- what Java calls

  /** Calls a hook. What the hook throws goes to Java. */
  function call(hook, values, resolve, reject) {
    if (hook === undefined) {
      resolve();
    } else {
      Promise.resolve(hook(...values)).then(() => resolve(), reject);
    }
  }

  return {
    parse,
    stringify,
    exportNames,
    toBytes: (buffer) => new Uint8Array(new ArrayBuffer(buffer)).slice(),
    load: (path, resolve, reject) => import(path).then(resolve, reject),
    start: (module, config, resolve, reject) => call(module.start, [eric, config], resolve, reject),
    stop: (module, config, resolve, reject) => call(module.stop, [eric], resolve, reject),
  };
});
