// SPDX-License-Identifier: Apache-2.0

/** @import { OTLPTraces } from '../../types.js' */
import { now, otlp, random } from './seeds.js';

/**
 * Services that call each other, as many do: from a few to many, some in circles.
 * @param {number} services
 * @param {number} links
 * @returns {{ from: number, to: number }[]} who calls whom, by their numbers
 */
export function web(services, links) {
  const next = random(services);
  const seen = new Set();
  /** @type {{ from: number, to: number }[]} */
  const all = [];
  const add = (/** @type {number} */ from, /** @type {number} */ to) => {
    if (from === to || seen.has(`${from} ${to}`)) return;
    seen.add(`${from} ${to}`);
    all.push({ from, to });
  };
  // Tiers, as from gateways to databases, each larger than the one before.
  const tier = (/** @type {number} */ i) => Math.min(5, Math.floor(6 * Math.sqrt(i / services)));
  const of = (/** @type {number} */ t) => {
    const [first, end] = [Math.ceil(services * (t / 6) ** 2), t === 5 ? services : Math.ceil(services * ((t + 1) / 6) ** 2)];
    return Math.min(services - 1, first + Math.floor((end - first) * next() ** 2)); // some have many callers
  };
  for (let to = 1; to < services; to++) add(tier(to) ? of(tier(to) - 1) : 0, to); // each is called
  while (all.length < links) {
    const from = Math.floor(services * next());
    const far = next();
    const to = of(Math.max(0, Math.min(5, tier(from) + (far < 0.8 ? 1 : far < 0.92 ? 2 : far < 0.97 ? 0 : -1))));
    add(from, to);
  }
  return all;
}

/** A service's name. @param {number} i */
export const nameOf = (i) => `${['web', 'cart', 'payment', 'stock', 'search', 'user', 'mail', 'price', 'audit', 'export'][i % 10]}-${['api', 'db', 'worker', 'cache', 'gateway'][Math.floor(i / 10) % 5]}${i < 50 ? '' : `-${Math.floor(i / 50)}`}`;

/**
 * Traces of these links, some more often than others, some with errors.
 * @param {{ from: number, to: number }[]} links
 * @param {(i: number) => string} [name]
 * @param {bigint} [at] ns since 1970
 * @returns {OTLPTraces}
 */
export function calls(links, name = nameOf, at = now - 120_000_000_000n) {
  const next = random(links.length);
  /** @type {Map<number, Record<string, any>[]>} */
  const byCaller = new Map();
  for (const { from, to } of links) byCaller.set(from, [...(byCaller.get(from) ?? []), { to, times: 1 + Math.floor(20 * next() ** 6), failing: next() < 0.12 }]);
  const parts = [...byCaller].map(([from, list]) => {
    const spans = [{ service: name(from), name: 'handle', parent: -1, start: 0, duration: 80e6, kind: 2, error: '' }];
    for (const { to, times, failing } of list) {
      for (let n = 0; n < times; n++) spans.push({ service: name(to), name: 'handle', parent: 0, start: 1e6 * n, duration: 1e6 + 20e6 * next(), kind: 2, error: failing && next() < 0.5 ? 'it broke' : '' });
    }
    return otlp((from + 1).toString(16).padStart(32, '0'), spans, at);
  });
  return { resourceSpans: parts.flatMap((p) => p.resourceSpans) };
}

/**
 * Where a service is drawn: px in the window, and how large it is.
 * @param {import('playwright-core').Page} page
 * @param {string} name
 */
export async function at(page, name) {
  await page.evaluate(() => window.uiIdle());
  return page.locator('map-graph').evaluate((e, name) => {
    const graph = /** @type {import('../../parts/map-graph.js').MapGraph} */ (e);
    const { left, top } = graph.getBoundingClientRect();
    const { x, y } = /** @type {{ x: number, y: number }} */ (graph.places.at.get(name));
    const p = graph.plane;
    return { x: x * p.scale + p.left + left, y: y * p.scale + p.top + top, scale: p.scale };
  }, name);
}
