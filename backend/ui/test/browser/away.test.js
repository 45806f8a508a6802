// SPDX-License-Identifier: Apache-2.0

// A server that goes away and comes back, and one that is far away.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startBackend } from './backend.js';
import { launch, open } from './browser.js';
import { fill, pages } from './pages.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;
/** @type {string} */ let data;
/** @type {string[]} */ let flags;
const gone = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_SOCKET_NOT_CONNECTED/;

before(async () => {
  data = await mkdtemp(join(tmpdir(), 'spur-ui-'));
  [backend, browser] = await Promise.all([startBackend([`--data=${data}`]), launch()]);
  flags = [`--data=${data}`, `--query.http-server.host-port=${new URL(backend.url).host}`];
  await fill(backend);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
  await rm(data, { recursive: true, force: true });
});

test('the server ends, and starts again', async () => {
  const [list, trace, status, compare, services, map] = await Promise.all(['traces', 'trace', 'status', 'compare', 'services', 'map'].map(async (name) => {
    const page = await open(browser, backend.url);
    await page.visit(pages[name]);
    return page;
  }));
  await backend.stop('SIGKILL');

  await status.getByText('The server does not answer').waitFor();
  assert.equal(await status.getByRole('row', { name: 'received' }).count(), 1, 'what was known is still shown');
  // What is loaded stays, and what is asked now fails in words.
  assert.ok(await trace.getByText('/checkout').count());
  await list.getByRole('link', { name: 'lonely' }).first().click();
  await list.getByText('The trace cannot be shown').waitFor();
  await list.getByText('The server does not answer').waitFor();
  for (const page of [services, map]) await page.getByText('The server does not answer').waitFor();
  assert.ok((await services.locator('services-table service-name').count()) > 5);
  await map.locator('map-graph').waitFor();
  assert.ok(await compare.getByText('send receipt').count());
  await compare.getByRole('link', { name: 'Services' }).click();
  await compare.getByText('The services cannot be shown').waitFor();

  backend = await startBackend(flags);
  for (const page of [status, services, map, compare]) await page.getByText('The server does not answer').waitFor({ state: 'detached' });
  await list.getByRole('button', { name: 'Try again' }).click();
  await list.getByRole('heading', { name: 'only' }).waitFor();
  await list.goBack();
  await list.getByRole('link', { name: 'lonely' }).first().waitFor();
  for (const page of [list, trace, status, compare, services, map]) page.quiet(gone);
});

test('a search that fails says so, and offers again', async () => {
  const page = await open(browser, backend.url);
  await page.route('**/api/search?*', (route) => route.fulfill({ status: 503, json: { errors: [{ code: 503, msg: 'too many searches' }] } }));
  await page.visit('/');
  await page.getByText('too many searches').waitFor();
  await page.unroute('**/api/search?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: 'lonely' }).first().waitFor();
  page.quiet(/status of 503/);
});

test('a slow network', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/');
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 3000, downloadThroughput: 20_000, uploadThroughput: 20_000 });
  await page.getByRole('link', { name: 'GET /checkout' }).first().click();
  await page.getByText('Loading the trace').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Load it' }).click();
  await page.getByText('Loading the trace').waitFor();
  // Going elsewhere does not wait for what was asked before.
  await page.goBack();
  await page.getByRole('link', { name: 'lonely' }).first().waitFor();
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.idle();
  page.quiet();
});

for (const [name, loading, stopped, again, shown] of [
  ['compare', 'Loading the traces', 'The traces were not loaded', 'Load them', 'compare-tree'],
  ['services', 'Adding up the spans', 'This was stopped', 'Try again', 'services-table'],
  ['map', 'Asking who called whom', 'It was stopped', 'Try again', 'map-graph'],
]) {
  test(`${name}: what takes long is stopped, and asked for again`, async () => {
    const page = await open(browser, backend.url);
    await page.visit('/status');
    /** @type {import('playwright-core').Route[]} */
    let held = [];
    const hold = (/** @type {import('playwright-core').Route} */ route) => { held.push(route); };
    await page.route(/\/api\/(red|map|services|trace\/.*)(\?|$)/, hold);
    await page.evaluate((path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }, pages[name]);
    await page.getByText(loading).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText(stopped).waitFor();
    await page.unroute(/\/api\/(red|map|services|trace\/.*)(\?|$)/, hold);
    for (const route of held) await route.abort().catch(() => {}); // the page has given it up
    held = [];
    await page.getByRole('button', { name: again }).click();
    await page.locator(shown).waitFor();
    await page.idle();
    page.quiet();
  });
}
