// Event streams of an eric hub for web pages. Types and documentation: eric.d.ts. No dependencies.
//
// All tabs of a browser that connect to the same URL share one connection (HTTP/1.1 allows six per host): the tab that
// holds a Web Lock reads the stream and passes events on over a BroadcastChannel; when it closes, the next tab goes on
// after the last position it has seen. It reads with `fetch`, not with EventSource, because EventSource tells a page
// neither types it was not asked for nor why a connection failed, and repeats a one-use ticket.

const FINAL = new Set([204, 400, 404]); // 204: the listener was stopped
const FIRST_RETRY = 1000;
const LONGEST_RETRY = 30_000;
const SILENCE = 45_000; // the hub sends something every 15 s

export function connect(url, options = {}) {
  return new EricStream(new URL(url, globalThis.location?.href), options);
}

class EricStream {
  #url;
  #options;
  #handlers = new Map(); // by type, sets of functions
  #states = new Set();
  #state = 'connecting';
  #position;
  #retry = FIRST_RETRY;
  #failures = 0;
  #ended = new AbortController();
  #tabs = null; // the BroadcastChannel, if the connection is shared

  constructor(url, options) {
    this.#url = url;
    this.#options = { share: true, silence: SILENCE, ...options };
    this.#position = options.after ?? null;
    const shared =
      this.#options.share &&
      options.after === undefined && // others have their own place in the log
      globalThis.navigator?.locks !== undefined &&
      globalThis.BroadcastChannel !== undefined;
    if (shared) {
      this.#share();
    } else {
      this.#read();
    }
  }

  get state() {
    return this.#state;
  }

  get position() {
    return this.#position;
  }

  on(type, handler) {
    if (!this.#handlers.has(type)) {
      this.#handlers.set(type, new Set());
    }
    this.#handlers.get(type).add(handler);
    return () => this.#handlers.get(type).delete(handler);
  }

  onGap(handler) {
    return this.on('_eric_gap', (event) => handler(event.json(), event));
  }

  onState(handler) {
    this.#states.add(handler);
    return () => this.#states.delete(handler);
  }

  close() {
    this.#ended.abort();
    this.#tabs?.close();
    this.#tabs = null;
    this.#setState('closed');
  }

  // ---- one connection for all tabs

  #share() {
    const name = `eric ${this.#url}`;
    this.#tabs = new BroadcastChannel(name);
    this.#tabs.onmessage = ({ data }) => {
      if (data.event !== undefined) {
        this.#take(data.event);
      } else if (data.state !== undefined) {
        this.#setState(data.state);
      } else if (data.ask === true && this.#leads) {
        this.#tell({ state: this.#state });
      }
    };
    this.#tell({ ask: true });
    navigator.locks
      .request(name, { signal: this.#ended.signal }, async () => {
        this.#leads = true;
        await this.#read();
        this.#leads = false;
      })
      .catch((e) => {
        if (e.name !== 'AbortError') {
          this.#leads = false;
          this.#read(); // locks are not to be had here: a connection of its own
        }
      });
  }

  #leads = false;

  #tell(news) {
    this.#tabs?.postMessage(news);
  }

  // ---- the connection

  async #read() {
    while (!this.#ended.signal.aborted) {
      let wait = null;
      try {
        wait = await this.#readOnce();
      } catch {
        // The network, or the page's own hook: tried again like any other failure.
      }
      if (this.#ended.signal.aborted) {
        return;
      }
      if (wait === 'end') {
        this.#tell({ state: 'closed' });
        this.close();
        return;
      }
      this.#lead('connecting');
      const backOff = Math.min(this.#retry * 2 ** Math.min(this.#failures, 10), LONGEST_RETRY);
      this.#failures++;
      await this.#pause(wait ?? backOff * (0.5 + Math.random() / 2));
    }
  }

  /** Reads until the connection ends; gives what to wait before the next one, null for the usual, 'end' for never. */
  async #readOnce() {
    const url = new URL(this.#url);
    for (const [name, value] of Object.entries((await this.#options.query?.()) ?? {})) {
      url.searchParams.set(name, value);
    }
    if (this.#position !== null) {
      url.searchParams.set('last_event_id', this.#position);
    }
    const connection = new AbortController();
    const abort = () => connection.abort();
    this.#ended.signal.addEventListener('abort', abort, { once: true });
    let silence = setTimeout(abort, this.#options.silence);
    try {
      const response = await fetch(url, {
        headers: { Accept: 'text/event-stream', ...((await this.#options.headers?.()) ?? {}) },
        cache: 'no-store',
        credentials: this.#options.credentials ?? 'same-origin',
        signal: connection.signal,
      });
      if (response.status !== 200) {
        const after = Number(response.headers.get('Retry-After'));
        return FINAL.has(response.status) ? 'end' : after > 0 ? after * 1000 : null;
      }
      this.#lead('open');
      const parser = new Parser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          return null;
        }
        clearTimeout(silence);
        silence = setTimeout(abort, this.#options.silence);
        for (const event of parser.parse(value)) {
          this.#failures = 0;
          this.#tell({ event });
          this.#take(event);
          if (event.type === '_eric_channel_closed') {
            return 'end';
          }
        }
        this.#retry = parser.retry ?? this.#retry;
      }
    } finally {
      clearTimeout(silence);
      this.#ended.signal.removeEventListener('abort', abort);
      connection.abort();
    }
  }

  #lead(state) {
    this.#setState(state);
    this.#tell({ state });
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#ended.signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }

  // ---- what the page sees

  #take({ type, data, id }) {
    if (this.#state === 'closed' || (id !== null && this.#isKnown(id))) {
      return; // a tab that has just taken over was behind this one
    }
    this.#position = id ?? this.#position;
    const event = Object.freeze({ type, data, id, json: () => JSON.parse(data) });
    for (const handler of [...(this.#handlers.get(type) ?? []), ...(this.#handlers.get('*') ?? [])]) {
      try {
        handler(event);
      } catch (e) {
        setTimeout(() => {
          throw e; // the page's error, where the page's errors go
        });
      }
    }
  }

  #isKnown(id) {
    const [epoch, sequence] = split(id);
    const [lastEpoch, last] = split(this.#position ?? '');
    return epoch === lastEpoch && sequence <= last;
  }

  #setState(state) {
    if (this.#state !== state && this.#state !== 'closed') {
      this.#state = state;
      this.#states.forEach((handler) => handler(state));
    }
  }
}

/** A position's epoch and sequence. */
function split(position) {
  const dash = position.lastIndexOf('-');
  return [position.slice(0, dash), Number(position.slice(dash + 1))];
}

/** Reads the event stream format as the HTML standard has it. */
class Parser {
  retry = null;
  #rest = '';
  #type = '';
  #data = null;
  #id = null;

  parse(text) {
    const events = [];
    const lines = (this.#rest + text).split('\n'); // the hub ends lines with LF alone
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (this.#data !== null) {
          events.push({ type: this.#type || 'message', data: this.#data, id: this.#id });
        }
        this.#type = '';
        this.#data = null;
        this.#id = null;
      } else {
        this.#field(line);
      }
    }
    return events;
  }

  #field(line) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'event') {
      this.#type = value;
    } else if (name === 'data') {
      this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    } else if (name === 'id') {
      this.#id = value;
    } else if (name === 'retry' && /^\d+$/.test(value)) {
      this.retry = Number(value);
    }
  }
}
