// SPDX-License-Identifier: Apache-2.0

// Measures what users feel: how long until they see a trace, how long a frame
// takes at most while they scroll, zoom and point, how much memory a page holds; and
// whether all that stays the same while traces arrive.
// usage: ALL_IN_ONE=… node browser/numbers.js [-live 20s] [-rate 1000]
import { parseArgs } from 'node:util';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { elements, heap, watchFrames, watchProcessor } from './frames.js';
import { send } from './load.js';
import { calls, web } from './map-seed.js';
import * as seeds from './seeds.js';

const { values } = parseArgs({ args: process.argv.slice(2).map((a) => a.replace(/^-(?=\w{2})/, '--')), options: { live: { type: 'string', default: '20s' }, rate: { type: 'string', default: '1000' } } });
const period = seconds(values.live);
const rate = Number(values.rate);
const [backend, browser] = await Promise.all([startBackend(['--max-size=200MiB']), launch()]);
try {
  await traces();
  await pages();
  await live();
} finally {
  await browser.close();
  await backend.stop();
}

/** Traces of several sizes, each in a browser that has nothing cached. */
async function traces() {
  table(['trace', 'outline', 'first paint', 'ready', 'its processor time', 'scroll: longest frame', 'its work', 'zoom: longest frame', 'its work', 'heap', 'elements']);
  for (const [id, n] of /** @type {const} */ ([[seeds.ids.hundred, 100], [seeds.ids.tenThousand, 10_000], [seeds.ids.fiftyThousand, 50_000], [seeds.ids.huge, 230_000]])) {
    await store(backend, seeds.tree(id, n));
    const page = await open(browser, backend.url);
    const processor = await watchProcessor(page);
    await page.visit(`/trace/${id}`);
    const used = await processor();
    const [paint, ready, size] = await page.evaluate(() => {
      const outline = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType('resource')).find((e) => e.name.endsWith('/outline'));
      return [performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.now(), outline?.decodedBodySize ?? NaN];
    });
    const scrolled = await watchFrames(page, async () => {
      await scroll(page);
      await page.idle();
    });
    const zoom = await watchFrames(page, async () => {
      for (let i = 0; i < 30; i++) await page.keyboard.press(i < 20 ? '+' : '-');
      await page.idle();
    });
    table([`${n.toLocaleString('en')} spans`, mega(size), ms(paint), ms(ready), ms(used), ms(scrolled.longest), ms(scrolled.work), ms(zoom.longest), ms(zoom.work), mega(await heap(page)), String(await elements(page))]);
    await page.context().close();
  }
}

/** The other pages, with much on them. Of two compared traces few paths are the same. */
async function pages() {
  console.log('\nOther pages:\n');
  table(['page', 'ready', 'its processor time', 'longest frame', 'its work', 'heap', 'elements']);
  const other = (/** @type {number} */ n) => n.toString(16).padStart(32, 'd');
  const sizes = /** @type {const} */ ([[seeds.ids.tenThousand, 10_000], [seeds.ids.fiftyThousand, 50_000], [seeds.ids.huge, 230_000]]);
  for (const [id, n] of sizes) {
    await measure(`flame, ${n.toLocaleString('en')} spans`, `/trace/${id}?view=flame`, async (page) => {
      for (let i = 0; i < 40; i++) await page.mouse.move(100 + i * 25, 200 + (i % 10) * 20);
      await page.mouse.click(400, 260);
      await page.keyboard.press('Escape');
    });
  }
  for (const [id, n] of sizes) {
    await store(backend, seeds.tree(other(n), n + 1));
    await measure(`compare, ${n.toLocaleString('en')} spans each`, `/compare?a=${id}&b=${other(n)}`, scroll);
  }
  await store(backend, calls(web(200, 600)));
  await measure('map, 200 services, 600 links', '/map', async (page) => {
    await page.mouse.move(500, 400);
    await page.mouse.down();
    for (let i = 0; i < 40; i++) await page.mouse.move(500 + (i % 8) * 20, 400 + (i % 5) * 20);
    await page.mouse.up();
    for (let i = 0; i < 20; i++) await page.mouse.wheel(0, i < 10 ? -100 : 100);
  });
  const services = Array.from({ length: 200 }, (_, i) => ({ service: `service-${i}`, name: 'GET /', parent: -1, start: i * 1e6, duration: 1e6 * (1 + (i % 97)), kind: 2, error: i % 31 ? '' : 'it broke' }));
  const hour = Array.from({ length: 60 }, (_, m) => seeds.otlp(other(m + 1), [...services, ...services], seeds.now - BigInt(m) * 60_000_000_000n - 1_000_000_000n));
  await store(backend, { resourceSpans: hour.flatMap((t) => t.resourceSpans) });
  await measure('services, 200 of 60 minutes', '/services', scroll);
}

/** @param {Awaited<ReturnType<typeof open>>} page */
async function scroll(page) {
  await page.mouse.move(400, 500);
  for (let i = 0; i < 60; i++) await page.mouse.wheel(0, i % 10 ? 400 : 20_000);
}

/**
 * A page, in a browser that has nothing cached.
 * @param {string} name
 * @param {string} path
 * @param {(page: Awaited<ReturnType<typeof open>>) => Promise<void>} act
 */
async function measure(name, path, act) {
  const page = await open(browser, backend.url);
  const processor = await watchProcessor(page);
  await page.visit(path);
  const used = await processor();
  const ready = await page.evaluate(() => performance.now());
  const frames = await watchFrames(page, async () => {
    await act(page);
    await page.idle();
  });
  table([name, ms(ready), ms(used), ms(frames.longest), ms(frames.work), mega(await heap(page)), String(await elements(page))]);
  page.quiet();
  await page.context().close();
}

/** The list, while traces arrive. */
async function live() {
  const page = await open(browser, backend.url);
  await page.visit('/');
  console.log(`\nThe list while ${rate} traces a second arrive, for ${values.live}:\n`);
  table(['after', 'traces sent', 'heap', 'longest frame', 'its work', 'elements']);
  const steps = 10;
  const began = performance.now();
  let sent = 0;
  for (let i = 1; i <= steps; i++) {
    const frames = await watchFrames(page, async () => {
      sent += await send(`http://${backend.ports['otlp-http']}/v1/traces`, rate, (period / steps) * 1000);
    });
    table([`${Math.round((performance.now() - began) / 1000)} s`, String(sent), mega(await heap(page)), ms(frames.longest), ms(frames.work), String(await elements(page))]);
  }
  await page.context().close();
}

/** @param {string[]} cells */
function table(cells) {
  console.log(`| ${cells.join(' | ')} |`);
  if (!/\d/.test(cells.at(-1) ?? '')) console.log(`|${' --- |'.repeat(cells.length)}`);
}

/** @param {number} n */
function ms(n) {
  return `${n.toFixed(0)} ms`;
}

/** @param {number} n bytes */
function mega(n) {
  return `${(n / 1e6).toFixed(2)} MB`;
}

/** @param {string} text "20s", "1h" */
function seconds(text) {
  const found = /^(\d+)(s|m|h)$/.exec(text);
  if (!found) throw new Error(`-live is ${text}: write 20s, 5m or 1h`);
  return Number(found[1]) * ({ s: 1, m: 60, h: 3600 }[found[2]] ?? NaN);
}
