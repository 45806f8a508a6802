// SPDX-License-Identifier: Apache-2.0

// The trace's tree: what it shows, by mouse and by keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [seeds.siblings(), seeds.cycle(), seeds.orphan(), seeds.gap(), seeds.tree(seeds.ids.hundred, 100), seeds.tree(seeds.ids.tenThousand, 10_000)]) await store(backend, traces);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

const rows = (/** @type {any} */ page) => page.locator('span-tree .row');
/** The text of an element, which is in its shadow. */
const said = (/** @type {any} */ page, /** @type {string} */ tag) => page.locator(tag).evaluate((/** @type {Element} */ e) => e.shadowRoot?.textContent?.replace(/\s+/g, ' ').trim());
const params = (/** @type {any} */ page) => new URL(page.url()).searchParams;

test('equal siblings are one row, which opens to members with what tells them apart', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.siblings}`);
  assert.equal(await rows(page).count(), 2);
  assert.match(await rows(page).nth(1).innerText(), /SELECT item\s*× 240/);
  assert.equal(await rows(page).nth(1).getByRole('img', { name: '1 error' }).count(), 1);
  await rows(page).nth(1).click();
  await page.idle();
  assert.equal(await page.getByRole('treegrid').getAttribute('aria-rowcount'), '243');
  assert.match(await rows(page).nth(2).innerText(), /db\.item=0\s*SELECT item/);
  await page.getByRole('button', { name: 'Fold equal' }).click();
  await page.idle();
  assert.equal(await page.getByRole('treegrid').getAttribute('aria-rowcount'), '242');
  page.quiet();
});

test('a link to a span opens what hides it, scrolls there and shows its panel', async () => {
  const page = await open(browser, backend.url);
  const id = (100 + 2).toString(16).padStart(16, '0'); // the member that failed
  await page.visit(`/trace/${seeds.ids.siblings}?span=${id}`);
  const chosen = page.getByRole('row', { selected: true });
  assert.ok(await chosen.isVisible());
  assert.equal(await chosen.getByRole('img', { name: 'error' }).count(), 1);
  assert.ok(await page.locator('span-panel').isVisible());
  const box = /** @type {any} */ (await chosen.boundingBox());
  assert.ok(box.y > 200 && box.y < 780, `row at ${box.y}`);
  page.quiet();
});

test('the keyboard walks, opens, closes and chooses as in other treegrids', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.hundred}`);
  const grid = page.getByRole('treegrid');
  const at = async () => {
    await page.idle();
    const id = await grid.getAttribute('aria-activedescendant');
    return page.locator(`span-tree #${id}`);
  };
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  assert.equal(await (await at()).getAttribute('aria-level'), '1');
  await page.keyboard.press('ArrowRight');
  assert.equal(await (await at()).getAttribute('aria-level'), '2');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await (await at()).getAttribute('aria-expanded'), 'false');
  const closed = Number(await grid.getAttribute('aria-rowcount'));
  await page.keyboard.press('ArrowRight');
  await page.idle();
  assert.ok(Number(await grid.getAttribute('aria-rowcount')) > closed);
  await page.keyboard.press('End');
  assert.equal(await (await at()).getAttribute('aria-rowindex'), '101');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.equal(params(page).get('span')?.length, 16);
  assert.equal(await (await at()).getAttribute('aria-selected'), 'true');
  const before = params(page).get('span');
  await page.keyboard.press('ArrowUp'); // the panel follows
  await page.idle();
  assert.notEqual(params(page).get('span'), before);
  await page.keyboard.press('Escape');
  await page.idle();
  assert.equal(params(page).get('span'), null);
  page.quiet();
});

test("Jaeger's keys pan, zoom, open and close", async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.hundred}`);
  const press = async (/** @type {string} */ key) => {
    await page.keyboard.press(key);
    await page.idle();
    return [Number(params(page).get('from') ?? 0), Number(params(page).get('to') ?? 10e9)];
  };
  const [from, to] = await press('ArrowUp');
  assert.ok(from > 0 && to < 10e9, `${from} ${to}`);
  const moved = await press('d');
  assert.ok(moved[0] > from && Math.abs(moved[1] - moved[0] - (to - from)) < 3, `${moved}`);
  assert.deepEqual(await press('0'), [0, 10e9]);
  const grid = page.getByRole('treegrid');
  const count = async (/** @type {string} */ key) => {
    await press(key);
    return Number(await grid.getAttribute('aria-rowcount')) - 1;
  };
  const some = await count('p');
  assert.ok(some < 100);
  assert.equal(await count('o'), 100);
  assert.ok((await count(']')) < some);
  assert.equal(await count('['), 100);
  page.quiet();
});

test('find marks, counts and goes from match to match, in tags too', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.siblings}`);
  await page.keyboard.press('/');
  await page.keyboard.type('db.item>=238');
  await page.idle();
  assert.match(await said(page, 'trace-find'), /2 matches/);
  await page.keyboard.press('Enter');
  await page.idle();
  assert.match(await said(page, 'trace-find'), /1 of 2/);
  await page.keyboard.press('Shift+Enter');
  await page.idle();
  assert.match(await said(page, 'trace-find'), /2 of 2/);
  await page.getByRole('button', { name: 'Only matches' }).click();
  await page.idle();
  assert.ok((await rows(page).count()) <= 4);
  await page.getByRole('searchbox', { name: 'Find' }).press('Escape');
  await page.idle();
  assert.equal(params(page).get('find'), null);
  page.quiet();
});

