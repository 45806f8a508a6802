// SPDX-License-Identifier: Apache-2.0

// Linked traces on one time axis, times between spans of several, idle times.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible } from './axe.js';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { tidy } from './geometry.js';
import { batch, hostile, ids, lonely, night, order, short } from './linked-seed.js';
import * as seeds from './seeds.js';
import { textOf } from './text.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof open>>} */ let page;

const view = (/** @type {string} */ id, more = '') => `/trace/${id}?view=linked${more}`;
const rows = () => page.locator('linked-lanes [role=row][data-row]');
const params = () => new URL(page.url()).searchParams;
const head = () => textOf(page.locator('linked-traces .head').first());

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [...order(), ...batch(), ...night(), lonely(), hostile(), seeds.gap()]) await store(backend, traces);
  page = await open(browser, backend.url);
});
after(async () => {
  page?.quiet(/Failed to load resource/);
  await browser?.close();
  await backend?.stop();
});

test('a trace, what it is linked with, and how long each waited', async () => {
  await page.visit(`/trace/${ids.order}?from=1&to=2000`);
  await page.getByRole('link', { name: 'Linked' }).click(); // offered, for other traces link to it
  await page.idle();
  assert.equal(params().get('to'), null, 'all of the time is shown');
  const lanes = await Promise.all((await rows().filter({ has: page.locator('.facts') }).all()).map(textOf));
  assert.deepEqual(lanes.map((l) => l.replace(/\s+/g, ' ')), [
    'frontend POST /order this trace · 800 ms · 4 spans', 'billing invoice +450 ms · 600 ms · 1 span',
    'shipping orders receive +3.7 s · 2 s · 1 error · 3 spans', 'email mails receive +5.7 s · 250 ms · 1 span',
  ]);
  assert.match(await head(), /4 traces, 3 links; the longest wait is\s+3\.2 s\s+between checkout: orders send and shipping: orders receive\s+1 linked trace is not stored:\s+d{32}/);
  const table = (await Promise.all((await page.locator('linked-list tbody tr').all()).map(textOf))).map((t) => t.replace(/\s+/g, ' '));
  assert.deepEqual(table, [
    '3.2 s checkout orders send in POST /order shipping orders receive', '400 ms shipping mails send in orders receive email mails receive',
    '−50 ms checkout orders send in POST /order billing invoice',
  ]);
  assert.deepEqual(await page.locator('linked-lanes svg text').allTextContents(), ['3.2 s'], 'where there is room');
  await page.locator('linked-list').getByRole('link', { name: /shipping mails send/ }).click();
  await page.idle();
  assert.equal(new URL(page.url()).pathname, `/trace/${short(ids.ship)}`);
  assert.equal(params().get('span'), '0000000000000003');
});

