// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible } from './axe.js';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { tidy } from './geometry.js';
import { at, calls, nameOf, web } from './map-seed.js';
import * as seeds from './seeds.js';
import { textOf } from './text.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

const links = web(24, 50);

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  await store(backend, calls(links));
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

/** @returns {Promise<{ parent: string, child: string, calls: number, errors: number }[]>} */
async function answer() {
  return (await (await fetch(`${backend.url}/api/map`)).json()).links;
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`for everybody, ${colorScheme}`, async () => {
    const page = await open(browser, backend.url, { colorScheme });
    for (const [name, query] of [['map', ''], ['map-service', `?chosen=${nameOf(0)}`], ['map-call', `?chosen=${nameOf(links[0].from)}&chosen=${nameOf(links[0].to)}`], ['map-around', `?service=${nameOf(3)}`], ['map-table', '?view=table&find=api'], ['map-nobody', '?service=nobody']]) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.visit(`/map${query}`);
      await page.shot(`${name}-${colorScheme}`);
      await accessible(page);
      await tidy(page);
      for (const [kind, width, height] of /** @type {const} */ ([['twice', 640, 400], ['narrow', 390, 800]])) {
        await page.setViewportSize({ width, height });
        await page.idle();
        await page.shot(`${name}-${colorScheme}-${kind}`);
        await tidy(page);
      }
      await accessible(page);
    }
    page.quiet();
  });
}

test('the numbers are those of the server, in the table and in the panel', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/map?view=table&sort=caller');
  const rows = await Promise.all((await page.locator('map-table tbody tr').all()).map((r) => textOf(r)));
  const want = (await answer()).map((l) => [l.parent, l.child, l.calls, l.errors]);
  assert.equal(want.length, 50);
  assert.deepEqual(rows.map((r) => r.split(/\s+/)).map((c) => [c[0], c[1], Number(c[2]), Number(c[4])]), want);

  for (const name of [nameOf(0), nameOf(12)]) {
    await page.visit(`/map?chosen=${name}`);
    const red = await (await fetch(`${backend.url}/api/red?service=${name}&kind=server&kind=consumer&step=60m`)).json();
    const { spans, errors } = red.series[0].total;
    const text = await textOf(page.locator('map-panel'));
    assert.match(text, new RegExp(`Requests\\s[\\d.]+/s \\(${spans}\\)\\sErrors\\s[\\d.]+ % \\(${errors}\\)`));
    const callers = want.filter((l) => l[1] === name).length;
    const callees = want.filter((l) => l[0] === name).length;
    for (const button of await page.locator('map-panel').getByRole('button', { name: 'Show all' }).all()) await button.click();
    assert.equal(await page.locator('map-panel a.row').count(), callers + callees);
  }
  page.quiet();
});

test('a click chooses, Back unchooses, and the panel leads to traces', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/map');
  const cart = await at(page, 'cart-api');
  await page.mouse.move(cart.x, cart.y);
  await page.locator('map-graph .tip', { hasText: 'cart-api' }).waitFor();
  await page.mouse.click(cart.x, cart.y);
  await page.idle();
  assert.equal(new URL(page.url()).search, '?chosen=cart-api');
  await page.locator('map-panel').getByRole('heading', { name: 'cart-api' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: '24 services, 50 links between them' }).waitFor();

  const failing = (await answer()).find((l) => l.errors);
  assert.ok(failing);
  await page.visit(`/map?chosen=${failing.parent}&chosen=${failing.child}`);
  await page.locator('map-panel').getByRole('link', { name: 'with errors of the callee' }).click();
  await page.idle();
  assert.equal(new URL(page.url()).searchParams.get('q'), `{service:${failing.parent}} {service:${failing.child} status:error} since:1h`);
  assert.match(await textOf(page.locator('traces-page h2').first()), /^1 trace$/);
  page.quiet();
});

test('the keyboard reaches every service', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/map');
  const map = page.getByRole('listbox');
  await map.focus();
  const spoken = () => page.getByRole('option').innerText();
  const seen = new Set();
  for (let turn = 0; turn < 8; turn++) {
    for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'].slice(turn % 2, 3 + (turn % 2))) {
      for (let i = 0; i < 9; i++) {
        await page.keyboard.press(key);
        seen.add((await spoken()).split(':')[0]);
      }
      if (key === 'ArrowRight') for (let i = 0; i < turn; i++) await page.keyboard.press('ArrowLeft');
    }
  }
  assert.ok(seen.size > 12, `${seen.size} of 24`);
  assert.match(await spoken(), /^[\w-]+: [\d.]+\/s, [\d.]+ % errors, called by \d+, calls \d+$/);
  assert.equal(await map.getAttribute('aria-activedescendant'), await page.getByRole('option').getAttribute('id'));
  const name = (await spoken()).split(':')[0];
  await page.keyboard.press('Enter');
  await page.locator('map-panel').getByRole('heading', { name }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: '24 services' }).waitFor();

  await page.keyboard.press('/');
  await page.keyboard.type('PAYMENT');
  await page.getByText('3 found').waitFor();
  await page.getByRole('button', { name: 'Fit' }).focus();
  await page.keyboard.press('n');
  await page.idle();
  assert.deepEqual(new URL(page.url()).searchParams.getAll('chosen'), ['payment-api']);
  await page.keyboard.press('N');
  await page.idle();
  assert.deepEqual(new URL(page.url()).searchParams.getAll('chosen'), ['payment-worker']);
  await page.keyboard.press('v');
  await page.getByRole('table', { name: 'Calls between services' }).waitFor();
  for (const row of await page.locator('map-table tbody tr').all()) assert.match(await textOf(row), /payment/);
  page.quiet();
});

