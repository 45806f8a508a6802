// SPDX-License-Identifier: Apache-2.0

// The flame view: its picture, by mouse and by keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible } from './axe.js';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { tidy } from './geometry.js';
import * as seeds from './seeds.js';
import { textOf } from './text.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof open>>} */ let page;

const shop = 'f1a'.padStart(32, '0');

/** Two reads that run at once, and a payment of which one of two attempts failed. */
const seed = () => seeds.otlp(shop, [
  { service: 'web', name: 'buy', parent: -1, start: 0, duration: 200e6, kind: 2 },
  { service: 'web', name: 'load', parent: 0, start: 0, duration: 100e6 },
  { service: 'db', name: 'read', parent: 1, start: 0, duration: 80e6, kind: 3 },
  { service: 'db', name: 'read', parent: 1, start: 10e6, duration: 80e6, kind: 3 },
  { service: 'web', name: 'pay', parent: 0, start: 100e6, duration: 20e6 },
  { service: 'web', name: 'pay', parent: 0, start: 130e6, duration: 20e6, error: 'declined' },
  { service: 'bank', name: 'charge', parent: 5, start: 131e6, duration: 10e6, error: 'declined' },
]);

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [seed(), seeds.one(), seeds.hostile(), seeds.cycle(), seeds.tree(seeds.ids.tenThousand, 10_000)]) await store(backend, traces);
  page = await open(browser, backend.url);
});
after(async () => {
  page?.quiet();
  await browser?.close();
  await backend?.stop();
});

const said = () => textOf(page.locator('flame-path'));
const crumbs = async () => (await textOf(page.locator('flame-graph nav'))).replace(/\s+/g, ' ');
const item = () => page.locator('flame-graph [role=treeitem][aria-selected=true]');
const param = (/** @type {string} */ name) => new URL(page.url()).searchParams.get(name);
/** The middle of a box, by its place in the picture. @param {number} level @param {number} share of the width */
async function at(level, share) {
  const box = /** @type {{ x: number, y: number, width: number }} */ (await page.locator('flame-graph .tree').boundingBox());
  return /** @type {[number, number]} */ ([box.x + share * box.width, box.y + level * 24 + 12]);
}
const press = async (/** @type {string[]} */ ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
  await page.idle();
};

test('a path is pointed at, shown alone and left again', async () => {
  await page.visit(`/trace/${shop}?view=flame`);
  assert.equal(await crumbs(), 'All paths 5');
  assert.match(await said(), /web\s+buy\s+server[^]*Spans\s+1\s+Total\s+200 ms, 100 % of the trace\s+Self\s+60 ms, 22 % of all/);
  await page.mouse.move(...(await at(2, 0.25)));
  await page.idle();
  assert.match(await said(), /db\s+read\s+client[^]*Spans\s+2\s+Total\s+160 ms, 80 % of the trace\s+Self\s+160 ms, 59 % of all\s+Average\s+80 ms\s+Longest\s+80 ms\s+First\s+0 µs/);
  assert.match(await textOf(page.locator('flame-graph .tip')), /db read\s+160 ms, self 160 ms, 2 spans/);
  await page.mouse.move(...(await at(1, 0.25)));
  await page.idle();
  assert.match(await said(), /What it called took 160 ms in its 100 ms/);
  assert.match(await textOf(page.locator('flame-graph .head')), /at the same time or later, so drawn narrower/);

  await page.mouse.click(...(await at(1, 0.6)));
  await page.idle();
  assert.equal(await crumbs(), 'All paths › buy › pay');
  assert.match(await said(), /Spans\s+2\s+Errors\s+1\s+Total\s+40 ms/);
  await page.reload();
  await page.idle();
  assert.equal(await crumbs(), 'All paths › buy › pay');
  await page.mouse.click(...(await at(1, 0.1)));
  await page.idle();
  assert.equal(await crumbs(), 'All paths › buy › pay › charge');
  await page.goBack();
  await page.idle();
  assert.equal(await crumbs(), 'All paths › buy › pay');
  await page.mouse.click(...(await at(0, 0.5))); // that which is as wide as all
  await page.idle();
  assert.equal(await crumbs(), 'All paths › buy');
  await press('Escape');
  assert.equal(await crumbs(), 'All paths 5');
  assert.equal(param('path'), null);
});

