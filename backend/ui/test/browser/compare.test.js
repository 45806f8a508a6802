// SPDX-License-Identifier: Apache-2.0

// Two traces beside each other: test/browser/compare-seed.js says what differs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible } from './axe.js';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import * as shop from './compare-seed.js';
import { tidy } from './geometry.js';
import * as seeds from './seeds.js';
import { textOf } from './text.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [shop.before(), shop.after(), shop.other(), seeds.hostile(), seeds.tree(seeds.ids.tenThousand, 10_000), seeds.tree(seeds.ids.hundred, 9000)]) await store(backend, traces);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

const { ids } = shop;
const both = `/compare?a=${ids.before}&b=${ids.after}`;
/** @typedef {Awaited<ReturnType<typeof open>>} Page */
const params = (/** @type {Page} */ page) => new URL(page.url()).searchParams;
/** The text of each row, cells with a space between. @param {Page} page */
const rows = async (page) => (await Promise.all((await page.locator('compare-tree .rows .row').all()).map(textOf))).map((text) => text.replace(/\s+/g, ' '));

const numbers = [
  'frontend GET /checkout 1 340 ms → 826 ms 18 ms 0',
  'frontend render 1 30 ms 30 ms 0',
  'checkout POST /orders ▲ slower 1 292 ms → 778 ms 8 ms → 19 ms +11 ms',
  'cache GET cart − gone 1 → – 4 ms → – 4 ms → – −4 ms',
  'db SELECT item ▲ slower 1 → 12 0 → 1 30 ms → 504 ms 30 ms → 504 ms +474 ms',
  'payment POST /charge 1 200 ms 80 ms 0',
  'payment verify card 1 120 ms 120 ms 0',
  'db INSERT order ▼ faster 1 50 ms → 30 ms 50 ms → 30 ms −20 ms',
  'mail send receipt + new – → 1 – → 25 ms – → 25 ms +25 ms',
];

test("a link, and Jaeger's, show why b is slower", async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/trace/${ids.before}...${ids.after}`);
  assert.deepEqual([params(page).get('a'), params(page).get('b')], [ids.before, ids.after]);
  assert.deepEqual(await rows(page), numbers);
  const story = (await textOf(page.locator('compare-head'))).replace(/\s+/g, ' ');
  assert.match(story, /b took 486 ms longer, 340 ms → 826 ms \(\+143 %\); most in db SELECT item \+474 ms \(1 → 12 spans\) ?\./);
  assert.match(story, /Self time \+486 ms: db \+454 ms ?, mail \+25 ms ?, checkout \+11 ms ?, cache −4 ms/);
  assert.match(await page.title(), /^Compare .*· spur$/);
  page.quiet();
});

test('what is shown is in the address', async () => {
  const page = await open(browser, backend.url);
  await page.visit(both);
  await page.getByRole('button', { name: '1 new' }).click();
  await page.idle();
  assert.deepEqual(await rows(page), [numbers[0], numbers[2], numbers[8]]);
  await page.getByLabel('Order').selectOption('time');
  await page.idle();
  assert.deepEqual((await rows(page)).map((r) => r.slice(0, 45)), ['mail send receipt in checkout POST /orders + '.slice(0, 45)]);
  await page.getByRole('button', { name: '1 new' }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('db');
  await page.idle();
  assert.deepEqual((await rows(page)).map((r) => r.slice(0, 9)), ['db SELECT', 'db INSERT']);
  assert.match(await page.locator('compare-bar .said').innerText(), /^2 of 9 paths$/);
  await page.reload();
  await page.idle();
  assert.equal((await rows(page)).length, 2);
  assert.equal(String(params(page)), `a=${ids.before}&b=${ids.after}&find=db&sort=time`);
  await page.locator('compare-bar').getByLabel('Compare').selectOption('critical');
  await page.keyboard.press('Escape');
  await page.idle();
  assert.match(await textOf(page.locator('compare-head')), /Critical path\s+\+486 ms/);
  await page.keyboard.press('x');
  await page.idle();
  assert.match(await textOf(page.locator('compare-head')), /b took\s+486 ms less/);
  await page.goBack();
  await page.idle();
  assert.match(await textOf(page.locator('compare-head')), /b took\s+486 ms longer/);
  page.quiet();
});

test('the keyboard walks the tree, and a row leads to its spans', async () => {
  const page = await open(browser, backend.url);
  await page.visit(both);
  await page.getByRole('treegrid').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowLeft']) await page.keyboard.press(key);
  await page.idle();
  assert.equal((await rows(page)).length, 3);
  assert.match((await rows(page))[2], /^checkout POST \/orders \+6 /);
  assert.equal(await page.locator('.row.at').getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await page.idle();
  const id = await page.getByRole('treegrid').getAttribute('aria-activedescendant');
  assert.match(await textOf(page.locator(`compare-tree #${id}`)), /db\s+SELECT item/);
  const panel = page.locator('compare-path');
  assert.match(await textOf(panel), /frontend GET \/checkout › checkout POST \/orders ›\s+db\s+SELECT item/);
  assert.match(await textOf(panel), /a: 1 span\s+30 ms\s+starts at \+49 ms\s+b:\s+12 spans\s+of 42 ms on average, the longest:/);
  await panel.getByRole('link', { name: '42 ms' }).nth(1).click();
  await page.idle();
  assert.match(page.url(), new RegExp(`/trace/${ids.after}\\?span=0000000000000005$`));
  await page.goBack();
  await page.idle();
  assert.equal(await panel.count(), 1);
  await page.keyboard.press('Escape');
  await page.idle();
  assert.equal(await panel.count(), 0);
  page.quiet();
});

