// Types of what a JavaScript verticle is given. In an editor, or for `tsc --checkJs`:
//   /** @param {import('./eric').Eric} eric */
//   export async function start(eric, config) { … }

/** What travels: any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: any };

/** A message's place in its channel's log: `<epoch>-<sequence>`. */
export type Position = string;

/** What a verticle's module may export. Both may be async; deployment waits for `start`, undeployment for `stop`. */
export interface Verticle {
  start?(eric: Eric, config: any): unknown;
  /** May take five seconds; then the verticle is ended without it. */
  stop?(eric: Eric): unknown;
}

/** The first argument of `start` and `stop`. */
export interface Eric {
  /** The event bus, which reaches every verticle in every language. */
  readonly bus: EventBus;

  /** A channel that exists; it is not asked for until it is used. */
  channel(id: string): Channel;

  /**
   * Creates a channel. Rejects with `InvalidChannelException` (code 409) if there is one, unless `ifAbsent`.
   * Without an id it gets a random one. `options` differ from the hub's defaults, like `{overflow: 'wait'}`.
   */
  create(id?: string, options?: { ifAbsent?: boolean; options?: { [key: string]: any } }): Promise<Channel>;

  /** The ids of all channels, in order of creation, or a part of them. */
  channels(part?: ListPart): Promise<string[]>;
}

/** At most `limit` (1 to 10,000) items of a list, those after the id `after`. */
export interface ListPart {
  limit?: number;
  after?: string;
}

/** One channel. What is refused rejects with an {@link EricError}. */
export interface Channel {
  readonly id: string;

  /** Sends to every listener; resolves with the message's position when it is in the log. */
  broadcast(type: string, payload?: Json, options?: PublishOptions): Promise<Position>;

  /** Sends to one listener. */
  dispatch(listener: string, type: string, payload?: Json, options?: PublishOptions): Promise<Position>;

  /** Adds a listener, which collects from now on; resolves with its id. Code 409 if it exists, unless `ifAbsent`. */
  subscribe(listener?: string, options?: { ifAbsent?: boolean }): Promise<string>;

  /** Removes a listener with what it has collected. */
  unsubscribe(listener: string): Promise<void>;

  /** Stops a listener; it goes on collecting. */
  stop(listener: string): Promise<void>;

  /** The listeners and where they stand, in order of creation, or a part of them. */
  listeners(part?: ListPart): Promise<ListenerState[]>;

  /**
   * Reads a listener's messages: `for await (const message of await channel.listen('desk')) …`. Asking for the next
   * message acknowledges the one before. Leaving the loop closes; the message in hand comes again at the next
   * `listen`, unless it was acknowledged with `message.ack()`. After a restart, what was not acknowledged comes again.
   */
  listen(listener: string, options?: ListenOptions): Promise<Listening>;

  /**
   * Gives a listener's messages to a function, in order, the next one when that has returned or resolved, which
   * acknowledges the message. If it throws or rejects, the message comes again after a pause, up to the channel's
   * `maxDeliveries`; the error is logged with file, line and column.
   */
  listen(listener: string, handler: (message: Message) => unknown, options?: ListenOptions): Promise<Listening>;

  /**
   * Takes part in a distributed application as this listener, which is made if it is not there. A message does the action of
   * its type; what the action gives goes back to the sender, signed by this listener. An error, or a type without action,
   * is reported to the sender as `_eric_error`. `start`, `stop` and what starts with `_eric_` are reserved, except
   * `_eric_error` for the reports of others; `stop` ends the part.
   */
  join(listener: string, actions: { [type: string]: Action }, options?: ListenOptions): Promise<Part>;

  /**
   * Works on a listener's queue of a DataProcessingChannel, beside other workers anywhere: at most `max` messages at once,
   * default 1. What the function gives is the result; if it throws, the message has failed. It waits for a queue that is
   * not being processed yet.
   */
  work(listener: string, process: (message: Work) => unknown, options?: { max?: number }): Worker;

  /** Removes the channel with all its listeners. */
  remove(): Promise<void>;
}

export type Answer = { type: string; payload?: Json };
export type Action = (message: Message) => Answer | Answer[] | void | Promise<Answer | Answer[] | void>;

/** A part of a distributed application. */
export interface Part {
  readonly id: string;
  /** Sends to another part, signed by this one. */
  dispatchTo(receiver: string, type: string, payload?: Json): Promise<Position>;
  /** Stops listening; what comes is collected. */
  close(): Promise<void>;
}

export interface Work {
  readonly id: Position;
  readonly type: string;
  readonly payload: any;
  readonly sender: string | null;
}

export interface Worker {
  /** Takes no more, and waits for what is under way. */
  close(): Promise<void>;
}

export interface PublishOptions {
  /** A repeat of a key on the same channel is not delivered again. Up to 128 characters. */
  key?: string;
  /** The listener that signs the message. */
  sender?: string;
}

export interface ListenOptions {
  /** How many unacknowledged messages may be here at a time, 1 to 1000. Default 256. */
  window?: number;
  /** A position to go on after, instead of where the listener stands. */
  after?: Position;
}

/** A listener's messages, one after the other. */
export interface Listening extends AsyncIterableIterator<Message> {
  /** Stops the listener; it goes on collecting. */
  close(): Promise<void>;
}

/** A message as a listener gets it. Types that start with `_eric_` are the hub's own, like `_eric_gap`. */
export interface Message {
  readonly type: string;
  readonly payload: any;
  readonly id: Position;
  /** The listener that signed it. */
  readonly sender: string | null;
  /** Says that it is done with. Only the first of `ack` and `fail` counts. */
  ack(): void;
  /** Asks for it again, with all that come after it. */
  fail(reason?: unknown): void;
}

export interface ListenerState {
  listener: string;
  state: 'stopped' | 'live' | 'catching up' | 'detached';
  position: Position;
  lag: number;
}

/** What can travel over the event bus; binary data as `Uint8Array`, a Vert.x `Buffer` on the other side. */
export type Body = Json | Uint8Array;

export interface EventBus {
  /** Sends to one consumer of an address. */
  send(address: string, body?: Body, options?: { headers?: { [name: string]: string } }): void;
  /** Sends to all consumers of an address. */
  publish(address: string, body?: Body, options?: { headers?: { [name: string]: string } }): void;
  /** Sends to one consumer and resolves with its reply. `timeout` in milliseconds, default 30,000. */
  request(
    address: string,
    body?: Body,
    options?: { headers?: { [name: string]: string }; timeout?: number },
  ): Promise<any>;
  /**
   * Receives what is sent to an address. What the handler returns, or its promise resolves with, is the reply; an
   * error is a failure reply, with the error's `code` if it has one. `local`: only this process sends to it.
   */
  consumer(
    address: string,
    handler: (body: any, message: { address: string; headers: { [name: string]: string } }) => unknown,
    options?: { local?: boolean },
  ): Promise<{ readonly address: string; unregister(): void }>;
}

/** A refusal. `name` is one of those in docs/PROTOCOL.md, like `InvalidChannelException`, or TimeoutError, NoHandlersError, ReplyError. */
export interface EricError extends Error {
  readonly code: number;
}
