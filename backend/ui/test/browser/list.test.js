// SPDX-License-Identifier: Apache-2.0

// The page of traces: what arrives, what is found, what is imported.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { watchShifts } from './geometry.js';
import { post } from './load.js';
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

const id = (/** @type {number} */ n) => `aa${n.toString(16).padStart(30, '0')}`;
const trace = (/** @type {number} */ n, more = {}, extra = /** @type {any[]} */ ([])) =>
  seeds.otlp(id(n), [{ service: 'shop', name: `order ${n}`, parent: -1, start: 0, duration: 1e6 * (n + 1), tags: { n, shard: `s${n % 3}` }, ...more }, ...extra], seeds.now - 100_000_000_000n + BigInt(n) * 100_000_000n);
const rows = (/** @type {any} */ page) => page.locator('trace-list .body .row.trace');
const names = async (/** @type {any} */ page) => (await rows(page).locator('.name').allInnerTexts()).map((/** @type {string} */ s) => s.replace(/\s+[0-9a-f]{7}.*$/, '').trim());

/** Empties the store. */
async function forget() {
  const response = await fetch(`${backend.url}/api/traces`, { method: 'DELETE' });
  assert.equal(response.status, 200);
}

/** @param {any[]} traces */
async function arrive(...traces) {
  await post(`http://${backend.ports['otlp-http']}/v1/traces`, traces);
}

test('the empty page shows how to begin and listens; arrivals wait, and nothing jumps', async () => {
  await forget();
  const page = await open(browser, backend.url);
  await page.visit('/');
  await page.getByText('spur.New("hello", spur.FromEnv())').waitFor();
  await page.locator('live-bar').getByText('Live').waitFor();
  await arrive(trace(1));
  await page.locator('trace-list').getByText('order 1').waitFor(); // by itself
  await page.idle();

  const shifts = await watchShifts(page);
  await arrive(trace(2), trace(3));
  await page.getByRole('button', { name: 'Show 2 new traces' }).waitFor();
  await arrive(trace(1, {}, [{ service: 'late', name: 'child', parent: 0, start: 10, duration: 10, error: 'x' }]));
  await rows(page).getByText('2 spans').waitFor(); // where it is
  assert.deepEqual(await names(page), ['shop order 1']);
  assert.ok((await shifts()).sum < 0.02);
  await page.getByRole('button', { name: 'Show 2 new traces' }).click();
  await page.idle();
  assert.deepEqual(await names(page), ['shop order 3', 'shop order 2', 'shop order 1']);
  assert.equal(await page.locator('traces-page h2').first().innerText(), '3 traces');
  page.quiet();
  await page.context().close();
});

test('pause, go on, clear and Back', async () => {
  await forget();
  await arrive(trace(1));
  const page = await open(browser, backend.url);
  await page.visit('/');
  await page.locator('live-bar').getByText('Live').waitFor();
  await page.keyboard.press('p');
  await page.locator('live-bar').getByText('Paused').waitFor();
  await page.idle();
  assert.match(page.url(), /live=0/);
  await arrive(trace(2));
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Show 1 new trace' }).waitFor(); // what came meanwhile
  await page.keyboard.press('n');
  await page.idle();
  assert.deepEqual(await names(page), ['shop order 2', 'shop order 1']);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('No trace is found').waitFor();
  await page.idle();
  assert.match(decodeURIComponent(page.url()), /q=since:20/);
  await page.goBack();
  await page.idle();
  assert.equal(await rows(page).count(), 2);
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('This page is paused').waitFor();
  await page.locator('trace-list-empty').getByRole('button', { name: 'Go on' }).click();
  await page.locator('live-bar').getByText('Live').waitFor();
  await page.getByText('appears here by itself').waitFor();
  page.quiet();
  await page.context().close();
});

