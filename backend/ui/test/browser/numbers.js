// SPDX-License-Identifier: Apache-2.0

// Measures what users feel: how long until they see a trace, how long a frame
// takes at most while they scroll and zoom, how much memory a page holds; and
// whether all that stays the same while traces arrive.
// usage: ALL_IN_ONE=… node browser/numbers.js [-live 20s] [-rate 1000]
import { parseArgs } from 'node:util';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { elements, heap, watchFrames, watchProcessor } from './frames.js';
import { send } from './load.js';
import * as seeds from './seeds.js';

const { values } = parseArgs({ args: process.argv.slice(2).map((a) => a.replace(/^-(?=\w{2})/, '--')), options: { live: { type: 'string', default: '20s' }, rate: { type: 'string', default: '1000' } } });
const period = seconds(values.live);
const rate = Number(values.rate);
const [backend, browser] = await Promise.all([startBackend(['--max-size=200MiB']), launch()]);
try {
  await traces();
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
    await page.mouse.move(400, 500);
    const scroll = await watchFrames(page, async () => {
      for (let i = 0; i < 60; i++) await page.mouse.wheel(0, i % 10 ? 400 : 20_000);
      await page.idle();
    });
    const zoom = await watchFrames(page, async () => {
      for (let i = 0; i < 30; i++) await page.keyboard.press(i < 20 ? '+' : '-');
      await page.idle();
    });
    table([`${n.toLocaleString('en')} spans`, mega(size), ms(paint), ms(ready), ms(used), ms(scroll.longest), ms(scroll.work), ms(zoom.longest), ms(zoom.work), mega(await heap(page)), String(await elements(page))]);
    await page.context().close();
  }
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
