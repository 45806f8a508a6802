// SPDX-License-Identifier: Apache-2.0

// Maps that grow while they are looked at, that are large, empty or not answered.
import assert from 'node:assert/strict';
import { afterEach, before, after, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { watchFrames, watchProcessor } from './frames.js';
import { tidy, watchShifts } from './geometry.js';
import { calls, nameOf, web } from './map-seed.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});
afterEach(() => fetch(`${backend.url}/api/traces`, { method: 'DELETE' }));

test('an empty map says what to do, and a new service moves nobody', async () => {
  const page = await open(browser, backend.url);
  await page.clock.install();
  await page.visit('/map');
  await page.getByText('No service called another in this time').waitFor();
  await store(backend, seeds.otlp(seeds.ids.one, [{ service: 'lonely', name: 'only', parent: -1, start: 0, duration: 1e6, kind: 2 }]));
  await page.clock.fastForward(6000);
  await page.getByText('There are spans of 1 service').waitFor();

  const links = web(30, 60);
  const some = links.filter((l) => l.from < 20 && l.to < 20);
  await store(backend, calls(some));
  await page.clock.fastForward(6000);
  await page.getByRole('heading', { name: `21 services, ${some.length} links` }).waitFor();
  const place = (/** @type {string} */ name) => page.locator('map-graph').evaluate((e, name) => /** @type {any} */ (e).places.at.get(name), name);
  const names = [0, 5, 12, 19].map(nameOf);
  const before = await Promise.all(names.map(place));
  const anew = page.getByRole('button', { name: 'Lay out anew' });
  assert.ok(await anew.isDisabled());
  const shifts = await watchShifts(page);
  await store(backend, calls(links.filter((l) => l.from >= 20 || l.to >= 20), nameOf, seeds.now - 30_000_000_000n));
  await page.clock.fastForward(6000);
  await page.getByRole('heading', { name: '31 services, 60 links' }).waitFor();
  assert.deepEqual(await Promise.all(names.map(place)), before);
  assert.ok(await place(nameOf(29)));
  assert.ok((await shifts()).sum < 0.02, (await shifts()).moved.join('\n'));
  await anew.click();
  await page.idle();
  assert.ok(await anew.isDisabled());
  assert.notDeepEqual(await Promise.all(names.map(place)), before);
  page.quiet();
});

test('200 services and 600 calls: a frame is short while they are moved and zoomed', async () => {
  await store(backend, calls(web(200, 600)));
  const page = await open(browser, backend.url);
  await page.visit('/map');
  await page.getByRole('heading', { name: '200 services, 600 links' }).waitFor();
  await page.shot('map-200');
  await tidy(page);
  await page.mouse.move(400, 400);
  const processor = await watchProcessor(page);
  await page.mouse.down();
  let last = await processor();
  const { frames } = await watchFrames(page, async () => {
    for (let i = 1; i <= 20; i++) await page.mouse.move(400 + i * 8, 400 + i * 3);
    await page.idle();
  });
  const each = ((await processor()) - last) / frames;
  await page.mouse.up();
  console.log(`200 services, 600 calls: ${each.toFixed(1)} ms of processor time a frame, ${frames} frames`);
  assert.ok(each < 50, `${each} ms a frame`);
  await page.keyboard.press('/');
  await page.keyboard.type('cart-db');
  await page.idle();
  await page.shot('map-200-found');
  page.quiet();
});

test('of 2,000 services the busiest are shown, and the table has all calls', async () => {
  await store(backend, calls(web(2000, 5000)));
  const page = await open(browser, backend.url);
  await page.visit('/map');
  await page.getByText('These are the 300 busiest of 2,000 services').waitFor();
  await page.shot('map-2000');
  await tidy(page);
  await page.getByRole('link', { name: 'the table of all calls' }).click();
  await page.getByRole('button', { name: 'Show 1,000 more rows of 4,800' }).click();
  await page.idle();
  assert.equal(await page.locator('map-table tbody tr').count(), 1200);
  await page.visit(`/map?service=${nameOf(1999)}&depth=2`);
  await page.getByText('busiest').waitFor({ state: 'detached' });
  page.quiet();
});

test('what fails is said, with what is known, and asked again', async () => {
  await store(backend, calls(web(8, 12)));
  const page = await open(browser, backend.url);
  await page.route('**/api/map?*', (route) => route.fulfill({ status: 503, json: { errors: [{ code: 503, msg: 'too busy' }] } }));
  await page.visit('/map?live=0');
  await page.getByText('too busy').waitFor();
  await page.unroute('**/api/map?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: '8 services, 12 links' }).waitFor();

  await page.route('**/api/map?*', (route) => route.abort());
  await page.clock.install();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('The server does not answer. What you see is of').waitFor();
  await page.getByRole('heading', { name: '8 services, 12 links' }).waitFor();
  await page.unroute('**/api/map?*');
  await page.clock.fastForward(6000);
  await page.getByText('The server does not answer').waitFor({ state: 'detached' });
  page.quiet(/503|ERR_FAILED/);
});
