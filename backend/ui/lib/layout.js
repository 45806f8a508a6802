// SPDX-License-Identifier: Apache-2.0

// Where the services of a map are, from callers on the left to callees on the
// right. It follows from their names and who calls whom alone, not from numbers.

/** @import { Places, ServiceMap } from '../types.js' */
/** @import { Edge } from './layout-layers.js' */
import { groupBy } from './group-by.js';
import { acyclic, components, layers } from './layout-layers.js';
import { heights, order } from './layout-order.js';

/** Of a service's box, and from one to the next. */
export const box = { width: 176, height: 44 };
const pitch = { x: 240, y: 58 };
/** Of few layers, between which numbers have room. */
const wide = 300;
/** The room of a line that passes a layer. */
const lane = 14;
/** Places that are kept for services that are gone. */
const remembered = 2000;
/** How much wider than high the whole should be. */
const shape = 1.7;

/**
 * Places for all services.
 * @param {ServiceMap} map
 * @returns {Places}
 */
export function layOut(map) {
  /** @type {Places} */
  const places = { at: new Map(), via: new Map(), settled: true };
  const parts = components(map.services.length, map.calls).map((nodes) => island(map, nodes));
  // Islands stand in rows, as words do.
  const width = Math.max(parts[0]?.width ?? 0, Math.sqrt(parts.reduce((sum, p) => sum + p.width * p.height, 0) * shape));
  let [left, top, next] = [0, 0, 0];
  for (const p of parts) {
    if (left && left + p.width > width) [left, top] = [0, next];
    for (const [name, { x, y }] of p.at) places.at.set(name, { x: x + left, y: y + top });
    for (const [key, via] of p.via) places.via.set(key, via.map(({ x, y }) => ({ x: x + left, y: y + top })));
    left += p.width;
    next = Math.max(next, top + p.height);
  }
  return places;
}

/**
 * The same places, and some for services that had none, near those with which
 * they have calls. Those of services that are gone are kept for when they come
 * back.
 * @param {Places} places
 * @param {ServiceMap} map
 * @returns {Places}
 */
export function settle(places, map) {
  const names = map.services.map((s) => s.name);
  if (names.every((name) => places.at.has(name))) return places;
  const now = new Set(names);
  const at = new Map([...places.at].filter(([name]) => places.at.size < remembered || now.has(name)));
  const across = new Set([...at.values()].map((p) => p.x)).size > 4 ? pitch.x : wide;
  const [callers, callees] = [groupBy(map.calls, (c) => c.to), groupBy(map.calls, (c) => c.from)];
  const bottom = Math.max(...[...at.values()].map((p) => p.y), 0);
  for (let rest = [...names.keys()].filter((i) => !at.has(names[i])); rest.length;) {
    const before = (/** @type {number} */ i) => (callers.get(i) ?? []).flatMap((c) => at.get(names[c.from]) ?? []);
    const after = (/** @type {number} */ i) => (callees.get(i) ?? []).flatMap((c) => at.get(names[c.to]) ?? []);
    // Those that touch what has a place come first.
    const i = rest.find((n) => before(n).length || after(n).length) ?? rest[0];
    const [left, right] = [before(i), after(i)];
    const all = [...left, ...right];
    const x = left.length ? Math.max(...left.map((p) => p.x)) + across : right.length ? Math.min(...right.map((p) => p.x)) - across : across / 2;
    const y = all.length ? all.reduce((sum, p) => sum + p.y, 0) / all.length : bottom + 2 * pitch.y;
    at.set(names[i], free(at, x, y));
    rest = rest.filter((n) => n !== i);
  }
  return { at, via: places.via, settled: false };
}

/**
 * The place nearest to one, above or below, where there is room for a box.
 * @param {Places['at']} at
 * @param {number} x
 * @param {number} y
 */
function free(at, x, y) {
  const taken = [...at.values()].filter((p) => Math.abs(p.x - x) < box.width + 20).map((p) => p.y);
  for (let n = 0; ; n++) {
    const now = Math.round(y + (n % 2 ? 1 : -1) * Math.ceil(n / 2) * (pitch.y / 2));
    if (taken.every((t) => Math.abs(t - now) >= pitch.y)) return { x, y: now };
  }
}

