// A web page in a real Chromium that is a part of an application over the SockJS bridge, with the client that
// @vertx/eventbus-bridge-client.js is:   node greeter-page.mjs URL CHANNEL NAME OTHER...
// prints "ready" when its listener is started, then what the bridge refuses; ends with its standard input.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, channel, name, ...others] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const profile = mkdtempSync(join(tmpdir(), 'eric-chromium-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage();
  await page.goto(`${url}/healthz`);
  await page.addScriptTag({ path: join(require.resolve('sockjs-client/package.json'), '../dist/sockjs.min.js') });
  await page.addScriptTag({ path: require.resolve('@vertx/eventbus-bridge-client.js') });
  await page.exposeFunction('say', (line) => console.log(line));
  await page.evaluate(
    ([channel, name, others]) => {
      const bus = new EventBus('/eventbus');
      const answered = new Set();
      const ask = (body) =>
        new Promise((resolve, reject) =>
          bus.send(`eric.channel.${channel}`, body, {}, (error, message) =>
            error ? reject(error) : resolve(message.body.result),
          ),
        );
      const send = (r, t) => ask({ v: 'd', r, t, p: { from: name }, sender: name });
      const act = async ({ event, data, sender }) => {
        if (event === 'begin') {
          await Promise.all(others.map((other) => send(other, 'hello')));
        } else if (event === 'hello') {
          await send(sender, 'hello_ack');
        } else if (event === 'hello_ack') {
          answered.add(data.from);
          if (answered.size === others.length) {
            await ask({ v: 'b', t: 'done', p: { by: name, answers: [...answered].sort() } });
          }
        }
      };
      bus.onerror = (error) => window.say(`refused ${error.body}`);
      bus.onopen = async () => {
        await ask({ v: 'r', r: name });
        bus.registerHandler(`eric.listener.${channel}/${name}`, async (error, message) => {
          await act(message.body);
          message.reply(null); // acknowledges
        });
        await ask({ v: 'l', r: name });
        window.say('ready');
        bus.send('some.address', {});
      };
    },
    [channel, name, others],
  );
  await new Promise((resolve) => process.stdin.on('end', resolve).resume());
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
