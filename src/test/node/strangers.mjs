// Pages of other origins, in a real Chromium, try what browsers let any page try:  node strangers.mjs URL
// The hub has the channel "orders" with the listener "billing". Prints what came of it, as JSON.
import { createServer } from 'node:http';
import { withBrowser } from './chromium.mjs';

const [url] = process.argv.slice(2);
const hub = new URL(url);
const elsewhere = createServer((request, response) =>
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>'),
);
await new Promise((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
const { port } = elsewhere.address();

// Everything that takes no permission beforehand, and all that asks for it.
const attack = async (hub) => {
  const message = JSON.stringify({ type: 'evil', payload: 1 });
  const to = {
    broadcast: `${hub}/broadcast?channel_id=orders`,
    dispatch: `${hub}/dispatch?channel_id=orders&listener_id=billing`,
    publish: `${hub}/publish`,
    subscribe: `${hub}/subscribe?channel_id=orders&listener_id=evil`,
  };
  const stream = `${hub}/stream/orders/billing`;
  const loaded = (element, attributes) =>
    new Promise((resolve) => {
      const made = document.createElement(element);
      made.onload = made.onerror = resolve;
      Object.assign(made, attributes);
      document.body.append(made);
    });
  const settle = (promise) => promise.then((r) => r.type, (e) => e.name);
  const results = {};
  for (const [name, target] of Object.entries(to)) {
    const body = name === 'publish' ? `[{"c":"orders","t":"evil","p":1}]` : message;
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', '', 'application/json']) {
      const blob = new Blob([body], { type });
      await settle(fetch(target, { method: 'POST', mode: 'no-cors', credentials: 'include', body: blob }));
    }
    await settle(
      fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    );
    navigator.sendBeacon(target, new Blob([body], { type: 'text/plain' }));
    const frame = document.createElement('iframe');
    frame.name = `to-${name}`;
    const filled = new Promise((resolve) => (frame.onload = resolve));
    document.body.append(frame);
    const form = document.createElement('form');
    Object.assign(form, { action: target, method: 'post', enctype: 'text/plain', target: frame.name });
    const field = document.createElement('input');
    field.name = body.slice(0, -1) + ',"x":"';
    field.value = '"}';
    form.append(field);
    document.body.append(form);
    form.submit();
    await filled;
  }
  await settle(fetch(`${hub}/create?channel_id=evil`, { method: 'PUT' }));
  await settle(fetch(`${hub}/channel/orders`, { method: 'DELETE' }));
  results.stream = await settle(fetch(stream, { mode: 'no-cors' }));
  await loaded('img', { src: stream });
  await loaded('script', { src: stream });
  await loaded('iframe', { src: stream });
  await loaded('video', { src: stream });
  await loaded('link', { rel: 'stylesheet', href: stream });
  results.eventSource = await new Promise((resolve) => {
    const source = new EventSource(stream);
    source.onopen = () => resolve('open');
    source.onerror = () => resolve(source.readyState);
  });
  results.read = await settle(fetch(`${hub}/channels`));
  for (const path of ['/eventbus/websocket', '/eventbus/0/s/websocket']) {
    results[path] = await new Promise((resolve) => {
      const socket = new WebSocket(hub.replace('http', 'ws') + path);
      socket.onopen = () => resolve('open');
      socket.onclose = ({ code }) => resolve(code);
    });
  }
  return results;
};

try {
  await withBrowser(async (browser) => {
    const result = { from: {}, statuses: {} };
    // Another port of the same host is of the same site; another name is of another site.
    for (const origin of [`http://127.0.0.1:${port}`, `http://evil.localhost:${port}`]) {
      const page = await browser.newPage();
      const statuses = new Set();
      page.on('response', (response) => {
        const { host, pathname } = new URL(response.url());
        if (host === hub.host) {
          statuses.add(`${response.status()} ${response.request().method()} ${pathname}`);
        }
      });
      await page.goto(origin);
      result.from[origin.includes('evil') ? 'cross-site' : 'same-site'] = await page.evaluate(attack, url);
      // A link to the page for people may stand anywhere, a link to anything else may not.
      await page.evaluate((to) => void (location.href = to), `${url}/watch/orders`);
      await page.waitForURL(`${url}/watch/orders`);
      await page.goto(origin);
      await page.evaluate((to) => void (location.href = to), `${url}/`);
      await page.waitForURL(`${url}/`);
      (result.titles ??= []).push(await page.title());
      result.statuses[origin.includes('evil') ? 'cross-site' : 'same-site'] = [...statuses].sort();
      await page.close();
    }
    // A name that has come to point here: of our own origin, were it not for the name.
    const rebound = await browser.newPage();
    const answer = await rebound.goto(`http://evil.example:${hub.port}/`);
    result.rebound = [answer.status()];
    result.rebound.push(
      ...(await rebound.evaluate(async () => {
        const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
        const message = JSON.stringify({ type: 'evil', payload: 1 });
        const statuses = [
          (await fetch('/channels')).status,
          (await fetch('/broadcast?channel_id=orders', { ...post, body: message })).status,
          (await fetch('/stream/orders/billing')).status,
        ];
        const socket = new WebSocket(`ws://${location.host}/eventbus/websocket`);
        statuses.push(
          await new Promise((resolve) => {
            socket.onopen = () => resolve('open');
            socket.onclose = ({ code }) => resolve(code);
          }),
        );
        return statuses;
      })),
    );
    // On the hub's own pages, an image is no reader either.
    const own = await browser.newPage();
    await own.goto(`${url}/openapi.json`);
    await own.evaluate(
      (source) =>
        new Promise((resolve) => {
          const image = new Image();
          image.onload = image.onerror = resolve;
          image.src = source;
        }),
      '/stream/orders/billing',
    );
    result.typed = (await own.goto(`${url}/stream/orders/billing`)).status();
    console.log(JSON.stringify(result));
  }, '--host-resolver-rules=MAP evil.example 127.0.0.1');
} finally {
  elsewhere.close();
  elsewhere.closeAllConnections();
}
