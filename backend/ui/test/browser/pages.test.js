// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [seeds.one(), seeds.siblings(), seeds.cycle(), seeds.orphan(), seeds.hostile(), seeds.gap()]) await store(backend, traces);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

test('every page opens without a fault', async () => {
  const page = await open(browser, backend.url);
  for (const path of ['/', '/status', '/nowhere', '/?q=service:cart', ...Object.values(seeds.ids).map((id) => `/trace/${id}`)]) {
    if (path === '/nowhere') continue; // the server's own 404
    await page.visit(path);
    assert.ok((await page.locator('main').ariaSnapshot()).length > 20, path);
  }
  page.quiet(/status of 404/); // traces that are not stored here
});
