// SPDX-License-Identifier: Apache-2.0

// What pages show of engines that cannot do everything, as Cassandra with Jaeger's tables.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  await store(backend, seeds.otlp(seeds.ids.one, [
    { service: 'shop', name: 'order', parent: -1, start: 0, duration: 2e6, kind: 2 },
    { service: 'stock', name: 'reserve', parent: 0, start: 0, duration: 1e6, kind: 2 },
  ]));
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

/** The rest of an engine that cannot do what it is said to be unable to. */
async function poorer() {
  const page = await open(browser, backend.url);
  const status = await (await fetch(`${backend.url}/api/status`)).json();
  Object.assign(status.store, { spans: 0, traces: 0, bytes: 0, maxBytes: 0, oldest: null, shared: true, uncounted: true, noRates: true, storedLinks: true });
  await page.route('**/api/status', (route) => route.fulfill({ json: status }));
  const cannot = (/** @type {import('playwright-core').Route} */ route) => route.fulfill({ status: 501, json: { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: 501, msg: 'this store cannot do that' }] } });
  await page.route('**/api/red?*', cannot);
  await page.route('**/api/usual?*', cannot);
  return page;
}

test('no rates: names, and what leads to their traces', async () => {
  const page = await poorer();
  await page.visit('/services');
  await page.getByRole('heading', { name: '2 services' }).waitFor();
  await page.getByRole('searchbox').fill('STOCK');
  await page.getByRole('heading', { name: '1 service' }).waitFor();
  await page.getByRole('link', { name: 'stock' }).click();
  await page.getByRole('heading', { name: '1 operation' }).waitFor();
  await page.getByRole('link', { name: 'reserve' }).click();
  await page.getByRole('heading', { name: '1 trace' }).waitFor();
  await page.context().close();
});

test('links that a job writes: what there is, or that the job must run', async () => {
  const page = await poorer();
  const asked = page.waitForRequest('**/api/map?*');
  await page.visit('/map');
  await page.getByRole('heading', { name: '2 services, 1 link' }).waitFor();
  await page.getByText('The calls are those of the days that a job has added up.').waitFor();
  assert.equal(BigInt(new URL((await asked).url()).searchParams.get('start') ?? 1) % 86_400_000_000_000n, 0n, 'a day in UTC, since its calls stand at its beginning');

  await page.getByText('Which calls failed is not stored.').waitFor();
  await page.visit('/map?view=table');
  await page.getByRole('columnheader', { name: 'Calls/s' }).waitFor();
  assert.equal(await page.getByRole('columnheader', { name: 'Error' }).count(), 0);
  await page.visit('/map?errors=1');
  await page.getByRole('heading', { name: 'Which calls failed is not stored' }).waitFor();

  await page.route('**/api/map?*', (route) => route.fulfill({ json: { links: [] } }));
  await page.visit('/map?since=15m');
  await page.getByRole('heading', { name: 'No calls of this time are stored' }).waitFor();
  await page.context().close();
});

test('what is not known is not said to be nothing, and nobody empties what others fill', async () => {
  const page = await poorer();
  await page.visit('/status');
  await page.getByText('spans that this engine does not count').waitFor();
  for (const name of ['size', 'oldest span', 'removed']) assert.equal(await page.getByRole('row', { name }).count(), 0, name);

  await page.visit('/');
  await page.getByRole('heading', { name: '1 trace' }).waitFor();
  await page.getByRole('button', { name: 'Forget all…' }).waitFor({ state: 'detached' });
  await page.context().close();
});
