// Types of the API that a JavaScript verticle gets. To use them in an editor, or for `tsc --checkJs`:
//   /** @param {import('./eric').Eric} eric */
//   export async function start(eric, config) { … }

/** A payload: any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: any };

/** A message's place in its channel's log: `<epoch>-<sequence>`. */
export type Position = string;

/**
 * The functions that a verticle's module may export. Both may be async: deployment waits for `start`, undeployment for
 * `stop`.
 */
export interface Verticle {
  /** Starts the verticle. If it throws or rejects, the deployment fails. */
  start?(eric: Eric, config: any): unknown;
  /** Stops the verticle. It may take five seconds; after that the verticle is ended without it. */
  stop?(eric: Eric): unknown;
}

/** The first argument of `start` and `stop`. */
export interface Eric {
  /** The event bus, which reaches every verticle in every language. */
  readonly bus: EventBus;

  /** Returns a channel that exists. The hub is not asked before the channel is used. */
  channel(id: string): Channel;

  /**
   * Creates a channel, which gets a random id if none is given. If the channel exists, `create` rejects with
   * `InvalidChannelException` (code 409), but with `ifAbsent` resolves with the existing channel. `options` are those
   * that differ from the hub's defaults, like `{overflow: 'wait'}`; an existing channel keeps its own.
   */
  create(id?: string, options?: { ifAbsent?: boolean; options?: { [key: string]: any } }): Promise<Channel>;

  /** Resolves with the ids of all channels, in order of creation, or with a part of the list. */
  channels(part?: ListPart): Promise<string[]>;
}

/** A part of a list: at most `limit` items (1 to 10,000; without a limit all), beginning after the id `after`. */
export interface ListPart {
  limit?: number;
  after?: string;
}

/**
 * One channel. A call that is refused rejects with an {@link EricError}; one that has no answer after 10 seconds
 * rejects with `TimeoutError`, and its outcome is unknown.
 */
export interface Channel {
  readonly id: string;

  /**
   * Publishes a message for all listeners, or for one, its `receiver`; resolves with its position when it is in the
   * log.
   */
  publish(type: string, payload?: Json, options?: PublishOptions & { receiver?: string }): Promise<Position>;

  /** Publishes a message for all listeners; resolves as `publish` does. */
  broadcast(type: string, payload?: Json, options?: PublishOptions): Promise<Position>;

  /** Publishes a message for one listener; resolves as `publish` does. */
  dispatch(listener: string, type: string, payload?: Json, options?: PublishOptions): Promise<Position>;

  /**
   * Adds a listener, which collects messages from now on; resolves with its id, which is random if none is given. If
   * the listener exists, `subscribe` rejects with code 409, but with `ifAbsent` resolves.
   */
  subscribe(listener?: string, options?: { ifAbsent?: boolean }): Promise<string>;

  /** Removes a listener together with the messages that it has collected. */
  unsubscribe(listener: string): Promise<void>;

  /** Stops a listener, which goes on collecting messages. */
  stop(listener: string): Promise<void>;

  /** Resolves with the listeners and their positions, in order of creation, or with a part of the list. */
  listeners(part?: ListPart): Promise<ListenerState[]>;

  /**
   * Reads a listener's messages: `for await (const message of await channel.listen('desk')) …`. Asking for the next
   * message acknowledges the one before. Leaving the loop stops the listener; the message in hand comes again at the
   * next `listen`, unless it was acknowledged with `message.ack()`. After a restart, all unacknowledged messages come
   * again.
   */
  listen(listener: string, options?: ListenOptions): Promise<Listening>;

  /**
   * Gives a listener's messages to a function, in order. A message is acknowledged when the function has returned or
   * resolved, and the next one follows. If the function throws or rejects, the message comes again after a pause, as
   * often as the channel's `maxDeliveries` allows; the error is logged with file, line and column.
   */
  listen(listener: string, handler: (message: Message) => unknown, options?: ListenOptions): Promise<Listening>;

  /**
   * Takes part in a distributed application as this listener, which is created if it does not exist. A message runs the
   * action of its type, whose result goes back to the sender, signed by this listener. An error of an action and a type
   * without an action are reported to the sender as `_eric_error`, and the message counts as delivered. There can be no
   * actions for `start`, `stop` and types that start with `_eric_`, except for `_eric_error`, which has the reports of
   * other parts. A message `stop` ends the part.
   */
  join(listener: string, actions: { [type: string]: Action }, options?: ListenOptions): Promise<Part>;

