// SPDX-License-Identifier: Apache-2.0

// Colours that stay, and pages that stay where they are while traces arrive.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { serviceColor } from '../../lib/color.js';
import { startBackend } from './backend.js';
import { launch, open } from './browser.js';
import { tidy, watchShifts } from './geometry.js';
import { send } from './load.js';
import { fill, pages } from './pages.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  await fill(backend);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

const services = ['frontend', 'checkout', 'payment', 'inventory', 'shipping', 'email', 'search', 'recommend'];

for (const theme of /** @type {const} */ (['light', 'dark'])) {
  test(`a service has its colour on all pages, ${theme}`, async () => {
    const page = await open(browser, backend.url, { colorScheme: theme });
    for (const [name, most] of /** @type {[string, number][]} */ ([
      ['traces', 3], ['trace', 30], ['trace-table', 8], ['trace-logs', 1], ['trace-span', 30], ['trace-linked', 1], ['compare', 5], ['services', 6], ['services-service', 1], ['map-table', 8], ['map-service', 2],
    ])) {
      let seen = 0;
      for (const again of name === 'trace' ? [false, true] : [false]) {
        if (again) await page.reload();
        else await page.visit(pages[name]);
        await page.idle();
        for (const [service, color] of await page.evaluate(swatches)) {
          if (!services.includes(service)) continue;
          seen++;
          assert.equal(color, serviceColor(service, theme), `${service} on ${name}`);
        }
      }
      assert.ok(seen >= most, `${seen} swatches on ${name}`);
    }
    // What is on a canvas has no name; of eight services most are on each of these.
    for (const name of ['trace', 'trace-flame', 'compare-beside', 'map']) {
      await page.visit(pages[name]);
      const shown = await page.evaluate(painted, services.map((service) => serviceColor(service, theme)));
      assert.ok(shown.filter(Boolean).length >= 2, `${name} paints ${services.filter((_, i) => shown[i])} in their colours`);
    }
    page.quiet(/willReadFrequently/);
    await page.context().close();
  });
}

/** In the page: which of the colours are on canvases. @param {string[]} colors */
function painted(colors) {
  const g = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }));
  const wanted = colors.map((color) => {
    g.fillStyle = color;
    g.fillRect(0, 0, 1, 1);
    return g.getImageData(0, 0, 1, 1).data.join();
  });
  const found = new Set();
  const walk = (/** @type {Document | ShadowRoot} */ root) => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) walk(e.shadowRoot);
      if (!(e instanceof HTMLCanvasElement) || !e.width || !e.height) continue;
      const { data } = /** @type {CanvasRenderingContext2D} */ (e.getContext('2d')).getImageData(0, 0, e.width, e.height);
      for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) found.add(data.subarray(i, i + 4).join());
    }
  };
  walk(document);
  return wanted.map((color) => found.has(color));
}

/** In the page: the names of services, and the colour beside them. */
function swatches() {
  /** @type {[string, string][]} */
  const found = [];
  const walk = (/** @type {Document | ShadowRoot} */ root) => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) walk(e.shadowRoot);
      if (!(e instanceof HTMLElement) || e.localName !== 'i' || !e.style.background) continue;
      const host = root instanceof ShadowRoot ? root.host : null;
      const row = e.closest('[role=row], tr, li, a, span') ?? host;
      const name = /** @type {any} */ (host)?.name ?? e.parentElement?.querySelector('b, .service')?.textContent ?? e.parentElement?.textContent;
      if (row) found.push([String(name).trim().split(/\s/)[0], e.style.background]);
    }
  };
  walk(document);
  return found;
}

test('the colours can be told from their backgrounds', async () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const page = await open(browser, backend.url, { colorScheme });
    await page.visit('/status');
    const names = Array.from({ length: 200 }, (_, i) => serviceColor(`service-${i}`, colorScheme));
    const low = await page.evaluate(contrasts, names);
    assert.deepEqual(low, [], colorScheme);
  }
});

/** In the page: pairs of colours that are too near to each other. @param {string[]} ofServices */
function contrasts(ofServices) {
  const g = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }));
  const probe = document.body.appendChild(document.createElement('i'));
  const luminance = (/** @type {string} */ color) => {
    probe.style.color = color;
    g.fillStyle = getComputedStyle(probe).color;
    g.fillRect(0, 0, 1, 1);
    const [r, gr, b] = [...g.getImageData(0, 0, 1, 1).data].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * gr + 0.0722 * b;
  };
  const ratio = (/** @type {string} */ a, /** @type {string} */ b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05);
  };
  /** @type {string[]} */
  const low = [];
  const want = (/** @type {string} */ a, /** @type {string} */ b, /** @type {number} */ least) => {
    const got = ratio(a, b);
    if (got < least) low.push(`${a} on ${b}: ${got.toFixed(2)}, want ${least}`);
  };
  for (const bg of ['--bg', '--bg-raised', '--bg-hover', '--bg-selected']) {
    for (const text of ['--text', '--text-soft', '--link', '--error']) want(`var(${text})`, `var(${bg})`, 4.5);
  }
  for (const [text, bg] of [['--error', '--bg-error'], ['--warning', '--bg-warning'], ['--text', '--bg-mark'], ['--on-accent', '--accent'], ['--ok', '--bg']]) want(`var(${text})`, `var(${bg})`, 4.5);
  for (const color of ofServices) want(color, 'var(--bg)', 3);
  for (const line of ['--line-strong', '--accent', '--critical']) want(`var(${line})`, 'var(--bg)', 3);
  return [...new Set(low)];
}

test('nothing moves while traces arrive', async () => {
  const watched = await Promise.all(['traces', 'trace', 'status', 'services', 'services-service', 'map', 'map-table', 'compare'].map(async (name) => {
    const page = await open(browser, backend.url);
    await page.visit(pages[name]);
    let answers = 0;
    page.on('response', (r) => { answers += Number(/\/api\/(red|map)\?/.test(r.url())); });
    return { name, page, sum: await watchShifts(page), answers: () => answers };
  }));
  // What asks again and again shows new numbers twice.
  const polling = watched.filter(({ name }) => /^(services|map)/.test(name));
  for (let i = 0; i < 3 || (i < 30 && polling.some(({ answers }) => answers() < 4)); i++) await send(`http://${backend.ports['otlp-http']}/v1/traces`, 200, 2000);
  assert.deepEqual(polling.filter(({ answers }) => answers() < 4).map(({ name }) => name), [], 'they do not ask');
  for (const { page, sum } of watched) {
    await page.idle();
    const { sum: moved, moved: what } = await sum();
    assert.ok(moved < 0.02, `${page.url()}: ${moved} ${what.slice(0, 10).join('; ')}`);
    await tidy(page);
    page.quiet();
  }
});
