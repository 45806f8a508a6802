// SPDX-License-Identifier: Apache-2.0

// The page of services: its numbers, and the way from each of them to its traces.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { hour, many } from './services-seed.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

const minute = 60_000_000_000n;
const now = BigInt(Date.now()) * 1_000_000n;
/** A whole minute, some minutes ago. */
const end = (now / minute - 5n) * minute;
const seed = hour(end);
const iso = (/** @type {bigint} */ ns) => new Date(Number(ns / 1_000_000n)).toISOString().replace('.000Z', 'Z');
const fixed = `since=${iso(seed.start)}&until=${iso(end)}`;
const requests = (/** @type {string} */ service) => seed.spans.filter((s) => s.service === service && (s.kind === 2 || s.kind === 5));

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  await store(backend, seed.otlp);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

const table = (/** @type {any} */ page) => page.locator('services-table table');
/** @returns {Promise<string[]>} */
const names = (/** @type {any} */ page) => table(page).locator('tbody th a').evaluateAll((/** @type {HTMLElement[]} */ all) => all.map((a) => a.title));
/** @param {string} path */
const api = async (path) => (await fetch(backend.url + path)).json();

test('each service has its numbers', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/services?${fixed}`);
  assert.deepEqual(await names(page), ['frontend', 'checkout', 'email', 'batch']);
  const { series } = await api(`/api/red?kind=server&kind=consumer&start=${seed.start}&end=${end}`);
  for (const service of ['frontend', 'checkout', 'email']) {
    const spans = requests(service);
    const cells = await table(page).getByRole('row', { name: service }).locator('td').allInnerTexts();
    const errors = spans.filter((s) => s.error).length;
    assert.equal(Number(cells[0]), Number((spans.length / 3600).toPrecision(3)), service);
    assert.equal(cells[2], errors ? `${Number((100 * errors / spans.length).toFixed(1))} %` : '0 %');
    assert.equal(cells[3], String(errors));
    const { durations } = series.find((/** @type {any} */ s) => s.service === service).total;
    for (const [i, q, share] of /** @type {[number, string, number][]} */ ([[5, 'p50', 0.5], [6, 'p95', 0.95], [7, 'p99', 0.99]])) {
      const ms = parseFloat(cells[i]) * (/ s$/.test(cells[i]) ? 1000 : 1);
      assert.equal(ms, Number((Number(durations[q]) / 1e6).toPrecision(3)), `${service} ${q} is what the server says`);
      const exact = spans.map((s) => s.duration).sort((a, b) => a - b)[Math.floor(share * (spans.length - 1))] / 1e6;
      assert.ok(Math.abs(ms / exact - 1) <= 0.13, `${service} ${q}: ${ms}, exactly ${exact}`);
    }
  }
  assert.match(await table(page).getByRole('row', { name: 'batch' }).innerText(), /none/);
  await page.getByRole('heading', { name: '4 services, 1 with none' }).waitFor();
  page.quiet();
});

test('order, kinds and find are in the address', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/services?${fixed}`);
  await page.getByRole('button', { name: 'p99' }).click();
  await page.idle();
  assert.deepEqual(await names(page), ['checkout', 'email', 'frontend', 'batch']);
  assert.equal(new URL(page.url()).searchParams.get('sort'), '-p99');
  await page.getByLabel('Which spans count').selectOption('all');
  await page.idle();
  assert.deepEqual(await names(page), ['batch', 'checkout', 'email', 'frontend']);
  await page.getByLabel('Which spans count').blur();
  await page.keyboard.press('/');
  await page.keyboard.type('ECK');
  await page.idle();
  assert.deepEqual(await names(page), ['checkout']);
  await page.getByRole('heading', { name: '1 of 4 services' }).waitFor();
  await page.reload();
  await page.idle();
  assert.deepEqual(await names(page), ['checkout']);
  await table(page).getByRole('link', { name: 'checkout' }).click();
  await page.idle();
  assert.deepEqual(await names(page), ['POST /order', 'reserve stock', 'GET /prices']);
  await page.goBack();
  await page.idle();
  assert.deepEqual(await names(page), ['checkout']);
  page.quiet();
});

