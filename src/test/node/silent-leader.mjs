// Three tabs of a real Chromium on one stream with eric.js; alert() is open in the one that holds the connection:
//   node silent-leader.mjs URL CHANNEL SILENCE BEFORE
// BEFORE messages are published before. Prints what each tab got, as JSON.
import { publish, withBrowser } from './chromium.mjs';

const [url, channel, silence, count] = process.argv.slice(2);
const before = Number(count);
await withBrowser(async (browser) => {
  const pages = [];
  for (let i = 0; i < 3; i++) {
    const page = await browser.newPage();
    page.setDefaultTimeout(90_000);
    await page.goto(`${url}/openapi.json`);
    await page.evaluate(
      async ([stream, silence]) => {
        const { connect } = await import('/eric.js');
        window.got = [];
        window.gaps = 0;
        window.connections = 0;
        window.stream = connect(stream, { silence, query: async () => (window.connections++, {}) });
        window.stream.on('n', (event) => window.got.push(event.json()));
        window.stream.onGap(() => window.gaps++);
      },
      [`/watch/${channel}`, Number(silence)],
    );
    await page.waitForFunction(() => window.stream.state === 'open');
    pages.push(page);
  }
  await publish(url, channel, 1, before);
  await Promise.all(pages.map((page) => page.waitForFunction((n) => window.got.length >= n, before)));
  const [leader, ...others] = pages;
  const open = new Promise((resolve) => leader.once('dialog', resolve));
  await leader.evaluate(() => void setTimeout(() => alert('hello')));
  const dialog = await open;
  await publish(url, channel, before + 1, before + 20);
  await Promise.all(others.map((page) => page.waitForFunction((n) => window.got.length >= n, before + 20)));
  const states = await Promise.all(others.map((page) => page.evaluate(() => window.stream.state)));
  await dialog.dismiss();
  await publish(url, channel, before + 21, before + 40);
  await Promise.all(pages.map((page) => page.waitForFunction((n) => window.got.length >= n, before + 40)));
  await Promise.all(pages.map((page) => page.waitForFunction(() => window.stream.state === 'open')));
  const got = await Promise.all(pages.map((page) => page.evaluate(() => window.got.join())));
  const gaps = await Promise.all(pages.map((page) => page.evaluate(() => window.gaps)));
  const connections = await Promise.all(pages.map((page) => page.evaluate(() => window.connections)));
  console.log(JSON.stringify({ states, got, gaps, connections }));
  await new Promise((resolve) => process.stdin.on('end', resolve).resume());
});