test('by keyboard: walk, close, measure across traces, open', async () => {
  await page.visit(view(ids.order));
  const grid = page.getByRole('treegrid', { name: 'Linked traces' });
  await grid.focus();
  const press = async (/** @type {string[]} */ ...keys) => {
    for (const key of keys) await page.keyboard.press(key);
    await page.idle();
    const id = await grid.getAttribute('aria-activedescendant');
    return textOf(page.locator(`linked-lanes #${id}`));
  };
  assert.match(await press('ArrowDown'), /frontend POST \/order/);
  const all = await rows().count();
  await press('ArrowLeft');
  assert.equal(await rows().count(), all - 4);
  assert.match(await press('ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown'), /checkout orders send/);
  assert.equal(await page.locator('linked-lanes svg .lit').count(), 2);
  await press('m');
  assert.match(await head(), /Measuring from\s+checkout: orders send\s+choose another span/);
  assert.match(await press('End', ' '), /email mails receive/);
  assert.equal(params().get('span'), `${short(ids.mail)}:0000000000000001`);
  await page.reload();
  await page.idle();
  assert.match(await head(), /from\s+checkout: orders send\s+to\s+email: mails receive\s+start to start \+5\.3 s, end to start \+5\.2 s, end to end \+5\.45 s/);
  await page.getByRole('button', { name: 'Stop measuring' }).click();
  await page.getByRole('button', { name: 'Measure from here' }).click();
  await page.idle();
  assert.equal(params().get('from_span'), `${short(ids.mail)}:0000000000000001`);
  await grid.focus();
  await press('Home', 'ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.equal(new URL(page.url()).pathname, `/trace/${short(ids.mail)}`);
  await page.goBack();
  await page.idle();
  assert.equal(params().get('view'), 'linked');
});

test('the panel says which spans of other traces link to a span', async () => {
  await page.visit(`/trace/${ids.order}?span=0000000000000003`);
  const panel = page.locator('span-panel-references');
  assert.match(await textOf(panel), /Follows from\s+d{32}\s+is not stored\s+Linked from\s+billing invoice\s+Linked from\s+shipping orders receive/);
  assert.match(String(await panel.getByRole('link', { name: 'shipping orders receive' }).getAttribute('href')), new RegExp(`/trace/${short(ids.ship)}\\?span=0{15}1$`));
  await panel.getByRole('link', { name: 'Linked traces on one time axis' }).click();
  await page.idle();
  assert.equal(params().get('view'), 'linked');
});

test('a trace alone offers nothing, and says how links come about', async () => {
  await page.visit(`/trace/${ids.lonely}`);
  assert.equal(await page.getByRole('link', { name: 'Linked', exact: true }).count(), 0);
  await page.visit(view(ids.lonely));
  await page.getByRole('heading', { name: 'No other trace is linked with this one' }).waitFor();
});

test('of 70 traces 50 are shown, and the one that was asked for is in sight', async () => {
  await page.visit(view(ids.batch));
  assert.match(await head(), /^51 traces, 50 links[^]*20 more traces are linked, and not shown/);
  const own = page.locator('linked-lanes .own');
  const box = /** @type {any} */ (await own.boundingBox());
  const frame = /** @type {any} */ (await page.locator('linked-lanes').boundingBox());
  assert.ok(box.y > frame.y && box.y + box.height <= frame.y + frame.height + 1, JSON.stringify([box, frame]));
  await page.visit(view(ids.item)); // two links away are those that wait beside it
  assert.match(await head(), /^\d+ traces, \d+ links/);
});

test('hours between traces are shrunk; zooming is in the address', async () => {
  await page.visit(view(ids.night));
  await page.getByRole('button', { name: /No trace did anything for 2h/ }).waitFor();
  await page.keyboard.press('+');
  await page.idle();
  const { from, to } = Object.fromEntries(params());
  assert.ok(Number(from) > 0 && Number(to) < 7.3e12, `${from} ${to}`);
  await page.reload();
  await page.idle();
  await page.getByRole('button', { name: 'All of the time' }).click();
  await page.getByRole('button', { name: 'Shrink idle' }).click();
  await page.idle();
  assert.equal(params().get('gaps'), '0');
  assert.equal(await page.locator('linked-lanes .idle').count(), 0);
});

test('the times of idle gaps that are near to each other do not overlap', async () => {
  const traceID = 'a'.repeat(32);
  const steps = Array.from({ length: 4 }, (_, i) => ({ service: 'worker', name: 'step', parent: -1, start: i * 60e9, duration: 1e8 }));
  await store(backend, seeds.otlp(traceID, steps, seeds.now - 400_000_000_000n));
  await page.visit(`/trace/${traceID}`);
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.idle();
    const boxes = await page.locator('time-axis .gap').evaluateAll((all) => all.filter((e) => e.textContent).map((e) => e.getBoundingClientRect()).map(({ left, right }) => ({ left, right })));
    assert.ok(width < 400 ? boxes.length < 3 : boxes.length === 3, JSON.stringify(boxes));
    for (const [i, { left }] of boxes.entries()) assert.ok(i === 0 || left >= boxes[i - 1].right, JSON.stringify(boxes));
  }
  assert.equal(await page.locator('time-axis .gap').count(), 3);
});

test('what fails is said, and tried again', async () => {
  await page.route('**/api/search?**', (route) => route.fulfill({ status: 500, body: '{"errors":[{"msg":"the disk is gone"}]}' }));
  await page.visit(view(ids.order));
  assert.match(await textOf(page.locator('linked-traces')), /The linked traces cannot be shown\s+the disk is gone/);
  await page.unroute('**/api/search?**');
  await page.locator('linked-traces').getByRole('button', { name: 'Try again' }).click();
  await page.idle();
  assert.match(await head(), /^4 traces/);
});

test('idle times say between which spans, and lead there', async () => {
  await page.visit(`/trace/${seeds.ids.gap}`);
  const gap = page.getByRole('button', { name: /^30 s idle: Only worker: job ran, and nothing below it, for 30 s after worker: before, before worker: after$/ });
  await gap.focus();
  await page.idle();
  assert.match(await textOf(page.locator('time-axis .tip')), /30 s after worker: before, before worker: after/);
  await page.getByRole('button', { name: 'Idle times' }).click();
  await page.idle();
  const list = page.locator('idle-menu .menu');
  assert.match((await textOf(list)).replace(/\s+/g, ' '), /^No span without children ran for 30 s, 99 % of the time 30 s 99 % after worker: before, before worker: after in worker: job 5 ms/);
  await accessible(page);
  await list.getByRole('button').first().click();
  await page.idle();
  assert.match(String(await page.getByRole('treegrid').getAttribute('aria-activedescendant')), /r2/, 'the span after it');
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`for everybody's eyes, ${colorScheme}`, async () => {
    const other = await open(browser, backend.url, { colorScheme });
    for (const path of [view(ids.order, `&from_span=0000000000000003&span=${short(ids.mail)}:0000000000000001`), view(ids.batch), view(ids.hostile)]) {
      await other.setViewportSize({ width: 1280, height: 800 });
      await other.visit(path);
      await accessible(other);
      await tidy(other);
      await other.setViewportSize({ width: 390, height: 800 });
      await other.idle();
      await accessible(other);
      await tidy(other);
    }
    other.quiet();
    await other.context().close();
  });
}
