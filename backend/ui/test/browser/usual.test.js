// SPDX-License-Identifier: Apache-2.0

// What takes longer than usual, and the table by a tag's values.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { tidy } from './geometry.js';
import * as seeds from './seeds.js';
import { textOf } from './text.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof open>>} */ let page;

const [slow, often, many] = ['0a1', '0a2', '0a3'].map((id) => id.padStart(32, '0'));

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  const read = (/** @type {number} */ i) => ({ service: 'db', name: 'read', parent: i ? 0 : -1, start: i * 10e6, duration: i ? 10e6 : 3e9, kind: 3 });
  await store(backend, seeds.otlp(often, [{ ...read(0), service: 'web', name: 'all' }, ...Array.from({ length: 300 }, (_, i) => read(i + 1))]));
  await store(backend, seeds.otlp(slow, [
    { service: 'web', name: 'buy', parent: -1, start: 0, duration: 500e6, kind: 2, tags: { route: '/buy' } },
    { service: 'db', name: 'read', parent: 0, start: 0, duration: 10e6, tags: { route: '/a' } },
    { service: 'db', name: 'read', parent: 0, start: 20e6, duration: 90e6, tags: { route: '/a b' } },
    { service: 'db', name: 'read', parent: 0, start: 120e6, duration: 11e6, tags: { route: '/a b' } },
    { service: 'db', name: 'write', parent: 0, start: 140e6, duration: 300e6 },
  ]));
  await store(backend, seeds.otlp(many, Array.from({ length: 60 }, (_, i) => ({ service: `service-${i}`, name: 'work', parent: i - 1, start: i * 1e6, duration: 100e6 - i * 1e6 }))));
  await store(backend, seeds.tree(seeds.ids.tenThousand, 10_000));
  page = await open(browser, backend.url);
});
after(async () => {
  page?.quiet(/Failed to load resource/);
  await browser?.close();
  await backend?.stop();
});

const rows = (/** @type {Awaited<ReturnType<typeof open>>} */ page_) => Promise.all([...Array(5).keys()].map(async (n) => (await textOf(page_.locator('span-tree .row').nth(n))).replace(/\s+/g, ' ')));