test('the keyboard walks the tree', async () => {
  await page.visit(`/trace/${shop}?view=flame`);
  await page.locator('flame-graph .tree').focus();
  await press('ArrowDown');
  assert.match(await item().innerText(), /web: buy, 1 span, total 200 ms, 100 % of the trace, self 60 ms/);
  await press('ArrowDown', 'ArrowRight');
  assert.match(await item().innerText(), /web: pay, 2 spans, 1 error, total 40 ms/);
  assert.deepEqual(await item().evaluate((e) => ['aria-level', 'aria-posinset', 'aria-setsize', 'aria-expanded'].map((a) => e.getAttribute(a))), ['2', '2', '2', 'true']);
  assert.equal(await page.getByRole('tree').getAttribute('aria-activedescendant'), await item().getAttribute('id'));
  await press('ArrowDown');
  assert.match(await item().innerText(), /bank: charge/);
  await press('ArrowUp', 'ArrowLeft', 'Enter');
  assert.equal(await crumbs(), 'All paths › buy › load');
  await press('ArrowUp');
  assert.match(await item().innerText(), /web: buy/);
  assert.equal(await crumbs(), 'All paths'.concat(' 5'), 'what is not in sight is brought there');
});

test('errors and what is found, and their spans', async () => {
  await page.visit(`/trace/${shop}?view=flame`);
  await press('e');
  assert.match(await item().innerText(), /web: pay/);
  await press('e');
  assert.match(await item().innerText(), /bank: charge/);
  await press('E');
  assert.match(await item().innerText(), /web: pay/);
  await page.getByLabel('Find in this trace').fill('read');
  await page.idle();
  assert.match(await textOf(page.locator('flame-graph .head')), /2 spans found, 160 ms, 80 %/);
  await page.getByLabel('Find in this trace').press('Enter');
  await page.idle();
  assert.match(await item().innerText(), /db: read/);
  await page.getByRole('button', { name: 'Only matches' }).click();
  await page.idle();
  assert.equal(await crumbs(), 'All paths 3');
  await page.getByRole('link', { name: 'Its 2 spans in the timeline' }).click();
  await page.idle();
  assert.match(param('find') ?? '', /^path:[0-9a-f]{8}$/);
  assert.deepEqual([param('view'), param('only')], [null, '1']);
  assert.equal(await page.locator('span-tree .row').count(), 4);
  assert.match(await textOf(page.locator('trace-find')), /1 of 2/);
});

test('total and self time, hidden spans, focus', async () => {
  await page.visit(`/trace/${shop}?view=flame`);
  await page.getByRole('button', { name: 'Self time' }).click();
  await page.idle();
  assert.equal(param('width'), 'self');
  await page.mouse.move(...(await at(0, 0.99)));
  await page.idle();
  assert.equal(await page.getByText('drawn narrower').count(), 0);
  await page.visit(`/trace/${shop}?view=flame&hide=service:db`);
  assert.equal(await crumbs(), 'All paths 4');
  assert.match(await textOf(page.locator('trace-notes')), /2 spans hidden/);
  await page.visit(`/trace/${shop}?view=flame&focus=0000000000000002`);
  assert.equal(await crumbs(), 'All paths 2');
  await page.visit(`/trace/${shop}?view=flame&path=deadbeef`);
  assert.match(await crumbs(), /The path of this address is not among the spans that are shown/);
});

test('ten thousand spans: what is too narrow is summed, and reached all the same', async () => {
  await page.visit(`/trace/${seeds.ids.tenThousand}?view=flame&width=self`);
  const items = await page.locator('flame-graph [role=treeitem]').count();
  assert.ok(items < 160, `${items} items`);
  const seen = new Set();
  for (let i = 0; i < 12; i++) {
    await press('e');
    assert.match(await item().innerText(), /, 1 error,/);
    seen.add(await item().getAttribute('id'));
  }
  assert.equal(seen.size, 12);
  assert.notEqual(param('path'), null, 'where the boxes are too narrow it is shown alone');
  await page.visit(`/trace/${seeds.ids.cycle}?view=flame`);
  assert.match(await said(), /a\s+root/);
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`for everybody's eyes, ${colorScheme}`, async () => {
    const other = await open(browser, backend.url, { colorScheme });
    for (const path of [`${shop}?view=flame&find=read&span=0000000000000003`, `${seeds.ids.hostile}?view=flame`, `${seeds.ids.tenThousand}?view=flame&find=checkout`]) {
      for (const [width, height] of [[1280, 800], [390, 800]]) {
        await other.setViewportSize({ width, height });
        await other.visit(`/trace/${path}`);
        await other.locator('flame-graph .tree').focus();
        await other.keyboard.press('ArrowDown');
        await other.idle();
        await accessible(other);
        await tidy(other);
      }
    }
    other.quiet();
    await other.context().close();
  });
}