test('two rows of the list, by mouse or by key', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/?q=service%3Acheckout+op%3A"POST+/orders"');
  const row = (/** @type {string} */ text) => page.locator('trace-list .row.trace', { hasText: text }).getByRole('link');
  await page.getByRole('button', { name: 'Compare' }).click();
  assert.match(await textOf(page.locator('compare-strip')), /Choose the first of two traces/);
  await row('826 ms').click();
  assert.match(await textOf(page.locator('compare-strip')), /Choose the trace to compare with\s+frontend\s+GET \/checkout/);
  await row('826 ms').click(); // no longer
  assert.match(await textOf(page.locator('compare-strip')), /Choose the first of two traces/);
  await row('826 ms').click();
  await row('340 ms').click();
  await page.idle();
  assert.deepEqual([params(page).get('a'), params(page).get('b')], [ids.before, ids.after]); // the older is a

  await page.goBack();
  await page.idle();
  assert.equal(await page.locator('compare-strip').count(), 0);
  for (const key of ['j', 'c', 'Escape']) await page.keyboard.press(key);
  await page.idle();
  assert.equal(await page.locator('compare-strip').count(), 0);
  for (const key of ['c', 'j', 'c']) await page.keyboard.press(key);
  await page.idle();
  assert.equal(new URL(page.url()).pathname, '/compare');
  page.quiet();
});

test('a trace with the previous one, the usual one, or another', async () => {
  const page = await open(browser, backend.url);
  const menu = () => page.locator('compare-menu .menu');
  await page.visit(`/trace/${ids.before}`);
  await page.getByRole('button', { name: 'Compare' }).click();
  await menu().getByText('No earlier trace of frontend GET /checkout is stored.').waitFor();
  await page.keyboard.press('Escape');
  for (let n = 0; n < 9; n++) await store(backend, shop.usual(n)); // 340 ms to 420 ms
  await page.visit(`/trace/${ids.after}`);
  await page.getByRole('button', { name: 'Compare' }).click();
  await menu().getByText('The usual one').waitFor();
  assert.match(await textOf(menu()), /The previous one\s+340 ms; .*\s+The usual one\s+380 ms, the nearest to the median of the last 10 traces; /);
  await page.idle();
  await accessible(page);
  await menu().getByRole('menuitem', { name: 'The previous one' }).click();
  await page.idle();
  assert.deepEqual([params(page).get('a'), params(page).get('b')], [ids.before, ids.after]);
  await page.getByRole('button', { name: 'Compare b with' }).click();
  await menu().getByRole('menuitem', { name: 'Another one' }).click();
  await page.idle();
  assert.match(await textOf(page.locator('compare-strip')), /Choose the trace to compare with/);
  await page.locator('trace-list .row.trace', { hasText: 'nightly' }).getByRole('link').click();
  await page.idle();
  assert.match(await textOf(page.locator('compare-head')), /They have no path in common/);

  await page.visit(`/trace/${ids.after}`);
  await page.route('**/api/search*', (r) => r.abort());
  await page.getByRole('button', { name: 'Compare' }).click();
  await menu().getByText('Earlier traces could not be looked for').waitFor();
  await page.unroute('**/api/search*');
  await menu().getByRole('menuitem', { name: 'Try again' }).click();
  await menu().getByText('The usual one').waitFor();
  page.quiet(/ERR_FAILED/);
});