test('the choice of spans follows Back', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/services?${fixed}`);
  const kind = page.getByLabel('Which spans count');
  for (const value of ['all', 'client', 'all', 'requests']) {
    await kind.selectOption(value);
    await page.idle();
  }
  for (const value of ['all', 'client', 'all', 'requests']) {
    await page.goBack();
    await page.idle();
    assert.equal(await kind.inputValue(), value);
  }
  page.quiet();
});

test('each point of a chart leads to its traces, and there are as many as it says', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/services?service=checkout&op=POST+/order&${fixed}`);
  await page.getByText('As a table').click();
  const rows = page.locator('services-charts tbody tr');
  assert.equal(await rows.count(), 60);
  const points = await rows.evaluateAll((/** @type {HTMLTableRowElement[]} */ all) => all.map((row) => ({
    cells: [...row.cells].map((c) => c.innerText), links: [...row.cells].map((c) => new URL(c.querySelector('a')?.href ?? location.href).searchParams.get('q')),
  })));
  const total = async (/** @type {string | null} */ q) => (await api(`/api/search?limit=1&q=${encodeURIComponent(String(q))}`)).total;
  for (const [i, { cells, links }] of points.entries()) {
    const m = 59 - i;
    const spans = seed.spans.filter((s) => s.name === 'POST /order' && Math.floor(s.start / 60e9) === m);
    const errors = spans.filter((s) => s.error).length;
    assert.deepEqual([cells[1], cells[2], cells[3]], [`${Number((spans.length / 60).toPrecision(3))} /s`, String(spans.length), String(errors)], `minute ${m}`);
    assert.equal(await total(links[0]), spans.length);
    if (errors) assert.equal(await total(links[3]), errors);
    if (i % 10) continue;
    const slow = await total(links[6]); // p95, by a histogram
    assert.ok(slow >= 1 && slow <= spans.length / 2, `${links[6]}: ${slow}`);
  }
  page.quiet();
});

test('charts by keyboard', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/services?service=checkout&${fixed}`);
  const errors = page.getByRole('slider', { name: 'Share of errors' });
  await errors.focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < 4; i++) await page.keyboard.press('PageDown');
  assert.match(String(await errors.getAttribute('aria-valuetext')), /: 20 %, 4 of 20 failed$/);
  await page.idle();
  assert.match(await page.locator('services-charts .name').nth(0).innerText(), /0\.333 \/s\s+20 in all/, 'the other charts show the same step');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '12 traces' }).waitFor();
  await page.idle();
  const q = new URL(page.url()).searchParams.get('q');
  assert.equal(q, `service:checkout (kind:server OR kind:consumer) status:error since:${iso(seed.start + 40n * minute)} until:${iso(seed.start + 43n * minute)}`);
  await page.goBack();
  const slow = page.getByRole('slider', { name: 'Percentiles of durations' });
  await slow.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.idle();
  const url = new URL(page.url()).searchParams;
  assert.equal(url.get('order'), 'longest');
  const { series } = await api(`/api/red?service=checkout&kind=server&kind=consumer&start=${end - minute}&end=${end}`);
  const least = Number(/dur>=([\d.]+)ms/.exec(String(url.get('q')))?.[1]) * 1e6;
  assert.ok(least <= Number(series[0].total.durations.p99) && least > 0.99 * Number(series[0].total.durations.p99), String(url.get('q')));
  page.quiet();
});

test('charts by pointer: a click, and a stretch', async () => {
  const page = await open(browser, backend.url);
  const path = `/services?service=checkout&axis=linear&${fixed}`;
  await page.visit(path);
  const chart = page.locator('time-chart .plot');
  const { x, y, width } = /** @type {{ x: number, y: number, width: number }} */ (await chart.nth(1).boundingBox());
  const px = (/** @type {number} */ m) => x + 64 + ((width - 64 - 44) * m) / 60;
  await page.mouse.move(px(38.5), y + 40);
  await page.mouse.down();
  await page.mouse.move(px(41.5), y + 50, { steps: 3 });
  await page.idle();
  assert.equal(await page.locator('time-chart .drawn').count(), 1);
  await page.mouse.up();
  await page.getByRole('heading', { name: '8 traces' }).waitFor();
  await page.goBack();
  await page.idle();
  await chart.nth(0).click({ position: { x: px(10.5) - x, y: 30 } });
  await page.getByRole('heading', { name: '16 traces' }).waitFor();
  await page.goBack();
  await page.idle();
  const box = /** @type {{ y: number }} */ (await chart.nth(2).boundingBox());
  await page.mouse.move(px(0.5), box.y + 8); // the longest
  await page.mouse.down();
  await page.mouse.move(px(59.5), box.y + 54, { steps: 3 }); // half of it
  await page.mouse.up();
  await page.idle();
  const q = String(new URL(page.url()).searchParams.get('q'));
  const [, low, high] = /dur>=([\d.]+)s dur<=([\d.]+)s/.exec(q) ?? [];
  assert.ok(Math.abs(Number(high) / Number(low) - 2) < 0.05, q);
  assert.ok(q.endsWith(`since:${iso(seed.start)} until:${iso(end)}`), q);
  page.quiet();
});

test('Back shows at once what was there', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/services?service=checkout&${fixed}`);
  await page.getByRole('link', { name: 'Traces', exact: true }).last().click();
  await page.getByRole('heading', { name: /^\d+ of \d+ traces/ }).waitFor();
  await page.route('**/api/red*', () => {}); // no answer, ever
  await page.goBack();
  await table(page).getByRole('link', { name: 'POST /order' }).waitFor();
  page.quiet();
});