test('spans that took longer than usual are marked', async () => {
  await page.visit(`/trace/${slow}`);
  const odd = page.locator('span-tree .odd');
  assert.deepEqual(await odd.allInnerTexts(), ['> p99']);
  assert.match((await rows(page))[2], /read 90 ms > p99$/);
  assert.match((await odd.getAttribute('title')) ?? '', /^Longer than 99 % of 303 spans of this operation \(p50 9.22 ms, p95 9.22 ms, p99 /);
  await tidy(page);
  await page.keyboard.press('u');
  await page.idle();
  assert.match(await textOf(page.locator('span-tree .row.at')), /90 ms/);
  await page.getByRole('button', { name: 'Unusual' }).click();
  await page.idle();
  assert.equal(await odd.count(), 0);
  assert.match(page.url(), /usual=0/);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.visit(`/trace/${slow}`);
  assert.equal(await odd.getByRole('img', { name: 'longer than usual' }).count(), 1);
  await tidy(page);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('a server that does not say what is usual is asked again', async () => {
  await page.route('**/api/usual?**', (route) => route.fulfill({ status: 500, body: '{"errors":[{"msg":"the disk is gone"}]}' }));
  await page.visit(`/trace/${many}`);
  const said = page.locator('trace-toolbar').getByRole('alert');
  assert.match(await textOf(said), /How long operations usually take is not known: the disk is gone/);
  await page.unroute('**/api/usual?**');
  await said.getByRole('button', { name: 'Try again' }).click();
  await page.idle();
  assert.equal(await said.count(), 0);
});

test('at most 50 services are asked for, one at a time, and none when the trace is left', async () => {
  let [asked, open_, most] = [0, 0, 0];
  await page.visit('/');
  await page.route('**/api/usual?**', async (route) => {
    asked++;
    most = Math.max(most, ++open_);
    const answer = await route.fetch();
    open_--;
    await route.fulfill({ response: answer });
  });
  await page.visit(`/trace/${many}?view=table`);
  assert.deepEqual([asked, most], [50, 1]);
  await page.visit('/');
  /** @type {() => void} */ let reached = () => {};
  const first = new Promise((resolve) => { reached = () => resolve(undefined); });
  await page.unrouteAll();
  asked = 0;
  await page.route('**/api/usual?**', () => { asked++; reached(); }); // never answered
  await page.goto(`${backend.url}/trace/${slow}`);
  await first;
  await page.getByRole('link', { name: 'Traces', exact: true }).click();
  await page.idle();
  assert.equal(asked, 1);
  await page.unrouteAll();
});

test('the table by the values of a tag', async () => {
  await page.visit(`/trace/${slow}?view=table`);
  await page.getByLabel('A row for each').selectOption('value of a tag');
  await page.idle();
  assert.match(await textOf(page.locator('table-by')), /Name a tag of the spans or of their processes/);
  await page.getByLabel('Tag', { exact: true }).fill('route');
  await page.idle(); // and what is typed stays when names of tags are offered
  await page.keyboard.press('Enter');
  await page.idle();
  assert.match(page.url(), /by=tag%3Aroute/);
  const lines = page.locator('span-table tbody tr');
  const texts = async () => Promise.all((await lines.all()).map(async (l) => (await textOf(l)).replace(/\s+/g, ' ')));
  assert.deepEqual(await texts(), [
    'without it 1 0 300 ms 60 % 300 ms 60 % 300 ms 300 ms 300 ms 300 ms 300 ms',
    '/a b 2 0 101 ms 20 % 101 ms 20 % 50.5 ms 11 ms 11 ms 90 ms 90 ms',
    '/buy 1 0 500 ms 100 % 89 ms 18 % 500 ms 500 ms 500 ms 500 ms 500 ms',
    '/a 1 0 10 ms 2 % 10 ms 2 % 10 ms 10 ms 10 ms 10 ms 10 ms',
  ]);
  await tidy(page);
  await page.reload();
  await page.idle();
  assert.equal(await lines.count(), 4);
  await page.getByRole('link', { name: '/a b' }).click();
  await page.idle();
  assert.equal(new URL(page.url()).searchParams.get('find'), 'route="/a b"');
  assert.equal(await page.locator('span-tree .row').count(), 3); // and the root
  await page.visit(`/trace/${slow}?view=table&by=tag:host.name`);
  assert.match((await texts()).join('|'), /^laptop 5 0 [^|]*$/);
  await page.visit(`/trace/${slow}?view=table&by=tag:nothing`);
  assert.match(await textOf(page.locator('table-by')), /No span has this tag/);
  await page.visit(`/trace/${slow}?view=table&by=span&sort=-usual`);
  assert.match(await textOf(page.locator('slow-spans virtual-rows [role=row]').first()), /db read[^]*90 ms[^]*> p99\s+\S+ ×/);
});

test('reading a tag of many spans is stopped, and goes on', async () => {
  let asked = 0;
  /** @type {() => void} */ let reached = () => {};
  const third = new Promise((resolve) => { reached = () => resolve(undefined); });
  await page.route('**/spans?**', async (route) => {
    if (++asked < 3) return route.continue();
    reached(); // and it is never answered
  });
  await page.goto(`${backend.url}/trace/${seeds.ids.tenThousand}?view=table&by=tag:http.status_code`);
  await third;
  assert.match(await textOf(page.locator('table-by')), /Reading 1,000 of 10,000 spans/);
  await page.locator('table-by').getByRole('button', { name: 'Stop' }).click();
  await page.unrouteAll();
  await page.idle();
  assert.match(await textOf(page.locator('span-table .head')), /Only 1,000 of 10,000 spans were read[^]*rows? of 1,000 spans/);
  await page.locator('table-by').getByRole('button', { name: 'Read all' }).click();
  await page.idle();
  assert.match(await textOf(page.locator('span-table .head')), /3 rows of 10,000 spans/);
});

test('a tag whose values are known is shown at once, whatever is still read', async () => {
  await page.visit(`/trace/${slow}?view=table&by=tag:route`);
  const lines = page.locator('span-table tbody tr');
  assert.equal(await lines.count(), 4);
  /** @type {() => void} */ let answer = () => {};
  const late = new Promise((resolve) => { answer = () => resolve(undefined); });
  const asked = page.waitForRequest('**/spans?**');
  await page.route('**/spans?**', (route) => late.then(() => route.continue()));
  const tag = page.getByLabel('Tag', { exact: true });
  await tag.fill('host.name');
  await tag.press('Enter');
  await asked;
  await tag.fill('route');
  await tag.press('Enter');
  answer();
  await page.idle();
  await page.unrouteAll();
  assert.equal(await lines.count(), 4);
});
