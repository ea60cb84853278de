// Reads an event stream with the npm package eventsource and prints what comes, as lines of JSON:
//   node record.mjs URL TYPE...
import { EventSource } from 'eventsource';

const [url, ...types] = process.argv.slice(2);
const source = new EventSource(url);
const say = (what) => console.log(JSON.stringify(what));

source.onopen = () => say({ type: 'open' });
source.onerror = (event) => console.error(`error ${event.code ?? ''} ${event.message ?? ''}`);
for (const type of types) {
  source.addEventListener(type, (event) => say({ type, id: event.lastEventId, data: event.data }));
}
