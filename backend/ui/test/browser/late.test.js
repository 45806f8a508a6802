// SPDX-License-Identifier: Apache-2.0

// Answers that come late, or never, and keys that are held down.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [seeds.one(), seeds.tree(seeds.ids.hundred, 400)]) await store(backend, traces);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

test('a stream that a proxy holds back does not hold back the list', async () => {
  const page = await open(browser, backend.url);
  await page.route('**/api/live*', () => {}); // no answer, ever
  await page.goto(backend.url);
  await page.getByRole('link', { name: 'lonely' }).first().waitFor({ timeout: 10_000 });
  page.quiet();
});

test('a stream that was left is silent', async () => {
  const page = await open(browser, backend.url);
  await page.clock.install();
  await page.goto(backend.url);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Status' }).click();
  await page.getByRole('row', { name: 'received' }).waitFor();
  await page.clock.fastForward(60_000);
  await page.evaluate(() => fetch('api/status')); // unhandled rejections are told by then
  page.quiet();
});

test('a queued file that is cancelled does not stop those behind it', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/');
  /** @type {(_: unknown) => void} */ let go = () => {};
  const held = new Promise((resolve) => { go = resolve; });
  await page.route('**/api/import', async (route) => {
    await held;
    await route.continue();
  });
  const file = (/** @type {string} */ name) => ({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(seeds.cycle())) });
  await page.locator('import-button input').setInputFiles(['first.json', 'second.json', 'third.json'].map(file));
  const row = (/** @type {string} */ name) => page.locator('import-drop li', { hasText: name });
  await row('second.json').getByRole('button', { name: 'Cancel' }).click();
  go(null);
  await row('third.json').getByRole('link', { name: 'Show it' }).waitFor({ timeout: 5000 });
  await row('second.json').getByText('Cancelled.').waitFor();
  page.quiet();
});

test('a trace that grows is shown, though it loads for longer than it takes to grow', async () => {
  const page = await open(browser, backend.url);
  const at = BigInt(Date.now()) * 1_000_000n;
  const id = 'c'.repeat(32);
  const spans = [{ service: 'slow', name: 'first', parent: -1, start: 0, duration: 1e6 }];
  await store(backend, seeds.otlp(id, spans, at));
  await page.clock.install();
  await page.goto(`${backend.url}/trace/${id}`);
  await page.getByRole('row', { name: 'first' }).waitFor();
  let asked = 0;
  page.on('request', (r) => {
    if (r.url().includes('/api/search')) asked++;
  });
  let meanwhile = -1;
  await page.route('**/outline', async (route) => {
    const before = asked;
    await page.clock.fastForward(10_000);
    await page.evaluate(() => fetch('/api/status')); // what was asked is known by then
    meanwhile = Math.max(meanwhile, asked - before);
    await route.continue();
  });
  await store(backend, seeds.otlp(id, [...spans, { service: 'slow', name: 'second', parent: 0, start: 10, duration: 100 }], at));
  await page.getByRole('row', { name: 'second' }).waitFor();
  assert.equal(meanwhile, 0, 'asked again while the answer was awaited');
  page.quiet();
});

test('a key that is held down chooses span after span', async () => {
  const page = await open(browser, backend.url);
  await page.addInitScript(() => { // as Safari does
    const replace = history.replaceState.bind(history);
    let n = 0;
    history.replaceState = (...args) => {
      if (++n > 100) throw new DOMException('too many calls in ten seconds', 'SecurityError');
      replace(...args);
    };
  });
  await page.visit(`/trace/${seeds.ids.hundred}`);
  await page.getByRole('treegrid').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.getByRole('treegrid').evaluate((grid) => {
    for (let i = 0; i < 300; i++) grid.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, composed: true }));
  });
  await page.idle();
  assert.equal(await page.locator('[role=row][aria-selected=true]').getAttribute('aria-rowindex'), '302');
  const chosen = new URL(page.url()).searchParams.get('span');
  await page.reload();
  await page.idle();
  assert.equal(await page.locator('[role=row][aria-selected=true]').getAttribute('aria-rowindex'), '302');
  assert.equal(new URL(page.url()).searchParams.get('span'), chosen);
  page.quiet();
});

test('signs that a keyboard has with AltGr are keys', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.hundred}`);
  const rows = () => page.getByRole('treegrid').getAttribute('aria-rowcount');
  const all = await rows();
  const press = (/** @type {KeyboardEventInit} */ init) => page.evaluate((i) => document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, composed: true, ...JSON.parse(i) })), JSON.stringify(init));
  await press({ key: ']', ctrlKey: true, altKey: true }); // Windows
  await page.idle();
  assert.notEqual(await rows(), all);
  await press({ key: '[', altKey: true }); // macOS
  await page.idle();
  assert.equal(await rows(), all);
  page.quiet();
});
