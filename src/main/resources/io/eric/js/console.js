// The console of a JS verticle. Each call is one record of the log, except that the lines of tables and the frames of
// stacks are one record each. Java escapes what could pass for another record's line (Console). It is evaluated once
// per context, before prelude.js.
(function makeConsole(host) {
  'use strict';

  const DEEPEST = 8;
  const MOST_ITEMS = 100;

  /** Returns a value as text. JSON values are shown as JSON, and others as similarly as possible. */
  function shown(value) {
    if (typeof value === 'string') {
      return value;
    }
    return value instanceof Error ? stackOf(value) : inspected(value, []);
  }

  function stackOf(error) {
    const stack = typeof error.stack === 'string' && error.stack !== '' ? error.stack : String(error);
    return error.cause === undefined ? stack : `${stack} [cause: ${inspected(error.cause, [error])}]`;
  }

  function inspected(value, above) {
    try {
      return inspect(value, above);
    } catch {
      return '[not readable]'; // a getter or a proxy that throws
    }
  }

  function inspect(value, above) {
    switch (typeof value) {
      case 'string':
        return JSON.stringify(value);
      case 'bigint':
        return `${value}n`;
      case 'function':
        return `[${/^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'} ${value.name || '(anonymous)'}]`;
      case 'object':
        break;
      default:
        return String(value);
    }
    if (value === null) {
      return 'null';
    }
    if (above.includes(value)) {
      return '[circular]';
    }
    if (above.length >= DEEPEST) {
      return Array.isArray(value) ? '[…]' : '{…}';
    }
    const below = [...above, value];
    const each = (item) => inspected(item, below);
    if (Array.isArray(value)) {
      return `[${limited(value, value.length, each)}]`;
    } else if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return `${value[Symbol.toStringTag]}(${value.length}) [${limited(value, value.length, each)}]`;
    } else if (value instanceof Map) {
      return `Map(${value.size}) {${limited(value, value.size, ([key, item]) => `${each(key)} => ${each(item)}`)}}`;
    } else if (value instanceof Set) {
      return `Set(${value.size}) {${limited(value, value.size, each)}}`;
    } else if (value instanceof Date) {
      return Number.isNaN(value.getTime()) ? 'Invalid Date' : JSON.stringify(value);
    } else if (value instanceof RegExp) {
      return String(value);
    } else if (value instanceof Error) {
      return `[${value.name}: ${value.message}]`;
    } else if (value instanceof Promise) {
      return '[promise]';
    } else if (typeof value.toJSON === 'function') {
      return each(value.toJSON());
    }
    const keys = Object.keys(value);
    const type = value.constructor;
    const named = typeof type === 'function' && type !== Object && type.name ? `${type.name} ` : '';
    return `${named}{${limited(keys, keys.length, (key) => `${JSON.stringify(key)}:${each(value[key])}`)}}`;
  }

  function limited(items, count, show) {
    const texts = [];
    for (const item of items) {
      if (texts.length === MOST_ITEMS) {
        texts.push(`… ${count - MOST_ITEMS} more`);
        break;
      }
      texts.push(show(item));
    }
    return texts.join(',');
  }

  /** Formats values. The first value's `%s`, `%d`, … take the next values; the rest follows after spaces. */
  function format([first, ...rest]) {
    if (typeof first !== 'string' || !first.includes('%')) {
      return [first, ...rest].map(shown).join(' ');
    }
    const text = first.replace(/%([sdifjoOc%])/g, (all, kind) => {
      if (kind === '%') {
        return '%';
      }
      return rest.length === 0 ? all : directive(kind, rest.shift());
    });
    return [text, ...rest.map(shown)].join(' ');
  }

  function directive(kind, value) {
    switch (kind) {
      case 's':
        return typeof value === 'object' && value !== null ? inspected(value, []) : shown(value);
      case 'd':
        return typeof value === 'bigint' ? `${value}n` : String(typeof value === 'symbol' ? NaN : Number(value));
      case 'i':
        return typeof value === 'bigint' ? `${value}n` : String(typeof value === 'symbol' ? NaN : parseInt(value, 10));
      case 'f':
        return String(typeof value === 'symbol' ? NaN : parseFloat(value));
      case 'c':
        return ''; // a style, which a log cannot show
      default:
        return inspected(value, []);
    }
  }

  const times = new Map();
  const counts = new Map();
  let indent = '';

  function write(level, ...lines) {
    lines.forEach((line) => host.log(level, indent + line));
  }

  /** Logs each frame of a stack as a record of its own; a line break anywhere else is part of the text. */
  const logger = (level) => (...values) => {
    if (values.length === 0) {
      write(level, '');
    } else if (values.some((value) => value instanceof Error)) {
      write(level, ...format(values).split(/\n(?= {4}at )/));
    } else {
      write(level, format(values));
    }
  };

  function table(data, columns) {
    if (typeof data !== 'object' || data === null) {
      console.log(data);
      return;
    }
    const entries =
      data instanceof Map || Array.isArray(data)
        ? [...data.entries()]
        : data instanceof Set
          ? [...data].map((each, at) => [at, each])
          : Object.entries(data);
    const isRow = (each) => typeof each === 'object' && each !== null;
    const names = columns ?? [...new Set(entries.flatMap(([, each]) => (isRow(each) ? Object.keys(each) : [])))];
    const plain = entries.some(([, each]) => !isRow(each));
    const cell = (value) => (typeof value === 'string' ? value : inspected(value, []));
    const rows = entries.slice(0, 10 * MOST_ITEMS).map(([key, each]) => [
      cell(key),
      ...names.map((name) => (isRow(each) && Object.hasOwn(each, name) ? cell(each[name]) : '')),
      ...(plain ? [isRow(each) ? '' : cell(each)] : []),
    ]);
    const head = ['(index)', ...names.map(String), ...(plain ? ['Values'] : [])];
    const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at].length)));
    const line = (row) => `| ${row.map((text, at) => text.padEnd(widths[at])).join(' | ')} |`;
    write('info', line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line));
    if (entries.length > rows.length) {
      write('info', `… ${entries.length - rows.length} more`);
    }
  }

  function elapsed(label, ...values) {
    const start = times.get(label);
    if (start === undefined) {
      console.warn(`there is no timer ${label}`);
      return;
    }
    console.log(`${label}: ${(host.now() - start).toFixed(3)} ms`, ...values);
  }

  const named = (label) => (label === undefined ? 'default' : String(label));

  const console = {
    log: logger('info'),
    info: logger('info'),
    debug: logger('debug'),
    warn: logger('warn'),
    error: logger('error'),
    trace: logger('trace'),
    dir: (value) => write('info', inspected(value, [])),
    dirxml: logger('info'),
    table,
    assert: (holds, ...values) => {
      if (!holds) {
        console.error('assertion failed' + (values.length === 0 ? '' : ':'), ...values);
      }
    },
    time: (label) => {
      if (times.has(named(label))) {
        console.warn(`there is a timer ${named(label)} already`);
      } else {
        times.set(named(label), host.now());
      }
    },
    timeLog: (label, ...values) => elapsed(named(label), ...values),
    timeEnd: (label) => {
      elapsed(named(label));
      times.delete(named(label));
    },
    count: (label) => {
      const count = (counts.get(named(label)) ?? 0) + 1;
      counts.set(named(label), count);
      console.log(`${named(label)}: ${count}`);
    },
    countReset: (label) => {
      counts.delete(named(label));
    },
    group: (...values) => {
      if (values.length > 0) {
        console.log(...values);
      }
      indent = indent.length < 40 ? indent + '  ' : indent;
    },
    groupEnd: () => {
      indent = indent.slice(2);
    },
    clear: () => {},
  };
  console.groupCollapsed = console.group;

  Object.defineProperty(globalThis, 'console', { value: console, writable: true, configurable: true });
});
