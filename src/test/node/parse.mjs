// Parses event streams with the npm package eventsource-parser. Standard input holds streams, each
// after its length in four bytes (big endian); printed is one line of JSON per stream: its events.
import { readFileSync } from 'node:fs';
import { createParser } from 'eventsource-parser';

const input = readFileSync(0);
const lines = [];
for (let at = 0; at < input.length; ) {
  const length = input.readUInt32BE(at);
  const stream = input.subarray(at + 4, at + 4 + length);
  at += 4 + length;
  const events = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => events.push({ id, type: event, data }),
    onError: (error) => events.push({ error: String(error) }),
  });
  const decoder = new TextDecoder();
  // In pieces of every size, as a network cuts them.
  for (let from = 0, size = 1; from < stream.length; from += size, size = (size * 5) % 97) {
    parser.feed(decoder.decode(stream.subarray(from, from + size), { stream: true }));
  }
  lines.push(JSON.stringify(events));
}
process.stdout.write(lines.join('\n') + '\n');
