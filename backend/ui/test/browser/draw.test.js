// SPDX-License-Identifier: Apache-2.0

// What is drawn on canvases, and dragged over them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

const trace = `/trace/${seeds.ids.hundred}`;
const drawn = /** @type {[string, string][]} */ ([['/', 'trace-scatter'], [trace, 'trace-minimap'], [trace, 'span-tree']]);

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [seeds.one(), seeds.tree(seeds.ids.hundred, 100)]) await store(backend, traces);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

test('a window that comes to another screen is drawn with its pixels', async () => {
  const page = await open(browser, backend.url);
  const window = await page.context().newCDPSession(page);
  const move = async (/** @type {number} */ deviceScaleFactor) => {
    await window.send('Emulation.setDeviceMetricsOverride', { width: 1280, height: 800, deviceScaleFactor, mobile: false });
    // Chromium looks at its media queries when a feature changes, not when the emulated screen does.
    await window.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-contrast', value: deviceScaleFactor > 1 ? 'more' : 'less' }] });
    await page.idle();
  };
  for (const [path, element] of drawn) {
    await page.visit(path);
    for (const deviceScaleFactor of [2, 1]) {
      await move(deviceScaleFactor);
      const { pixels, px, ink } = await page.locator(`${element} canvas`).evaluate((/** @type {HTMLCanvasElement} */ e) => {
        const data = /** @type {CanvasRenderingContext2D} */ (e.getContext('2d')).getImageData(0, 0, e.width, e.height).data;
        return { pixels: e.width, px: e.getBoundingClientRect().width, ink: data.some((byte) => byte) };
      });
      assert.deepEqual([pixels, ink], [Math.round(px * deviceScaleFactor), true], element);
    }
  }
  page.quiet(/willReadFrequently/); // the test reads, the page does not
});

test('a drag that is given up changes nothing', async () => {
  const page = await open(browser, backend.url);
  for (const [path, element, box] of [['/', 'trace-scatter', '.box'], [trace, 'trace-minimap', '.selected'], [trace, 'time-axis', '.selected']]) {
    await page.visit(path);
    const before = page.url();
    const { x, y, height } = /** @type {{ x: number, y: number, height: number }} */ (await page.locator(element).boundingBox());
    const from = [x + 100, y + height / 2];
    await page.mouse.move(from[0], from[1]);
    await page.mouse.down();
    await page.mouse.move(from[0] + 2, from[1]);
    await page.idle();
    assert.equal(await page.locator(`${element} ${box}`).count(), 0, 'a hand that trembles drags nothing');
    await page.mouse.move(from[0] + 200, from[1] + 8);
    await page.idle();
    assert.equal(Math.round(Number((await page.locator(`${element} ${box}`).boundingBox())?.width)), 200);
    await page.keyboard.press('Escape');
    await page.idle();
    assert.equal(await page.locator(`${element} ${box}`).count(), 0);
    await page.mouse.up();
    await page.idle();
    assert.equal(page.url(), before);
  }
  page.quiet();
});

test('a telephone has room for the times and for what can be done', async () => {
  const page = await open(browser, backend.url, { viewport: { width: 390, height: 800 } });
  await page.visit(`${trace}?span=0000000000000001`);
  assert.ok((await page.locator('time-axis .area span:not(.gap)').count()) > 1);
  assert.ok(Number((await page.locator('trace-toolbar').boundingBox())?.height) < 90, 'two lines');
  const hide = page.locator('trace-toolbar').getByRole('button', { name: 'Hide ▾' });
  await hide.click(); // scrolls it into sight
  await page.getByRole('group', { name: 'Hide' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  page.quiet();
});
