// Several tabs of a real Chromium on one stream with eric.js:  node tabs.mjs URL CHANNEL TABS
// The tab that holds the connection is closed half-way. Prints what each of the others got, as JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, channel, tabs] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), 'eric-chromium-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const publish = async (from, to) => {
  for (let i = from; i <= to; i++) {
    const body = JSON.stringify({ type: 'n', payload: i });
    await fetch(`${url}/broadcast?channel_id=${channel}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }
};
try {
  const pages = [];
  for (let i = 0; i < Number(tabs); i++) {
    const page = await browser.newPage();
    await page.goto(`${url}/openapi.json`);
    await page.evaluate(async (stream) => {
      const { connect } = await import('/eric.js');
      window.got = [];
      window.tickets = 0;
      window.stream = connect(stream, { query: async () => ({ ticket: String(++window.tickets) }) });
      window.stream.on('n', (event) => window.got.push(event.json()));
    }, `/watch/${channel}`);
    await page.waitForFunction(() => window.stream.state === 'open');
    pages.push(page);
  }
  await publish(1, 20);
  await Promise.all(pages.map((page) => page.waitForFunction(() => window.got.length >= 20)));
  const connected = await Promise.all(pages.map((page) => page.evaluate(() => window.tickets)));
  const gone = pages.shift();
  await Promise.all([gone.close(), publish(21, 40)]);
  await Promise.all(pages.map((page) => page.waitForFunction(() => window.got.length >= 40)));
  // More tabs than connections are allowed, and each can still ask something.
  const asked = await Promise.all(pages.map((page) => page.evaluate(async () => (await fetch('/channels')).status)));
  const got = await Promise.all(pages.map((page) => page.evaluate(() => window.got.join())));
  // A position of another life of the channel: what came since then is not known, and the page is told.
  const gap = await pages[0].evaluate(async (stream) => {
    const { connect } = await import('/eric.js');
    return await new Promise((resolve) => {
      const late = connect(stream, { share: false, after: 'otherlife-7' });
      late.onGap((gap) => {
        late.close();
        resolve(gap.reason);
      });
    });
  }, `/watch/${channel}`);
  await fetch(`${url}/channel/${channel}`, { method: 'DELETE' });
  await Promise.all(pages.map((page) => page.waitForFunction(() => window.stream.state === 'closed')));
  console.log(JSON.stringify({ connected, asked, got, gap }));
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
