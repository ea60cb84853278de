// Long messages over the SockJS bridge in a real Chromium, with the client that @vertx/eventbus-bridge-client.js is:
//   node emoji.mjs URL CHANNEL LIMIT
// LIMIT is the payload limit in bytes. Prints what arrived of a payload of 540 kB and of one that is just within the
// limit, and how the connection ended over one that is far beyond it, as JSON.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { withBrowser } from './chromium.mjs';

const [url, channel, limit] = process.argv.slice(2);
const require = createRequire(import.meta.url);
await withBrowser(async (browser) => {
  const page = await browser.newPage();
  await page.goto(`${url}/healthz`);
  await page.addScriptTag({ path: join(require.resolve('sockjs-client/package.json'), '../dist/sockjs.min.js') });
  await page.addScriptTag({ path: require.resolve('@vertx/eventbus-bridge-client.js') });
  const result = await page.evaluate(
    async ([channel, limit]) => {
      const bus = new EventBus('/eventbus');
      const closed = new Promise((resolve) => (bus.onclose = ({ code, reason }) => resolve([code, reason])));
      await new Promise((resolve) => (bus.onopen = resolve));
      const ask = (body) =>
        new Promise((resolve, reject) =>
          bus.send(`eric.channel.${channel}`, body, {}, (error, message) =>
            error ? reject(error) : resolve(message.body.result),
          ),
        );
      await ask({ v: 'r', r: 'page' });
      let arrive;
      bus.registerHandler(`eric.listener.${channel}/page`, (error, message) => {
        arrive(message.body.data);
        message.reply(null);
      });
      await ask({ v: 'l', r: 'page' });
      const lengths = [];
      for (const bytes of [540_000, limit]) {
        const text = '\u{1F600}'.repeat(Math.floor((bytes - 2) / 4)); // and the quotes
        const arrived = new Promise((resolve) => (arrive = resolve));
        await ask({ v: 'b', t: 'smile', p: text });
        lengths.push((await arrived) === text ? text.length : 'other');
      }
      bus.send(`eric.channel.${channel}`, { v: 'b', t: 'smile', p: '\u{1F600}'.repeat(limit) });
      return { lengths, closed: await closed };
    },
    [channel, Number(limit)],
  );
  console.log(JSON.stringify(result));
});