test('what is found in a name is underlined', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.siblings}?find=T+ITEM&fold=0`);
  const marks = await page.locator('span-tree mark').allInnerTexts();
  assert.ok(marks.length > 10);
  assert.deepEqual([...new Set(marks)], ['T item']);
  assert.equal(await page.locator('span-tree .row', { hasText: 'GET /cart' }).locator('mark').count(), 0);
  await page.visit(`/trace/${seeds.ids.siblings}?find=item`);
  assert.equal(await page.locator('span-tree .row', { hasText: '× 2' }).locator('mark').count(), 1, 'of a group, too');
  page.quiet();
});

test('what is hidden is counted, and comes back', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.hundred}`);
  await page.getByRole('button', { name: 'Hide' }).click();
  await page.getByRole('checkbox', { name: 'payment' }).check();
  await page.idle();
  const notes = page.locator('trace-notes');
  assert.match(await said(page, 'trace-notes'), /^\d+ spans hidden/);
  await page.locator('trace-hide input[type=text]').fill('soon');
  await page.keyboard.press('Tab');
  await page.idle();
  assert.match(await said(page, 'trace-hide'), /“soon” is no duration/);
  await page.keyboard.press('Escape');
  await notes.getByRole('button', { name: 'Show' }).click();
  await page.idle();
  assert.equal(await notes.count(), 0);
  page.quiet();
});

test('the subtree of a span alone, and back', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.hundred}`);
  await rows(page).nth(1).click();
  await page.idle();
  await page.keyboard.press('t');
  await page.idle();
  assert.equal(await rows(page).first().getAttribute('aria-level'), '1');
  assert.equal(params(page).get('focus'), params(page).get('span'));
  await page.goBack();
  await page.idle();
  assert.equal(params(page).get('focus'), null);
  assert.equal(await page.getByRole('treegrid').getAttribute('aria-rowcount'), '101');
  page.quiet();
});

test('times between two spans', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.gap}`);
  await rows(page).nth(1).click();
  await page.getByRole('button', { name: 'Measure from here' }).click();
  await rows(page).nth(2).click();
  await page.idle();
  assert.match(await said(page, 'trace-notes'), /start to start \+30\.1 s, end to start \+30 s, end to end \+30\.1 s/);
  page.quiet();
});

test('a drag across the minimap zooms, and idle time is shrunk', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.gap}`);
  assert.match(await said(page, 'time-axis'), /30 s idle/);
  const box = /** @type {any} */ (await page.locator('trace-minimap').boundingBox());
  await page.mouse.move(box.x + box.width * 0.1, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 30, { steps: 5 });
  await page.mouse.up();
  await page.idle();
  assert.ok(Number(params(page).get('to')) < 90e6, String(params(page)));
  await page.reload();
  await page.idle();
  assert.equal(await page.getByRole('button', { name: 'Whole trace' }).count(), 1);
  page.quiet();
});

test('spans without a parent say so, and cycles end', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.orphan}`);
  assert.match(await rows(page).first().innerText(), /no parent/);
  assert.match(await said(page, 'trace-header'), /Partial:\s*1 span without a parent/);
  await page.visit(`/trace/${seeds.ids.cycle}`);
  assert.equal(await page.getByRole('treegrid').getAttribute('aria-rowcount'), '5');
  page.quiet();
});

test('spans that come later are shown without a jump', async () => {
  const page = await open(browser, backend.url);
  const id = '000000000000000000000000000000ab';
  const spans = Array.from({ length: 120 }, (_, i) => ({ service: 'late', name: `step ${i}`, parent: i ? 0 : -1, start: i * 1e6, duration: i ? 1e6 : 200e6 }));
  const now = BigInt(Date.now()) * 1_000_000n;
  await store(backend, seeds.otlp(id, spans, now));
  await page.visit(`/trace/${id}`);
  await page.getByRole('treegrid').hover();
  await page.mouse.wheel(0, 1200);
  await page.idle();
  const top = async () => {
    const list = await page.locator('span-tree .row').evaluateAll((all) => all.map((e) => ({ y: Math.round(e.getBoundingClientRect().y), text: e.textContent })));
    return list.find((r) => r.y >= 260)?.text;
  };
  const before = await top();
  await store(backend, seeds.otlp(id, [...spans.slice(0, 1), { ...spans[1], name: 'was before', start: 100 }].map((s, i) => (i ? { ...s, id: 'abcdefabcdefabcd' } : s)), now));
  await page.getByText('1 span came just now').waitFor();
  await page.idle();
  assert.equal(await top(), before);
  page.quiet();
});

test('of 10,000 spans few rows are in the page, and the state survives going away', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${seeds.ids.tenThousand}`);
  await page.getByRole('treegrid').hover();
  await page.mouse.wheel(0, 100_000);
  await page.idle();
  assert.ok((await rows(page).count()) < 120);
  const first = await rows(page).first().getAttribute('aria-rowindex');
  await page.getByRole('link', { name: 'Table' }).click();
  await page.idle();
  await page.goBack();
  await page.idle();
  assert.equal(await rows(page).first().getAttribute('aria-rowindex'), first);
  page.quiet();
});

test('at 200 % zoom there is room for the tree beside the chosen span', async () => {
  const page = await open(browser, backend.url, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  await page.visit(`/trace/${seeds.ids.hundred}?span=0000000000000003`);
  assert.ok((await page.locator('span-tree').evaluate((e) => e.clientHeight)) >= 200);
  await page.locator('span-panel').scrollIntoViewIfNeeded();
  assert.ok((await page.locator('span-panel').evaluate((e) => e.getBoundingClientRect().bottom)) <= 401); // the page scrolls to it
  page.quiet();
});
