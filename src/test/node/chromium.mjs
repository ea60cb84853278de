// A real Chromium with a profile of its own, for as long as a function takes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export async function withBrowser(use, ...args) {
  const profile = mkdtempSync(join(tmpdir(), 'eric-chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', ...args],
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

export async function publish(url, channel, from, to) {
  for (let i = from; i <= to; i++) {
    const body = JSON.stringify({ type: 'n', payload: i });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/broadcast?channel_id=${channel}`, { method: 'POST', headers, body });
    if (answer.status !== 200) {
      throw new Error(`${answer.status} ${await answer.text()}`);
    }
  }
}