test('a hidden page does not listen, and catches up', async () => {
  await forget();
  await arrive(trace(1));
  const page = await open(browser, backend.url);
  await page.visit('/');
  await page.locator('live-bar').getByText('Live').waitFor();
  const hide = (/** @type {boolean} */ hidden) => page.evaluate((/** @type {boolean} */ hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await hide(true);
  await page.locator('live-bar').getByText('Not live').waitFor();
  await arrive(trace(2));
  const asked = page.waitForRequest(/\/api\/live\?.*cursor=/);
  await hide(false);
  await asked;
  await page.getByRole('button', { name: 'Show 1 new trace' }).waitFor();
  page.quiet();
  await page.context().close();
});

test('pages, order, groups, columns, and what Back remembers', async () => {
  await forget();
  await store(backend, { resourceSpans: Array.from({ length: 230 }, (_, n) => trace(n, n % 10 ? {} : { error: 'x' }).resourceSpans[0]) });
  const page = await open(browser, backend.url);
  await page.visit('/?col=n');
  assert.equal(await page.locator('traces-page h2').first().innerText(), '100 of 230 traces');
  assert.ok(await rows(page).count() < 60);
  await page.getByRole('button', { name: 'Load 100 more' }).click();
  await page.getByRole('heading', { name: '200 of 230 traces' }).waitFor();
  await page.getByRole('button', { name: 'Load 100 more' }).click();
  await page.getByText('That is all.').waitFor();
  await page.getByRole('heading', { name: '230 traces' }).waitFor();
  assert.equal(await page.locator('[role=grid]').getAttribute('aria-rowcount'), '231');

  // The row in sight, its value, and the way back to it.
  const row = rows(page).filter({ hasText: 'order 120' });
  await page.locator('traces-page').evaluate((/** @type {Element} */ e) => { e.scrollTop = 110 * 30; });
  await row.waitFor();
  assert.equal(await row.locator('.column').innerText(), '120');
  const top = await page.locator('traces-page').evaluate((/** @type {Element} */ e) => e.scrollTop);
  await row.locator('a').click();
  await page.waitForURL(/\/trace\//);
  await page.idle();
  await page.goBack();
  await row.waitFor();
  assert.equal(await page.locator('traces-page').evaluate((/** @type {Element} */ e) => e.scrollTop), top);
  assert.equal(await page.getByRole('heading', { name: '230 traces' }).count(), 1);

  await page.getByLabel('Order').selectOption('longest');
  await page.getByRole('heading', { name: '100 of 230 traces' }).waitFor();
  assert.equal((await names(page))[0], 'shop order 229');
  const field = page.getByLabel('Add a tag as column');
  await field.fill('shard');
  await field.press('Enter');
  await page.getByRole('columnheader', { name: 'shard' }).waitFor();
  await page.getByLabel('Group by').selectOption('shard');
  await page.locator('[role=treegrid]').waitFor();
  assert.match(await page.locator('.row.group').first().innerText(), /s\d\s+34 traces,\s+\d with errors\s+median 1\d\d ms/);
  await page.locator('.row.group').first().click();
  await page.idle();
  assert.equal(await page.locator('.row.group').first().getAttribute('aria-expanded'), 'false');
  assert.match(await page.locator('.row.group').nth(1).innerText(), /33 traces/);
  assert.match(page.url(), /order=longest&col=n&col=shard&group=shard/);
  await page.getByRole('button', { name: 'Remove column shard' }).click();
  await page.locator('[role=grid]').waitFor();
  page.quiet();
  await page.context().close();
});

test('the keyboard alone', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/');
  await page.keyboard.press('j');
  for (const key of ['j', 'j', 'ArrowDown', 'k', 'End']) await page.keyboard.press(key);
  await page.idle();
  const active = page.locator('.row[aria-selected=true]');
  assert.equal(await active.getAttribute('aria-rowindex'), '101');
  assert.equal(await page.locator('[role=grid]').getAttribute('aria-activedescendant'), await active.getAttribute('id'));
  await page.keyboard.press('PageUp');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.idle();
  assert.equal(await active.getAttribute('aria-rowindex'), '3');
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/trace/${id(228)}`));
  page.quiet();
  await page.context().close();
});

test('a point of the plot opens its trace, a rectangle is a search', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/');
  const plot = page.locator('trace-scatter');
  const box = /** @type {{ x: number, y: number }} */ (await plot.boundingBox());
  const [x, y] = await plot.evaluate((/** @type {any} */ e) => [e.x[50], e.y[50]]);
  await page.mouse.move(box.x + x, box.y + y);
  await plot.getByText('order 179').waitFor();
  await page.mouse.move(box.x + 300, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 800, box.y + 110, { steps: 3 });
  await page.mouse.up();
  await page.idle();
  assert.match(new URL(page.url()).searchParams.get('q') ?? '', /^trace\.dur>=[\d.]+ms trace\.dur<=[\d.]+m?s since:\S+Z until:\S+Z$/);
  const found = await rows(page).count();
  assert.ok(found > 5 && found < 60, `${found} rows`);
  await page.goBack();
  await page.idle();
  await page.mouse.click(box.x + x, box.y + y);
  await page.waitForURL(new RegExp(`/trace/${id(179)}`));
  page.quiet();
  await page.context().close();
});

test('a wrong search is not sent, a server that goes away is said and found again', async () => {
  const own = await startBackend(['--query.http-server.host-port=127.0.0.1:0']);
  const page = await open(browser, own.url);
  await store(own, trace(1));
  await page.visit('/?q=dur%3E');
  await page.getByText('This cannot be searched for').waitFor();
  page.quiet();
  await page.visit('/');
  await page.locator('live-bar').getByText('Live').waitFor();
  await own.stop();
  await page.locator('live-bar').getByText(/^Trying again: /).waitFor();
  const [asked] = await Promise.all([page.waitForRequest(/api\/live/), page.locator('live-bar').getByRole('button', { name: 'Try now' }).click()]);
  assert.match(asked.url(), /cursor=/);
  assert.equal(await rows(page).count(), 1); // still there
  await page.getByLabel('Order').selectOption('longest');
  await page.getByText('The search failed').waitFor();
  const again = await startBackend([`--query.http-server.host-port=${new URL(own.url).host}`]);
  try {
    await store(again, trace(2));
    await rows(page).getByText('order 2').waitFor(); // searched again by itself
    page.quiet(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED/);
  } finally {
    await page.context().close();
    await again.stop();
  }
});

test('files: Jaeger’s JSON, OTLP, v3; one that is none; cancelled; dropped', async () => {
  await forget();
  await store(backend, trace(5));
  const get = async (/** @type {string} */ path) => (await fetch(backend.url + path)).text();
  const [v1, v3] = [await get(`/api/traces/${id(5)}`), JSON.stringify({ result: trace(6) })];
  await forget();
  const dir = await mkdtemp(join(tmpdir(), 'spur-files-'));
  const files = { 'v1.json': v1, 'otlp.json': JSON.stringify(trace(7)), 'v3.json': v3, 'none.json': '{"a":' };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  const page = await open(browser, backend.url);
  try {
    await page.visit('/');
    await page.locator('import-button input').setInputFiles(Object.keys(files).map((name) => join(dir, name)));
    const panel = page.locator('import-drop .panel');
    await panel.getByRole('button', { name: 'Close' }).waitFor(); // all are done
    assert.equal(await panel.getByText(/1 span of 1 trace/).count(), 3);
    assert.equal(await panel.getByText(/cannot read the body/).count(), 1);
    await page.idle();
    assert.deepEqual((await names(page)).sort(), ['shop order 5', 'shop order 6', 'shop order 7']);
    assert.equal(await panel.getByRole('link', { name: 'Show it' }).first().getAttribute('href'), `/trace/${id(5)}`);
    await panel.getByRole('button', { name: 'Close' }).click();

    // An answer that does not come is cancelled; the file is dropped, on another page.
    await page.getByRole('link', { name: 'Status' }).click();
    await page.waitForURL(/status/);
    await page.route('**/api/import', () => {});
    await page.evaluate((/** @type {string} */ text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'dropped.json'));
      for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }, files['otlp.json']);
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByText('Cancelled.').waitFor();
    await page.unroute('**/api/import');
    await panel.getByRole('button', { name: 'Try again' }).click();
    await panel.getByRole('link', { name: 'Show it' }).click();
    await page.waitForURL(new RegExp(`/trace/${id(7)}`));
    page.quiet(/status of 400/);
  } finally {
    await page.context().close();
    await rm(dir, { recursive: true });
  }
});

test('a search that was cut, a list that is full, and what retention removed, are said', async () => {
  const page = await open(browser, backend.url);
  const start = 1_800_000_000n * 1_000_000_000n;
  const answer = (/** @type {number} */ from, /** @type {number} */ n, more = {}) => ({
    query: 'a=b', total: 5000, atLeast: true, scanned: 250_000, cutAt: null, cursor: `c${from + n}`, ...more,
    traces: Array.from({ length: n }, (_, i) => ({ traceID: id(from + i), start: String(start - BigInt(from + i)), duration: '5', rootService: 'shop', rootName: 'order', partial: false, spans: 1, errors: 0, services: [] })),
  });
  let pages = [answer(0, 3, { cutAt: String(start - 3n) }), answer(3, 2, { cursor: '' })];
  /** @type {URLSearchParams[]} */
  const asked = [];
  await page.route('**/api/search?*', (route) => {
    asked.push(new URL(route.request().url()).searchParams);
    return route.fulfill({ json: pages.shift() });
  });
  const status = { ...(await (await fetch(`${backend.url}/api/status`)).json()) };
  Object.assign(status.store, { evicted: 1204, maxBytes: 1e9, oldest: String(start - 9n) });
  await page.route('**/api/status', (route) => route.fulfill({ json: status }));
  await page.visit('/?q=a%3Db&live=0');
  await page.getByRole('heading', { name: '3 of at least 5,000 traces' }).waitFor();
  await page.getByText(/compared 250,000 spans one by one and stopped at 2027-01-15 08:59:59\.999: /).waitFor();
  await page.getByRole('button', { name: 'Search on from there' }).click();
  await page.getByText('Retention removed 1,204 spans since the start; the oldest that is left is of 2027-01-15 08:59:59. The store keeps 1 GB.').waitFor();
  assert.equal(asked[1].get('cursor'), 'c3');

  pages = [answer(0, 3, { cursor: '', tooLarge: 2 })];
  await page.visit('/?q=a%3Dc&live=0');
  await page.getByText('2 traces are left out: too large to be looked at.').waitFor();
  await page.getByText('That is all.').waitFor();
  pages = [answer(0, 0, { cursor: '', total: 0, tooLarge: 1 })];
  await page.visit('/?q=a%3Dd&live=0');
  await page.getByText('1 trace is left out: too large to be looked at.').waitFor();

  pages = [answer(0, 1000), answer(1000, 1000), answer(2000, 1, { cursor: '' })];
  await page.visit('/?q=a%3Db&live=0');
  await page.getByRole('button', { name: 'Load 100 more' }).click();
  await page.getByText('The list holds 2,000 traces, no more.').waitFor();
  await page.getByRole('button', { name: 'Older ones' }).click();
  await page.getByText('That is all.').waitFor();
  assert.equal(asked.at(-1)?.get('q'), 'a=b until:2027-01-15T07:59:59.999998001Z');
  page.quiet();
  await page.context().close();
});

test('forgetting everything is asked twice', async () => {
  await store(backend, trace(9));
  const page = await open(browser, backend.url);
  await page.visit('/');
  await page.getByRole('button', { name: 'Forget all…' }).click();
  await page.getByRole('button', { name: 'Keep them' }).click();
  assert.ok(await rows(page).count() > 0);
  await page.getByRole('button', { name: 'Forget all…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget all' }).click();
  await page.getByText('No traces yet').waitFor();
  page.quiet();
  await page.context().close();
});