/**
 * Places of services that calls connect, from 0, 0 on.
 * @param {ServiceMap} map
 * @param {number[]} nodes
 */
function island(map, nodes) {
  const index = new Map(nodes.map((node, i) => [node, i]));
  const calls = map.calls.filter((c) => index.has(c.from)).map((c) => ({ from: Number(index.get(c.from)), to: Number(index.get(c.to)) }));
  const most = Math.max(6, Math.ceil(Math.sqrt((nodes.length * pitch.x) / (pitch.y * shape))));
  const straight = acyclic(nodes.length, calls);
  const layer = layers(nodes.length, straight, most);
  const { g, chains } = layered(nodes.length, straight, layer);
  order(g);
  const line = (/** @type {number} */ i) => i >= nodes.length;
  const y = heights(g, (i) => (line(i) ? lane : pitch.y), (i) => (line(i) ? 4 : 1));

  const top = Math.min(...y) - pitch.y / 2;
  const across = g.layers.length > 4 ? pitch.x : wide;
  const place = (/** @type {number} */ i, /** @type {number} */ column) => ({ x: (column + 0.5) * across, y: Math.round(y[i] - top) });
  /** @type {Places} */
  const { at, via } = { at: new Map(), via: new Map(), settled: true };
  nodes.forEach((node, i) => at.set(map.services[node].name, place(i, layer[i])));
  for (const { from, to } of calls) {
    const chain = chains.get(key(Math.min(from, to), Math.max(from, to)));
    if (!chain?.length) continue;
    const forth = layer[from] < layer[to];
    const points = chain.map((i, n) => place(i, layer[forth ? from : to] + 1 + n));
    via.set(callKey(map, nodes[from], nodes[to]), forth ? points : points.reverse());
  }
  return { at, via, width: g.layers.length * across, height: Math.max(...y) + pitch.y / 2 - top + pitch.y / 2 };
}

/**
 * The graph with a node in each layer that an edge passes: one for all edges from
 * the same node, which run together until they part.
 * @param {number} n
 * @param {Edge[]} edges
 * @param {Int32Array} layer
 */
function layered(n, edges, layer) {
  /** @type {number[][]} */
  const rows = Array.from({ length: Math.max(...layer) + 1 }, () => []);
  const [before, after] = [Array.from({ length: n }, () => /** @type {number[]} */ ([])), Array.from({ length: n }, () => /** @type {number[]} */ ([]))];
  layer.forEach((l, i) => rows[l].push(i));
  /** What the edges from a node pass, by layer. @type {Map<string, number>} */
  const passed = new Map();
  /** Of two nodes, what is between them. @type {Map<string, number[]>} */
  const chains = new Map();
  for (const e of edges) {
    const [from, to] = layer[e.from] < layer[e.to] ? [e.from, e.to] : [e.to, e.from];
    const name = key(Math.min(from, to), Math.max(from, to));
    if (chains.has(name) || layer[from] === layer[to]) continue; // both call each other, or are one above the other
    const chain = [];
    let last = from;
    for (let l = layer[from] + 1; l < layer[to]; l++) {
      let i = passed.get(key(from, l));
      if (i === undefined) {
        i = before.push([last]) - 1;
        after.push([]);
        after[last].push(i);
        rows[l].push(i);
        passed.set(key(from, l), i);
      }
      chain.push(i);
      last = i;
    }
    after[last].push(to);
    before[to].push(last);
    chains.set(name, chain);
  }
  return { g: { layers: rows, before, after }, chains };
}

/**
 * @param {number} a
 * @param {number} b
 */
function key(a, b) {
  return `${a} ${b}`;
}

/**
 * The name of a call in Places.via.
 * @param {ServiceMap} map
 * @param {number} from
 * @param {number} to
 */
export function callKey({ services }, from, to) {
  return JSON.stringify([services[from].name, services[to].name]);
}
