// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapOf } from '../../../lib/graph.js';
import { groupBy } from '../../../lib/group-by.js';
import { box, callKey, layOut, settle } from '../../../lib/layout.js';
import { acyclic, components, layers } from '../../../lib/layout-layers.js';
import { crossings, order } from '../../../lib/layout-order.js';
import { nameOf, web } from '../../browser/map-seed.js';
import { random } from '../../browser/seeds.js';

/** @import { Places, ServiceMap } from '../../../types.js' */

/** @param {{ from: number, to: number }[]} links */
const mapped = (links) => mapOf(links.map(({ from, to }) => ({ parent: nameOf(from), child: nameOf(to), calls: 1, errors: 0 })));

/** Random links, circles and calls to itself among them. @param {number} n @param {number} m @param {number} seed */
function tangle(n, m, seed) {
  const next = random(seed);
  return Array.from({ length: m }, () => ({ from: Math.floor(n * next()), to: Math.floor(n * next()) }));
}

/** @param {ServiceMap} map @param {Places} places */
function sound(map, places) {
  const at = map.services.map((s) => places.at.get(s.name));
  at.forEach((a, i) => {
    assert.ok(a && Number.isFinite(a.x) && Number.isFinite(a.y), map.services[i].name);
    for (const b of at.slice(i + 1)) assert.ok(b && (Math.abs(a.x - b.x) >= box.width || Math.abs(a.y - b.y) >= box.height), `${map.services[i].name} overlaps`);
  });
}

test('callers are left of callees, and no boxes overlap', () => {
  const map = mapped([{ from: 0, to: 1 }, { from: 0, to: 2 }, { from: 1, to: 3 }, { from: 2, to: 3 }, { from: 3, to: 4 }]);
  const places = layOut(map);
  for (const c of map.calls) assert.ok(Number(places.at.get(map.services[c.from].name)?.x) < Number(places.at.get(map.services[c.to].name)?.x));
  sound(map, places);
  for (let seed = 1; seed < 30; seed++) {
    const some = mapped(tangle(2 + seed * 2, seed * 5, seed));
    sound(some, layOut(some));
  }
});

test('the same services and calls have the same places, whatever their numbers and order', () => {
  const links = web(60, 150).map(({ from, to }) => ({ parent: nameOf(from), child: nameOf(to), calls: 1, errors: 0 }));
  const places = layOut(mapOf(links));
  assert.deepEqual(layOut(mapOf(links.toReversed().map((l, i) => ({ ...l, calls: i + 1, errors: i })))), places);
});

test('who stays keeps his place when others come and go', () => {
  const links = web(80, 200);
  const before = mapped(links.filter((l) => l.from < 60 && l.to < 60));
  const places = layOut(before);
  const after = mapped(links.filter((l) => l.from >= 5 && l.to >= 5));
  const settled = settle(places, after);
  for (const s of before.services) assert.deepEqual(settled.at.get(s.name), places.at.get(s.name));
  assert.equal(settled.settled, false);
  sound(after, settled);
  assert.deepEqual(settle(settled, before).at, settled.at, 'and those that are back are where they were');
  assert.equal(settle(places, before), places);
  sound(after, settle({ at: new Map(), via: new Map(), settled: true }, after));
});

/** How many edges the longest way has. @param {{ from: number, to: number }[]} edges */
function longest(edges) {
  /** @type {(i: number) => number} */
  const from = (i) => Math.max(0, ...edges.filter((e) => e.from === i).map((e) => 1 + from(e.to)));
  return Math.max(...edges.map((e) => from(e.from)));
}

test('layers: later ones than all callers, none too large, no circle', () => {
  for (let seed = 1; seed < 40; seed++) {
    const [n, most] = [3 + seed, 4 + (seed % 5)];
    const edges = acyclic(n, tangle(n, 2 * n, seed));
    const layer = layers(n, edges, most);
    const sizes = groupBy(layer, (l) => l);
    for (const nodes of sizes.values()) assert.ok(nodes.length <= most);
    const back = edges.filter((e) => layer[e.from] >= layer[e.to]).length;
    assert.ok(back === 0 || longest(edges) > Math.max(8, 1.2 * Math.sqrt(n)), `${back} of ${edges.length} edges lead back among ${n}`);
    /** A circle would never run out of nodes that nothing leads to. */
    let rest = edges;
    for (let last = -1; rest.length !== last;) {
      last = rest.length;
      rest = rest.filter((e) => rest.some((f) => f.to === e.from));
    }
    assert.equal(rest.length, 0);
  }
  const chain = Array.from({ length: 5000 }, (_, i) => ({ from: i, to: i + 1 }));
  assert.equal(layers(5001, acyclic(5001, chain), 10)[5000], 5000, 'a long way is no deep call');
  assert.deepEqual(components(5, [{ from: 0, to: 4 }, { from: 2, to: 3 }]), [[0, 4], [2, 3], [1]]);
});

test('crossings are counted as the plainest way counts them, and become few', () => {
  const next = random(3);
  const sizes = [9, 14, 11];
  const rows = sizes.map((n, l) => Array.from({ length: n }, (_, i) => sizes.slice(0, l).reduce((a, b) => a + b, 0) + i));
  const before = /** @type {number[][]} */ (Array.from({ length: 34 }, () => []));
  const after = /** @type {number[][]} */ (Array.from({ length: 34 }, () => []));
  const edges = Array.from({ length: 60 }, (_, i) => {
    const l = i % 2;
    const [a, b] = [rows[l][Math.floor(next() * sizes[l])], rows[l + 1][Math.floor(next() * sizes[l + 1])]];
    after[a].push(b);
    before[b].push(a);
    return [a, b, l];
  });
  const g = { layers: rows, before, after };
  const plain = () => {
    const at = (/** @type {number} */ i) => g.layers.map((l) => l.indexOf(i)).find((k) => k >= 0) ?? 0;
    let n = 0;
    edges.forEach(([a, b, l], i) => edges.slice(i + 1).forEach(([c, d, k]) => { if (l === k && (at(a) - at(c)) * (at(b) - at(d)) < 0) n++; }));
    return n;
  };
  const first = crossings(g);
  assert.equal(first, plain());
  const least = order(g);
  assert.equal(least, plain());
  assert.equal(crossings(g), least);
  assert.ok(least < first * 0.7, `${first} became ${least}`);
});

test('lines of long calls pass between boxes', () => {
  const map = mapped(web(50, 120));
  const places = layOut(map);
  for (const c of map.calls) {
    for (const p of places.via.get(callKey(map, c.from, c.to)) ?? []) {
      for (const [name, at] of places.at) assert.ok(Math.abs(at.x - p.x) > 1 || Math.abs(at.y - p.y) > box.height / 2, `a line runs through ${name}`);
    }
  }
});

test('300 services are laid out at once', () => {
  const map = mapped(web(300, 1500));
  const began = process.cpuUsage();
  layOut(map);
  const ms = process.cpuUsage(began).user / 1000;
  assert.ok(ms < 1500, `${ms} ms`);
});
