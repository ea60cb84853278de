// Types of eric.js, which a hub serves at /eric.js.

/**
 * Reads a stream of events: `/watch/<channel>` or `/stream/<channel>/<listener>`, here or on another origin that the hub
 * allows (`http.cors.origins`). It reconnects by itself and resumes after the last event: nothing is lost or repeated as far
 * back as the channel's history goes, and beyond it there is one gap.
 */
export function connect(url: string | URL, options?: Options): EricStream;

export interface Options {
  /**
   * Whether all tabs that connect to this URL share one connection. Default true. Needs a secure context (https or
   * localhost); elsewhere, and with `after`, each has its own.
   */
  share?: boolean;
  /** A position to resume after, as `position` gave it. */
  after?: string;
  /** Called before each connection for query parameters, like a ticket that can be used once. */
  query?: () => Record<string, string> | Promise<Record<string, string>>;
  /** Called before each connection for request headers, like `Authorization`. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** As for `fetch`. Default `same-origin`. */
  credentials?: RequestCredentials;
  /**
   * After how many milliseconds without a byte a connection counts as dead, and a tab that reads for others and says
   * nothing is replaced: an open `alert()` stops its scripts. More than the hub's heartbeat (15 s). Default 45,000.
   */
  silence?: number;
}

export interface EricStream {
  /** `closed` is for ever: `close` was called, the channel or listener is gone, or the listener was stopped. */
  readonly state: State;
  /** The last event's position; null before the first. */
  readonly position: string | null;
  /** Calls a function for each event of a type, `*` for all; gives a function that ends it. */
  on(type: string, handler: (event: EricEvent) => void): () => void;
  /** Calls a function when messages are missing for good. */
  onGap(handler: (gap: Gap, event: EricEvent) => void): () => void;
  /** Calls a function when the state changes. */
  onState(handler: (state: State) => void): () => void;
  /** Ends the stream for this tab. Another tab goes on with the shared connection. */
  close(): void;
}

export type State = 'connecting' | 'open' | 'closed';

export interface EricEvent {
  readonly type: string;
  /** The payload: a string as it is, anything else as JSON. */
  readonly data: string;
  readonly id: string | null;
  /** The payload out of its JSON. Throws if it was a string that is no JSON. */
  json(): any;
}

export interface Gap {
  from: string;
  to: string;
  missed: number | null;
  reason: 'overflow' | 'expired' | 'epoch';
}
