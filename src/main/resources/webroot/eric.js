// Event streams of an eric hub for web pages. eric.d.ts has types and documentation. There are no dependencies.
//
// All tabs of a browser that connect to the same URL share one connection (HTTP/1.1 allows six per host). The tab that
// holds a Web Lock reads the stream and passes events on over a BroadcastChannel. When it closes or falls silent, the
// next tab goes on after the last position that it has seen. The stream is read with `fetch`, not with EventSource,
// because EventSource does not report event types that it was not asked for, nor why a connection failed, and sends a
// one-use ticket again when it reconnects.

const FINAL = new Set([204, 400, 404]); // 204: the listener was stopped
const FIRST_RETRY = 1000;
const LONGEST_RETRY = 30_000;
const SILENCE = 45_000; // the hub sends something every 15 s
const LEFT = 'left the line for a lock';

export function connect(url, options = {}) {
  return new EricStream(new URL(url, globalThis.location?.href), options);
}

class EricStream {
  #url;
  #options;
  #handlers = new Map(); // sets of functions by type
  #states = new Set();
  #state = 'connecting';
  #position; // the position of the last event
  #place; // the same, or the position at which the stream began
  #retry = FIRST_RETRY;
  #failures = 0;
  #ended = new AbortController();
  #tabs = null; // the BroadcastChannel, if the connection is shared

  constructor(url, options) {
    this.#url = url;
    this.#options = { share: true, silence: SILENCE, ...options };
    this.#position = options.after ?? null;
    this.#place = this.#position;
    const shared =
      this.#options.share &&
      options.after === undefined && // a page with `after` has its own place in the log
      globalThis.navigator?.locks !== undefined &&
      globalThis.BroadcastChannel !== undefined;
    if (shared) {
      this.#share();
    } else {
      this.#read(this.#ended.signal);
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
    this.#reading?.abort();
    this.#line.abort(LEFT);
    clearTimeout(this.#patience);
    this.#tabs?.close();
    this.#tabs = null;
    this.#setState('closed');
  }

  // ---- one connection for all tabs
  //
  // A tab can hold the lock and be silent: an open alert() stops its scripts, and a frozen or hidden tab hardly runs.
  // So the other tabs listen for it. A tab that hears nothing within the silence time takes the lock away and reads on
  // from its own position. Each leader has a later term than the one before. An event of an earlier leader is taken
  // only if it continues what is known. A tab that notices that it has missed something tells the leader, which then
  // begins there again.

  #share() {
    const name = `eric ${this.#url}`;
    this.#lock = name;
    this.#tabs = new BroadcastChannel(name);
    this.#tabs.onmessage = ({ data }) => this.#hear(data);
    this.#tabs.postMessage({ ask: true });
    this.#listenForLeader(0);
    this.#queue();
  }

  #lock;
  #line = new AbortController();
  #term = 0; // the term of the leader that was heard last, or of this one
  #reading = null; // the connection, while this tab leads
  #patience = null; // the timer after which the leader is taken to be silent

  get #leads() {
    return this.#reading !== null;
  }

  #queue(steal = false) {
    this.#line.abort(LEFT);
    this.#line = new AbortController();
    const leading = async () => {
      clearTimeout(this.#patience);
      this.#term = Math.max(Date.now(), this.#term + 1);
      const reading = (this.#reading = new AbortController());
      await this.#read(reading.signal);
    };
    // A request that steals the lock does not wait, so it takes no signal.
    const how = steal ? { steal } : { signal: this.#line.signal };
    navigator.locks.request(this.#lock, how, leading).catch((e) => {
      if (e === LEFT || this.#ended.signal.aborted) {
        return;
      }
      if (e.name === 'AbortError') {
        this.#follow(); // another tab took the lock, because it has not heard this one
      } else {
        this.#tabs?.close(); // locks are not available, so this tab opens its own connection
        this.#tabs = null;
        this.#read(this.#ended.signal);
      }
    });
  }

  /** Stops leading, and waits in line again. */
  #follow() {
    this.#reading?.abort();
    this.#reading = null;
    this.#listenForLeader(0);
    this.#queue();
  }

  #listenForLeader(wait) {
    clearTimeout(this.#patience);
    if (!this.#leads && !this.#ended.signal.aborted) {
      // The delays differ, so that usually only one of many tabs takes over.
      const patience = this.#options.silence * (0.9 + Math.random() / 10) + wait;
      this.#patience = setTimeout(() => this.#queue(true), patience);
    }
  }

