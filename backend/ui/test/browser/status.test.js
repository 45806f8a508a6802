// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { one, post } from './load.js';
import { random } from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;
const holder = createServer().listen(0, '127.0.0.1');

before(async () => {
  if (!holder.listening) await once(holder, 'listening');
  const taken = `127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (holder.address()).port}`;
  [backend, browser] = await Promise.all([startBackend([`--http-server.host-port=${taken}`]), launch()]);
});
after(async () => {
  holder.close();
  await browser?.close();
  await backend?.stop();
});

test('the sum of received spans, while it changes', async () => {
  const otlp = `http://${backend.ports['otlp-http']}/v1/traces`;
  const page = await open(browser, backend.url);
  await page.visit('/status');
  const row = (/** @type {string} */ name) => page.getByRole('row', { name });
  assert.match(await row('received').innerText(), /\b0\b/);
  assert.match(await row('unaccounted for').innerText(), /\b0\b/);

  await post(otlp, [one(random(1)), one(random(2))]);
  const zero = one(random(3));
  for (const r of zero.resourceSpans) for (const s of r.scopeSpans) for (const span of s.spans) span.spanId = '0000000000000000';
  await post(otlp, [zero]);
  const wrong = await fetch(otlp, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
  assert.equal(wrong.status, 400);

  await row('received').filter({ hasText: '9' }).waitFor();
  await row('stored').filter({ hasText: '6' }).first().waitFor();
  await row('refused: the span id is zero').filter({ hasText: '3' }).waitFor();
  await row('cannot be read').filter({ hasText: '1' }).waitFor();
  assert.match(await row('unaccounted for').innerText(), /\b0\b/);
  await page.getByText('2 traces, 6 spans').waitFor();
  await store(backend, one(random(4)));
  await page.getByText('3 traces, 9 spans').waitFor();
  assert.match(await row('received').innerText(), /\b9\b/);
  await page.getByText('Imported spans are not among the received ones.').waitFor();
  page.quiet();
});

test('a port that is taken', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/status');
  assert.match(await page.getByRole('row', { name: /^sampling \S+:/ }).innerText(), /not used: taken/);
});

test('nobody is asked while the page is hidden', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/status');
  let asked = 0;
  page.on('request', () => asked++);
  const hide = (/** @type {boolean} */ hidden) => page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await page.clock.install();
  await page.visit('/status');
  await hide(true);
  asked = 0;
  await page.clock.fastForward(10_000);
  assert.equal(asked, 0);
  await Promise.all([page.waitForRequest(/api\/status/), hide(false)]);
  page.quiet();
});