  /**
   * Works on a listener's queue of a DataProcessingChannel, beside other workers anywhere, with at most `max` messages
   * at a time (default 1). The function's value is the result; if the function throws or rejects, the message has
   * failed. The worker waits for a queue that is not being processed yet, and for a channel that does not answer.
   */
  work(listener: string, process: (message: Work) => unknown, options?: { max?: number }): Worker;

  /** Removes the channel together with its listeners and messages. */
  remove(): Promise<void>;
}

/** A message that an action sends back. */
export type Answer = { type: string; payload?: Json };
/** Handles messages of one type; its answers go to the sender, if the message has one. */
export type Action = (message: Message) => Answer | Answer[] | void | Promise<Answer | Answer[] | void>;

/** A part of a distributed application. */
export interface Part {
  readonly id: string;
  /** Publishes a message for another part, signed by this one. */
  dispatchTo(receiver: string, type: string, payload?: Json): Promise<Position>;
  /** Stops the listener, which goes on collecting messages. */
  close(): Promise<void>;
}

/** A message of a queue, as a worker gets it. */
export interface Work {
  readonly id: Position;
  readonly type: string;
  readonly payload: any;
  readonly sender: string | null;
}

/** A worker, which runs from its creation until it is closed. */
export interface Worker {
  /** Takes no further messages, and resolves when those under way are finished. */
  close(): Promise<void>;
}

/** How a message is published. */
export interface PublishOptions {
  /**
   * The publisher's name for the message, 1 to 128 characters. While the channel remembers a key (`keys`, `keysAge`), a
   * repeat is not appended again and resolves with the position of the first message.
   */
  key?: string;
  /** The listener that signs the message. */
  sender?: string;
}

/** How a listener's messages are read. */
export interface ListenOptions {
  /** How many unacknowledged messages the channel sends at most, 1 to 1000. The default is 256. */
  window?: number;
  /** The position to go on after. The default is the listener's cursor. */
  after?: Position;
}

/**
 * A listener's messages, one after the other. The iteration ends after `close`, when another reader takes the listener
 * over, and when the channel is closed.
 */
export interface Listening extends AsyncIterableIterator<Message> {
  /** Stops the listener, which goes on collecting messages. */
  close(): Promise<void>;
}

/** A message as a listener gets it. Types that start with `_eric_` are the hub's own, like `_eric_gap`. */
export interface Message {
  readonly type: string;
  readonly payload: any;
  readonly id: Position;
  /** The listener that signed the message; null if it is unsigned. */
  readonly sender: string | null;
  /** Acknowledges the message. Only the first call of `ack` or `fail` counts. */
  ack(): void;
  /** Refuses the message, which comes again together with all later ones. */
  fail(reason?: unknown): void;
}

/** A listener of a channel. */
export interface ListenerState {
  listener: string;
  state: 'stopped' | 'live' | 'catching up' | 'detached';
  position: Position;
  /** How far the listener is behind the end of the log, in sequences; it has at most this many messages to read. */
  lag: number;
}

/** The body of a message on the event bus. A `Uint8Array` is a Vert.x `Buffer` at other verticles. */
export type Body = Json | Uint8Array;

/** The event bus of Vert.x, without the guarantees of channels. */
export interface EventBus {
  /** Sends a body to one consumer of an address. A message may get lost. */
  send(address: string, body?: Body, options?: { headers?: { [name: string]: string } }): void;
  /** Sends a body to all consumers of an address. A message may get lost. */
  publish(address: string, body?: Body, options?: { headers?: { [name: string]: string } }): void;
  /**
   * Sends a body to one consumer and resolves with its reply; rejects with an {@link EricError}. The `timeout` is in
   * milliseconds; the default is 30,000.
   */
  request(
    address: string,
    body?: Body,
    options?: { headers?: { [name: string]: string }; timeout?: number },
  ): Promise<any>;
  /**
   * Receives the messages of an address, and resolves when the consumer is registered. The value that the handler
   * returns or resolves with is the reply. An error becomes a failure reply, with the error's `code` if it is an
   * integer, otherwise -1. A `local` consumer gets messages of this process only.
   */
  consumer(
    address: string,
    handler: (body: any, message: { address: string; headers: { [name: string]: string } }) => unknown,
    options?: { local?: boolean },
  ): Promise<{ readonly address: string; unregister(): void }>;
}

/**
 * A refusal or failure. Its `name` is one of docs/PROTOCOL.md, like `InvalidChannelException`, or `TimeoutError`,
 * `NoHandlersError` or `ReplyError`. Values that cannot be sent are refused with a `TypeError` instead.
 */
export interface EricError extends Error {
  /** The code of docs/PROTOCOL.md, or the code of a failure reply. */
  readonly code: number;
}
