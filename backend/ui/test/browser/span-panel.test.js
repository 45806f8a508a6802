// SPDX-License-Identifier: Apache-2.0

// The panel of the chosen span.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible } from './axe.js';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { tidy } from './geometry.js';
import * as seeds from './seeds.js';
import { ids, linked, rich, usual } from './span-seed.js';
import { textOf } from './text.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof open>>} */ let page;

const span = (/** @type {number} */ n) => `/trace/${ids.rich}?span=${n.toString(16).padStart(16, '0')}`;
const row = (/** @type {string} */ key) => page.locator('span-panel .tag', { hasText: key }).first();
const section = (/** @type {string} */ name) => page.locator('span-panel details', { has: page.locator('summary b', { hasText: name }) });

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [rich(), linked(), usual(), seeds.hostile()]) await store(backend, traces);
  page = await open(browser, backend.url);
});
after(async () => {
  page?.quiet(/Failed to load resource/);
  await browser?.close();
  await backend?.stop();
});

test('tags are shown as what they are', async () => {
  await page.visit(span(2));
  const panel = page.locator('span-panel');
  assert.match(await textOf(panel), /checkout[^]*POST \/charge[^]*\+12\.3 ms[^]*640 ms[^]*79 %[^]*client[^]*payment: card declined after 3 attempts/);
  assert.match(await textOf(row('order.id')), /9007199254740993/);
  assert.match(await textOf(row('empty')), /empty text/);
  assert.equal(await row('http.url').locator('a').getAttribute('href'), 'https://payment.example:8443/charge?order=4711');

  const json = row('request.body');
  assert.match(await textOf(json), /big: 9007199254740993/);
  assert.doesNotMatch(await textOf(json), /London/);
  await json.getByRole('button', { name: /customer/ }).click();
  await json.getByRole('button', { name: /address/ }).click();
  assert.match(await textOf(json), /city: "London"/);

  assert.ok((await textOf(row('long'))).length < 1000);
  await row('long').getByRole('button', { name: 'Show all 4,800 characters' }).click();
  assert.ok((await textOf(row('long'))).length > 4800);
});

test('logs have the time since the trace began, and stacks are read', async () => {
  await page.visit(span(2));
  const logs = section('Logs');
  assert.match(await textOf(logs), /\+20 ms\s+retry[^]*\+640 ms\s+exception/);
  assert.match(await textOf(logs), /\ncharge \/srv\/payment\/charge\.js:41:11\n/);
  await logs.getByRole('button', { name: /Show \d+ more lines/ }).click();
  assert.match(await textOf(logs), /layer19/);
});

test('references lead both ways, and to other traces', async () => {
  await page.visit(span(2));
  const references = section('References');
  assert.match(await textOf(references), /Parent\s+frontend GET \/checkout/);
  assert.match(await textOf(references), /f{32}\s+is not stored/);
  const to = references.getByRole('link', { name: /batch nightly/ });
  assert.match(await textOf(references), /5 s, 2 spans/);
  await to.click();
  await page.idle();
  assert.equal(new URL(page.url()).pathname, `/trace/${ids.linked}`);
  assert.match(await textOf(page.locator('span-panel')), /import orders/);
  await page.goBack();
  await page.idle();
  await page.visit(span(4));
  await section('References').getByRole('link', { name: /payment charge/ }).click(); // linked from
  await page.idle();
  assert.match(page.url(), /span=0{15}3$/);
});

test('what is usual, and why it was recorded', async () => {
  await page.visit(span(5));
  assert.match(await textOf(page.locator('span-panel-usual')), /No longer than half of 101 spans of this operation[^]*p50\s+\S+ ms[^]*p99/);
  assert.match(await textOf(section('Recorded because')), /the service records 1 in 1,000 traces/);
  await page.visit('/trace/77?span=0000000000000060');
  assert.match(await textOf(page.locator('span-panel-usual')), /Longer than \d\d % of 101 spans/);
});

test('a tag is searched for, found, excluded and copied', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const menu = async (/** @type {string} */ key, /** @type {string} */ item) => {
    await page.visit(span(2));
    await row(key).getByRole('button').first().click();
    await page.idle();
    await page.locator('tag-menu :popover-open').getByText(item, { exact: true }).click();
    await page.idle();
    return new URL(page.url());
  };
  assert.equal((await menu('http.status_code', 'Search for it')).searchParams.get('q'), 'http.status_code=502');
  assert.equal((await menu('http.status_code', 'Search checkout without it')).searchParams.get('q'), 'service:checkout -http.status_code=502');
  const column = await menu('retry', 'Search for retry, as a column');
  assert.deepEqual([column.searchParams.get('q'), column.searchParams.get('col')], ['retry', 'retry']);
  const only = await menu('http.status_code', 'Show only those');
  assert.deepEqual([only.searchParams.get('find'), only.searchParams.get('only')], ['http.status_code=502', '1']);
  await menu('db.statement', 'Copy as a search');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'db.statement="SELECT id, sku\n  FROM items\n WHERE cart = $1"');
});

test('Escape closes the menu, then the panel', async () => {
  await page.visit(span(2));
  const key = row('http.status_code').getByRole('button').first();
  await key.click();
  await page.idle();
  await page.keyboard.press('Escape');
  await page.idle();
  assert.equal(await page.locator('tag-menu :popover-open').count(), 0);
  assert.equal(await key.evaluate((e) => /** @type {ShadowRoot} */ (e.getRootNode()).activeElement === e), true);
  await page.keyboard.press('Escape');
  await page.idle();
  assert.equal(await page.locator('span-panel').count(), 0);
  assert.doesNotMatch(page.url(), /span=/);
});

test('sections stay as they were put when another span is chosen', async () => {
  await page.visit(span(2));
  await section('Process').locator('summary').click();
  await section('Tags').locator('summary').click();
  await page.evaluate((path) => { history.replaceState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }, span(1));
  await page.idle();
  assert.match(await textOf(section('Process')), /process\.pid\s+4711/);
  assert.doesNotMatch(await textOf(section('Tags')), /sampler\.param\s+0\.001$/m);
});

test('what fails is said, and tried again', async () => {
  await page.route('**/spans?**', (route) => route.fulfill({ status: 500, body: '{"errors":[{"msg":"the disk is gone"}]}' }));
  await page.visit(span(2));
  assert.match(await textOf(page.locator('span-panel')), /The span cannot be shown\s+the disk is gone/);
  await page.unroute('**/spans?**');
  await page.locator('span-panel').getByRole('button', { name: 'Try again' }).click();
  await page.idle();
  assert.match(await textOf(page.locator('span-panel')), /order\.id/);
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`for everybody's eyes, ${colorScheme}`, async () => {
    for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 800 }]) {
      const other = await open(browser, backend.url, { colorScheme, viewport });
      for (const path of [span(2), span(1), `/trace/${seeds.ids.hostile}?span=0000000000000001`]) {
        await other.visit(path);
        await accessible(other);
        await tidy(other);
        await other.locator('span-panel .all').evaluate((e) => { e.scrollTop = 1e6; });
        await other.idle();
        await accessible(other);
        await tidy(other);
      }
      await other.visit(span(2));
      await other.locator('span-panel .tag button').first().click();
      await other.idle();
      await accessible(other);
      other.quiet();
      await other.context().close();
    }
  });
}
