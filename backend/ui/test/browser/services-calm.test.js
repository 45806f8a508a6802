// SPDX-License-Identifier: Apache-2.0

// The page of services while spans arrive, and while the server is away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend } from './backend.js';
import { launch, open } from './browser.js';
import { tidy, watchShifts } from './geometry.js';
import { post } from './load.js';
import { otlp } from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

let traces = 0;
/** Requests that have just ended. @param {Record<string, number>} counts by service */
function send(counts) {
  const at = BigInt(Date.now() - 1000) * 1_000_000n;
  const all = Object.entries(counts).flatMap(([service, n]) => Array.from({ length: n }, (_, i) => otlp((++traces).toString(16).padStart(32, '7'), [{ service, name: `GET /${i % 3}`, parent: -1, start: 0, duration: 1e6 * (1 + i), kind: 2, error: i % 9 ? '' : 'it broke' }], at)));
  return post(`http://${backend.ports['otlp-http']}/v1/traces`, all);
}
const table = (/** @type {any} */ page) => page.locator('services-table table');
/** @returns {Promise<string[]>} */
const names = (/** @type {any} */ page) => table(page).locator('tbody th a').evaluateAll((/** @type {HTMLElement[]} */ all) => all.map((a) => a.title));

test('numbers change where they are, and a new order is offered', async () => {
  await send({ cart: 5, stock: 3, search: 2 });
  const page = await open(browser, backend.url);
  await page.goto(`${backend.url}/services`);
  await table(page).getByRole('link', { name: 'search', exact: true }).waitFor();
  await page.idle();
  assert.deepEqual(await names(page), ['cart', 'stock', 'search']);
  const shifts = await watchShifts(page);
  await send({ search: 40, email: 60 });
  await table(page).getByRole('row', { name: 'email' }).waitFor();
  await page.idle();
  assert.deepEqual(await names(page), ['cart', 'stock', 'search', 'email']);
  const { sum, moved } = await shifts();
  assert.ok(sum < 0.02, `${sum} ${moved.slice(0, 10).join('; ')}`);
  await tidy(page);
  await page.getByRole('button', { name: 'Sort anew' }).click();
  await page.idle();
  assert.deepEqual(await names(page), ['email', 'search', 'cart', 'stock']);
  assert.equal(await page.getByRole('button', { name: 'Sort anew' }).count(), 0, 'it is in order');
  page.quiet();
});

test('a service while its spans arrive', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/services?service=cart');
  const rate = page.locator('services-charts .name').first();
  const before = await rate.innerText();
  const shifts = await watchShifts(page);
  await send({ cart: 30 });
  await page.waitForFunction((text) => {
    const charts = document.querySelector('spur-app')?.shadowRoot?.querySelector('services-page')?.shadowRoot?.querySelector('services-charts');
    return charts?.shadowRoot?.querySelector('.name')?.textContent?.includes(text);
  }, '35 in all');
  assert.notEqual(await rate.innerText(), before);
  await page.idle();
  const { sum, moved } = await shifts();
  assert.ok(sum < 0.02, `${sum} ${moved.slice(0, 10).join('; ')}`);
  page.quiet();
});

test('a server that is away, and back', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/services');
  await page.route('**/api/red*', (route) => route.abort());
  await page.keyboard.press('p');
  await page.keyboard.press('p'); // asks at once
  await page.getByText(/The server does not answer\. What you see is from before\./).waitFor();
  assert.ok((await names(page)).includes('cart'));
  await page.unroute('**/api/red*');
  await page.locator('services-page .stale').getByRole('button', { name: 'Try again' }).click();
  await page.getByText(/What you see is from before/).waitFor({ state: 'detached' });
  page.quiet(/ERR_FAILED/);
});

test('nobody is asked while it is paused, hidden, or of a time that is over', async () => {
  const page = await open(browser, backend.url);
  await page.clock.install();
  let asked = 0;
  page.on('request', (r) => {
    if (r.url().includes('/api/red')) asked++;
  });
  const hide = (/** @type {boolean} */ hidden) => page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  for (const [path, hidden] of /** @type {[string, boolean][]} */ ([['/services?live=0', false], ['/services', true], ['/services?since=2h&until=1m', false]])) {
    const answer = page.waitForResponse(/api\/red/);
    await page.goto(backend.url + path);
    await answer;
    await hide(hidden);
    asked = 0;
    await page.clock.fastForward(60_000);
    await page.evaluate(() => fetch('/api/services')); // what was asked is known by then
    assert.equal(asked, 0, path);
  }
  page.quiet();
});

test('what takes long can be stopped', async () => {
  const page = await open(browser, backend.url);
  await page.route('**/api/red*', () => {}); // no answer, ever
  await page.goto(`${backend.url}/services`);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('heading', { name: 'This was stopped' }).waitFor();
  await page.unroute('**/api/red*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await table(page).getByRole('link', { name: 'cart', exact: true }).waitFor();
  page.quiet();
});
