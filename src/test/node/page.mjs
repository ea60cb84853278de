// Snippets of the documents on a page of a hub in a real Chromium:   node page.mjs URL READER... -- WRITER
// Runs the readers, one page each, waits until each has its stream, and runs the writer; prints what the readers' consoles
// say, and ends with its standard input.
import { readFileSync } from 'node:fs';
import { withBrowser } from './chromium.mjs';

const [url, ...files] = process.argv.slice(2);
const [readers, [writer]] = [files.slice(0, files.indexOf('--')), files.slice(files.indexOf('--') + 1)];

await withBrowser(async (browser) => {
  const open = async (file) => {
    const page = await browser.newPage();
    page.on('console', (message) => message.type() === 'log' && console.log(message.text()));
    page.on('pageerror', (error) => console.log(String(error)));
    await page.goto(`${url}/healthz`);
    return () => page.addScriptTag({ type: 'module', content: readFileSync(file, 'utf8') });
  };
  for (const reader of readers) {
    const run = await open(reader);
    const stream = browser.waitForEvent('response', (answer) =>
      answer.headers()['content-type']?.startsWith('text/event-stream'),
    );
    await run();
    await stream;
  }
  await (await open(writer))();
  await new Promise((resolve) => process.stdin.on('end', resolve).resume());
});