  #hear(news) {
    if (news.ask || news.behind !== undefined) {
      this.#answer(news);
      return;
    }
    const late = news.term < this.#term;
    if (!late) {
      if (this.#leads && news.term > this.#term) {
        this.#reading.abort(); // the lock's own notice is on its way
      }
      this.#term = news.term;
      this.#listenForLeader(news.wait ?? 0);
    }
    if (news.event !== undefined) {
      this.#hearEvent(news, late);
    } else if (!late && news.state !== undefined) {
      this.#place ??= news.place;
      if (news.state === 'closed') {
        this.close(); // for good, because another request might start what was stopped
      } else {
        this.#setState(news.state);
      }
    }
  }

  #hearEvent({ event, after }, late) {
    if (late && event.id === null) {
      return; // it is about a connection that is gone
    }
    if (this.#place === null ? !late : after !== null && this.#isKnown(after)) {
      this.#take(event);
    } else if (!late && (event.id === null || !this.#isKnown(event.id))) {
      this.#tabs?.postMessage({ behind: this.#place });
    }
  }

  /** Answers another tab that has come, or has missed something. */
  #answer({ behind }) {
    if (!this.#leads) {
      return;
    }
    if (behind === undefined) {
      this.#tell({ state: this.#state, place: this.#cursor });
    } else if (!isAfter(behind, this.#cursor)) {
      this.#cursor = behind;
      this.#again?.();
    }
  }

  #tell(news) {
    this.#tabs?.postMessage({ ...news, term: this.#term });
  }

  // ---- the connection

  #cursor = null; // the position of the connection; behind the page's while it reads again for another tab
  #again = null; // begins the connection anew

  async #read(stopped) {
    this.#cursor = this.#place;
    while (!stopped.aborted) {
      this.#lead('connecting', 0);
      let wait = null;
      try {
        wait = await this.#readOnce(stopped);
      } catch {
        // The network or the page's own hook has failed, which is retried like any other failure.
      }
      if (stopped.aborted) {
        return;
      }
      if (wait === 'end') {
        this.#tell({ state: 'closed' });
        this.close();
        return;
      }
      const backOff = Math.min(this.#retry * 2 ** Math.min(this.#failures, 10), LONGEST_RETRY);
      this.#failures++;
      wait ??= backOff * (0.5 + Math.random() / 2);
      this.#lead('connecting', wait);
      await this.#pause(wait, stopped);
    }
  }

  /**
   * Reads until the connection ends. Returns how long to wait before the next one, null for the usual time, 'end' for
   * never.
   */
  async #readOnce(stopped) {
    const url = new URL(this.#url);
    for (const [name, value] of Object.entries((await this.#options.query?.()) ?? {})) {
      url.searchParams.set(name, value);
    }
    if (this.#cursor !== null) {
      url.searchParams.set('last_event_id', this.#cursor);
    }
    const connection = new AbortController();
    const abort = () => connection.abort();
    for (const signal of [stopped, this.#ended.signal]) {
      signal.addEventListener('abort', abort, { once: true });
    }
    let behind = false;
    this.#again = () => {
      behind = true;
      abort();
    };
    let silence = setTimeout(abort, this.#options.silence);
    try {
      const response = await fetch(url, {
        headers: { Accept: 'text/event-stream;position=1', ...((await this.#options.headers?.()) ?? {}) },
        cache: 'no-store',
        credentials: this.#options.credentials ?? 'same-origin',
        signal: connection.signal,
      });
      if (response.status !== 200) {
        const after = Number(response.headers.get('Retry-After'));
        return FINAL.has(response.status) ? 'end' : after > 0 ? after * 1000 : null;
      }
      this.#cursor ??= response.headers.get('Eric-Position');
      this.#place ??= this.#cursor;
      this.#lead('open', 0);
      const parser = new Parser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (stopped.aborted) {
          return null; // another tab took over while this one stood still
        }
        if (done) {
          return null;
        }
        clearTimeout(silence);
        silence = setTimeout(abort, this.#options.silence);
        const events = parser.parse(value);
        if (events.length === 0) {
          this.#tell({}); // a heartbeat tells the other tabs that this one is there
        }
        for (const event of events) {
          this.#failures = 0;
          this.#tell({ event, after: this.#cursor });
          this.#cursor = event.id ?? this.#cursor;
          this.#take(event);
          if (stopped.aborted || behind) {
            return 0;
          }
          if (event.type === '_eric_channel_closed') {
            return 'end';
          }
        }
        this.#retry = parser.retry ?? this.#retry;
      }
    } catch (e) {
      if (behind) {
        return 0;
      }
      throw e;
    } finally {
      clearTimeout(silence);
      this.#again = null;
      for (const signal of [stopped, this.#ended.signal]) {
        signal.removeEventListener('abort', abort);
      }
      connection.abort();
    }
  }

  #lead(state, wait) {
    this.#setState(state);
    this.#tell({ state, wait, place: this.#cursor });
  }

  #pause(milliseconds, stopped) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      stopped.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }

  // ---- what the page sees

  #take({ type, data, id }) {
    if (this.#state === 'closed' || (id !== null && this.#isKnown(id))) {
      return; // a tab that has just taken over was behind this one
    }
    this.#position = id ?? this.#position;
    this.#place = id ?? this.#place;
    const event = Object.freeze({ type, data, id, json: () => JSON.parse(data) });
    for (const handler of [...(this.#handlers.get(type) ?? []), ...(this.#handlers.get('*') ?? [])]) {
      try {
        handler(event);
      } catch (e) {
        setTimeout(() => {
          throw e; // the error is the page's, so it goes where the page's errors go
        });
      }
    }
  }

  #isKnown(id) {
    return this.#place !== null && isAfter(this.#place, id);
  }

  #setState(state) {
    if (this.#state !== state && this.#state !== 'closed') {
      this.#state = state;
      this.#states.forEach((handler) => handler(state));
    }
  }
}

/** Returns whether a position is the same as another one or later, as far as they can be compared. */
function isAfter(position, other) {
  const [epoch, sequence] = split(position);
  const [otherEpoch, otherSequence] = split(other ?? '');
  return epoch === otherEpoch && sequence >= otherSequence;
}

/** Returns a position's epoch and sequence. */
function split(position) {
  const dash = position.lastIndexOf('-');
  return [position.slice(0, dash), Number(position.slice(dash + 1))];
}

/** Reads the event stream format of the HTML standard. */
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
