// Pages of an allowed origin and the hub's own, in a real Chromium:  node guests.mjs URL PORT
// PORT is where the allowed origin, http://guest.localhost:PORT, is served. Prints what each may do, as JSON.
import { createServer } from 'node:http';
import { withBrowser } from './chromium.mjs';

const [url, port] = process.argv.slice(2);
const elsewhere = createServer((request, response) =>
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>guest</title>'),
);
await new Promise((resolve) => elsewhere.listen(Number(port), '127.0.0.1', resolve));

const visit = async (hub) => {
  const message = JSON.stringify({ type: 'hi', payload: 1 });
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-cache',
    'x-requested-with': 'XMLHttpRequest',
    'idempotency-key': Math.random().toString(),
  };
  const posted = await fetch(`${hub}/broadcast?channel_id=news`, { method: 'POST', headers, body: message });
  const wrong = await fetch(`${hub}/broadcast?channel_id=news`, { method: 'POST', body: message });
  const opened = new AbortController();
  const stream = await fetch(`${hub}/watch/news`, { signal: opened.signal, headers: { 'last-event-id': 'x-1' } });
  opened.abort();
  const socket = new WebSocket(`${hub.replace('http', 'ws')}/eventbus/websocket`);
  const open = await new Promise((resolve) => {
    socket.onopen = () => resolve('open');
    socket.onclose = ({ code }) => resolve(code);
  });
  socket.close();
  return [posted.status, posted.headers.has('eric-message-id'), wrong.status, stream.status, open];
};

try {
  await withBrowser(async (browser) => {
    const result = {};
    for (const [name, start] of [['guest', `http://guest.localhost:${port}/`], ['own', `${url}/openapi.json`]]) {
      const page = await browser.newPage();
      await page.goto(start);
      result[name] = await page.evaluate(visit, url);
      await page.close();
    }

    // The dashboard's buttons.
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${url}/`);
    const rows = () => page.locator('#channels tr').count();
    await page.waitForFunction(() => document.querySelectorAll('#channels tr').length > 0);
    const before = await rows();
    await page.click('#create');
    await page.waitForFunction((n) => document.querySelectorAll('#channels tr').length === n, before + 1);
    await page.locator('#channels tr', { hasText: 'news' }).locator('button').click();
    await page.waitForFunction(() => document.getElementById('state').textContent === 'Watching');
    result.inView = await page.evaluate(() => {
      const { top, bottom } = document.getElementById('watched').getBoundingClientRect();
      return top < innerHeight && bottom > 0;
    });
    await page.fill('#text', 'hello there');
    const shown = page.locator('#events', { hasText: 'message  hello there' });
    while ((await shown.count()) === 0) {
      await page.click('#send'); // until the stream is open
      await page.waitForTimeout(100);
    }
    // Somebody removes the channel that is watched.
    await fetch(`${url}/channel/news`, { method: 'DELETE' });
    await page.waitForFunction(() => document.getElementById('state').textContent === 'Removed:');
    result.removed = await page.evaluate(() => ({
      heading: document.querySelector('#watched h2').textContent.replace(/\s+/g, ' ').trim(),
      send: document.getElementById('send').checkVisibility(),
      close: document.getElementById('stop').checkVisibility(),
      listed: document.getElementById('channels').textContent.includes('news'),
    }));
    await page.click('#stop');
    result.removed.closed = !(await page.locator('#watched').isVisible());
    // And one whose row is still there.
    await page.evaluate(() => (window.stale = document.querySelector('#channels tr').cells[0].textContent));
    await fetch(`${url}/channel/${await page.evaluate(() => window.stale)}`, { method: 'DELETE' });
    await page.locator('#channels tr').first().locator('button').click();
    await page.waitForFunction(() => document.getElementById('state').textContent === 'Removed:');
    result.error = await page.textContent('#error');
    console.log(JSON.stringify(result));
  });
} finally {
  elsewhere.close();
  elsewhere.closeAllConnections();
}