test('wheel, drag, fingers and keys move and zoom, and Fit shows all', async () => {
  const page = await open(browser, backend.url, { hasTouch: true });
  await page.visit('/map');
  const before = await at(page, 'user-api');
  await page.mouse.move(before.x, before.y);
  await page.mouse.wheel(0, -400);
  await page.idle();
  const near = await at(page, 'user-api');
  assert.ok(Math.hypot(near.x - before.x, near.y - before.y) < 1 && near.scale > 1.5 * before.scale, 'around the pointer');
  await page.mouse.down();
  await page.mouse.move(before.x + 60, before.y - 40);
  await page.mouse.up();
  const after = await at(page, 'user-api');
  assert.deepEqual([Math.round(after.x - near.x), Math.round(after.y - near.y)], [60, -40]);
  assert.equal(new URL(page.url()).search, '', 'a drag chooses nothing');

  const device = await page.context().newCDPSession(page);
  const touch = (/** @type {'touchStart' | 'touchMove' | 'touchEnd'} */ type, /** @type {number[]} */ ...xs) => device.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x, y: 400, id })) });
  await touch('touchStart', 300, 400);
  await touch('touchMove', 290, 410);
  await touch('touchMove', 250, 450);
  await touch('touchEnd');
  await page.idle();
  assert.ok((await at(page, 'user-api')).scale > 1.4 * after.scale, 'two fingers apart');

  await page.keyboard.press('0');
  await page.idle();
  assert.deepEqual(await at(page, 'user-api'), before);
  await page.keyboard.press('+');
  assert.ok((await at(page, 'user-api')).scale > before.scale);
  page.quiet();
});

test('filters: a service, how far from it, errors only', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/map?view=table');
  const all = await answer();
  const field = page.getByRole('combobox', { name: 'Around a service' });
  await field.fill('user-api');
  await field.press('Enter');
  await page.idle();
  const count = () => page.locator('map-table tbody tr').count();
  assert.equal(await count(), all.filter((l) => l.parent === 'user-api' || l.child === 'user-api').length);
  await page.getByLabel('How far from it').selectOption('0');
  await page.idle();
  assert.equal(new URL(page.url()).searchParams.get('depth'), '0');
  assert.ok((await count()) > 5);
  await field.fill('');
  await field.press('Enter');
  await page.getByRole('button', { name: 'Errors only' }).click();
  await page.idle();
  assert.equal(await count(), all.filter((l) => l.errors).length);
  page.quiet();
});

test('services have the colours of other pages', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/map?chosen=web-api');
  const { x, y, scale } = await at(page, 'web-api');
  const pixel = await page.locator('map-graph canvas').evaluate((/** @type {HTMLCanvasElement} */ c, [x, y]) => [.../** @type {CanvasRenderingContext2D} */ (c.getContext('2d')).getImageData(x, y, 1, 1).data], await offset(page, x - 86 * scale, y));
  const swatch = await page.locator('map-panel h2 service-name i').evaluate((e) => getComputedStyle(e).backgroundColor);
  const canvas = await page.evaluate((color) => {
    const g = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));
    g.fillStyle = color;
    g.fillRect(0, 0, 1, 1);
    return [...g.getImageData(0, 0, 1, 1).data];
  }, swatch);
  assert.deepEqual(pixel, canvas);
});

/** @param {import('playwright-core').Page} page @param {number} x @param {number} y */
async function offset(page, x, y) {
  const box = /** @type {{ x: number, y: number }} */ (await page.locator('map-graph').boundingBox());
  return [Math.round(x - box.x), Math.round(y - box.y)];
}

test('hostile names are text', async () => {
  await store(backend, calls([{ from: 0, to: 1 }, { from: 1, to: 0 }], (i) => [seeds.hostileText.replace('\u0000', ''), '__proto__'][i], seeds.now - 7200_000_000_000n));
  const page = await open(browser, backend.url);
  for (const query of ['', '&view=table', '&chosen=__proto__', '&service=__proto__']) {
    await page.visit(`/map?since=3h&until=90m${query}`);
    assert.ok((await page.locator('map-panel').count()) === 1);
    assert.match(await textOf(page.locator('map-page')), /__proto__/);
    await tidy(page);
  }
  await page.locator('map-panel a.row').first().click();
  await page.locator('map-panel').getByRole('link', { name: 'Traces of both' }).click();
  await page.idle();
  assert.match(await textOf(page.locator('traces-page h2').first()), /^2 traces$/);
  page.quiet();
});