test('who chooses nothing, or what is not there, is told how', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/compare');
  await page.getByLabel('a', { exact: true }).fill(ids.before);
  await page.getByLabel('b', { exact: true }).fill(`${backend.url}/trace/${'0'.repeat(28)}beef?span=1`);
  await page.keyboard.press('Enter');
  await page.idle();
  assert.equal(params(page).get('b'), `${'0'.repeat(28)}beef`);
  assert.match(await textOf(page.locator('compare-page')), /No span of trace b is stored: 0+beef/);
  assert.doesNotMatch(await textOf(page.locator('compare-page')), /trace a/);
  // It comes as a file, and is shown by itself.
  const text = JSON.stringify(seeds.otlp(`${'0'.repeat(28)}beef`, [{ service: 'filed', name: 'away', parent: -1, start: 0, duration: 1e6 }]));
  await page.evaluate((text) => {
    const files = new DataTransfer();
    files.items.add(new File([text], 'trace.json'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true }));
  }, text);
  await page.locator('compare-tree').waitFor();
  await page.idle();
  assert.match((await rows(page)).join('\n'), /filed away \+ new/);
  await page.visit(`/compare?a=what&b=${ids.after}`);
  assert.match(await textOf(page.locator('compare-page')), /Trace a cannot be shown: what/);
  page.quiet(/status of 40[04]/);
});

test('bars of both over each other, as long as a part of the time', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`${both}&view=beside`);
  // How much of a row is painted, above its middle and below.
  const ink = (/** @type {number} */ n) => page.locator('compare-tree canvas').evaluate((canvas, n) => {
    const c = /** @type {HTMLCanvasElement} */ (canvas);
    const g = /** @type {CanvasRenderingContext2D} */ (c.getContext('2d'));
    const painted = (/** @type {number} */ y) => {
      const { data } = g.getImageData(2, n * 24 + y, c.width - 2, 1);
      let sum = 0;
      for (let x = 0; x < data.length; x += 4) sum += Number(data[x + 3] === 255 && data[x] < 200);
      return sum / (c.width - 2);
    };
    return [painted(3), painted(16)];
  }, n);
  const [a, b] = await ink(0);
  assert.ok(Math.abs(a - 340 / 826) < 0.03 && b > 0.95, `${a} ${b}`);
  assert.equal((await ink(3))[1], 0); // the cache is gone
  assert.equal((await ink(8))[0], 0); // mail is new
  const box = /** @type {any} */ (await page.locator('compare-tree time-axis').boundingBox());
  await page.mouse.move(box.x + box.width * 0.1, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 10, { steps: 4 });
  await page.mouse.up();
  await page.idle();
  assert.ok(Math.abs(Number(params(page).get('from')) - 82.6e6) < 5e6, String(params(page)));
  await page.keyboard.press('0');
  await page.idle();
  assert.equal(params(page).get('from'), null);
  page.quiet(/willReadFrequently/); // that is what this test does
});

test('10,000 spans beside 9,000', async () => {
  const page = await open(browser, backend.url);
  await page.visit(`/compare?a=${seeds.ids.hundred}&b=${seeds.ids.tenThousand}`);
  await page.getByRole('treegrid').hover();
  await page.mouse.wheel(0, 100_000);
  await page.idle();
  const shown = page.locator('compare-tree .rows .row');
  assert.ok((await shown.count()) < 120);
  await page.keyboard.press(']');
  await page.keyboard.press('End');
  await page.idle();
  assert.ok((await shown.count()) > 0);
  await page.getByRole('treegrid').focus();
  await page.keyboard.press('End');
  await page.idle();
  assert.equal(await page.locator('.row.at').getAttribute('aria-rowindex'), await page.getByRole('treegrid').getAttribute('aria-rowcount'));
  page.quiet();
});

const pages = { empty: '/compare', numbers: both, timelines: `${both}&view=beside`, chosen: `${both}&path=f3f9d88b`, missing: `/compare?a=${ids.before}&b=ffff`, hostile: `/compare?a=${seeds.ids.hostile}&b=${seeds.ids.hostile}` };
for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`for everybody, ${colorScheme}`, async () => {
    const page = await open(browser, backend.url, { colorScheme });
    for (const [name, path] of Object.entries(pages)) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.visit(path);
      await page.shot(`compare-${name}-${colorScheme}`);
      await accessible(page);
      await tidy(page);
      for (const [width, height] of [[640, 400], [390, 800]]) {
        await page.setViewportSize({ width, height });
        await page.idle();
        await tidy(page);
      }
      await accessible(page);
    }
    page.quiet(/status of 404/);
  });
}
