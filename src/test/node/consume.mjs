// Reads an event stream with the npm package eventsource and tells what it got:
//   node consume.mjs URL TYPE COUNT
// prints "open" when the stream is open, and after COUNT messages their number and the SHA-256 of
// their payloads, each followed by a newline.
import { createHash } from 'node:crypto';
import { EventSource } from 'eventsource';

const [url, type, count] = process.argv.slice(2);
const expected = Number(count);
const hash = createHash('sha256');
let got = 0;

const source = new EventSource(url);
source.onopen = () => console.log('open');
source.onerror = (event) => console.error(`error ${event.code ?? ''} ${event.message ?? ''}`);
source.addEventListener('_eric_gap', (event) => {
  console.error(`gap ${event.data}`);
  process.exit(1);
});
source.addEventListener(type, (event) => {
  hash.update(event.data, 'utf8').update('\n');
  if (++got === expected) {
    console.log(`${got} ${hash.digest('hex')}`);
    source.close();
  }
});