test('what is older than the oldest span is not drawn as nothing', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/services?service=checkout&since=3h');
  await page.getByText(/^Stored since .*: rates are of the time since then\./).waitFor();
  await page.getByText('nothing is stored').first().waitFor();
  const first = await page.locator('time-chart path.rate:not([d=""])').first().evaluate((/** @type {SVGPathElement} */ p) => p.getBBox().x);
  const plot = await page.locator('time-chart svg').first().evaluate((e) => e.clientWidth);
  assert.ok(first > 64 + 0.6 * (plot - 108), `begins at ${first} of ${plot}`);
  page.quiet();
});

test('what is not there is said, and what to do', async () => {
  const page = await open(browser, backend.url);
  for (const [path, heading, link] of [
    ['/services?service=nobody', 'Nothing of this service is stored', 'Show all services'], [`/services?kind=producer&${fixed}`, 'No such spans in this time', 'Count all spans'],
    ['/services?since=soon', 'The services cannot be shown', 'the last 15 minutes'], ['/services?since=2020-01-01&until=2019-01-01', 'The services cannot be shown', 'the last 15 minutes'],
    ['/services?since=5m&service=email', 'No such spans in this time', 'look at any time'],
  ]) {
    await page.visit(path);
    await page.getByRole('heading', { name: heading }).waitFor();
    await page.getByRole('link', { name: link }).click();
    await page.getByRole('heading', { name: heading }).waitFor({ state: 'detached' });
  }
  page.quiet();
  const empty = await startBackend();
  try {
    const other = await open(browser, empty.url);
    await other.visit('/services');
    await other.getByRole('heading', { name: 'No spans are stored yet' }).waitFor();
    other.quiet();
  } finally {
    await empty.stop();
  }
});

test('ten thousand operations', async () => {
  await store(backend, many(10_000, (i) => ({ service: 'many', name: `GET /item/${i}` }), end - 10n * minute));
  const page = await open(browser, backend.url);
  await page.visit('/services?service=many&since=3h&sort=-p99');
  await page.getByText('These are many: the curves have fewer points.').waitFor();
  assert.equal(await table(page).locator('tbody tr').count(), 200);
  await page.getByRole('button', { name: 'Show 200 more rows of 9,800' }).click();
  await page.idle();
  assert.equal(await table(page).locator('tbody tr').count(), 400);
  await page.getByLabel('Find an operation').fill('/item/9999');
  await page.idle();
  assert.deepEqual(await names(page), ['GET /item/9999']);
  page.quiet(/status of 4(00|13)/); // by which it learns that they are too many
});
