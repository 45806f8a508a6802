// SPDX-License-Identifier: Apache-2.0

// The order in each layer of a graph, in which few edges cross, and the heights.
// All edges are from a layer to the next one.

/** How often the layers are put in order, forth and back. */
const sweeps = 12;

/**
 * @typedef {object} Layered
 * @property {number[][]} layers the nodes of each, from top to bottom
 * @property {number[][]} before of each node: those of the layer before, to which it has an edge
 * @property {number[][]} after
 */

/**
 * Puts the nodes of each layer in an order in which few edges cross: each node at
 * the middle of those that it has edges with, forth and back; the best of all.
 * @param {Layered} g its layers are changed
 * @returns {number} how many edges cross
 */
export function order(g) {
  const place = new Float64Array(g.before.length);
  const number = (/** @type {number[]} */ layer) => layer.forEach((i, at) => { place[i] = at; });
  g.layers.forEach(number);
  let best = g.layers.map((l) => [...l]);
  let least = crossings(g);
  for (let n = 0; n < sweeps && least; n++) {
    const forth = n % 2 === 0;
    const beside = forth ? g.before : g.after;
    for (const layer of forth ? g.layers : g.layers.toReversed()) {
      const middle = new Map(layer.map((i) => [i, beside[i].length ? beside[i].reduce((sum, k) => sum + place[k], 0) / beside[i].length : place[i]]));
      // Equals change places each second time, or they would never be tried the other way round.
      const turn = n % 4 < 2 ? 1 : -1;
      layer.sort((a, b) => /** @type {number} */ (middle.get(a)) - /** @type {number} */ (middle.get(b)) || turn * (place[a] - place[b]));
      number(layer);
    }
    const now = crossings(g);
    if (now < least) [least, best] = [now, g.layers.map((l) => [...l])];
  }
  g.layers.splice(0, g.layers.length, ...best);
  return least;
}

/** How many edges cross. @param {Layered} g */
export function crossings(g) {
  const place = new Int32Array(g.before.length);
  for (const layer of g.layers) layer.forEach((i, at) => { place[i] = at; });
  let all = 0;
  for (const [n, layer] of g.layers.entries()) {
    // How many of those before end below: a tree of sums (Fenwick's).
    const size = (g.layers[n + 1]?.length ?? 0) + 1;
    const sums = new Int32Array(size + 1);
    let seen = 0;
    for (const i of layer) {
      const ends = g.after[i];
      for (const end of ends) {
        all += seen;
        for (let k = place[end] + 1; k > 0; k -= k & -k) all -= sums[k];
      }
      for (const end of ends) for (let k = place[end] + 1; k <= size; k += k & -k) sums[k]++;
      seen += ends.length;
    }
  }
  return all;
}

/**
 * The height at which each node is: near those that it has edges with, in the
 * order of its layer, with room between.
 * @param {Layered} g
 * @param {(node: number) => number} room of a node, from edge to edge
 * @param {(node: number) => number} pull how much its edges pull
 */
export function heights(g, room, pull) {
  const y = new Float64Array(g.before.length);
  for (const layer of g.layers) stack(layer, () => 0, () => 1, room, y);
  for (let n = 0; n < sweeps; n++) {
    const last = n === sweeps - 1;
    for (const layer of n % 2 ? g.layers : g.layers.toReversed()) {
      const wanted = (/** @type {number} */ i) => {
        const beside = last ? [...g.before[i], ...g.after[i]] : n % 2 ? g.before[i] : g.after[i];
        let [sum, weight] = [0, 0];
        for (const k of beside) {
          const w = pull(k) * pull(i);
          sum += w * y[k];
          weight += w;
        }
        return weight ? sum / weight : y[i];
      };
      stack(layer, wanted, pull, room, y);
    }
  }
  return y;
}

/**
 * Puts a layer's nodes at the heights that they want, or as near as their order
 * and room allow: of all such heights those with the least sum of weighted
 * squares (pool adjacent violators).
 * @param {number[]} layer
 * @param {(node: number) => number} wanted
 * @param {(node: number) => number} weight
 * @param {(node: number) => number} room
 * @param {Float64Array} y
 */
function stack(layer, wanted, weight, room, y) {
  let top = 0;
  /** Nodes that touch: their top at the mean of what they want. @type {{ sum: number, weight: number, count: number }[]} */
  const pools = [];
  const offsets = layer.map((i) => {
    const offset = top + room(i) / 2;
    top += room(i);
    let pool = { sum: (wanted(i) - offset) * weight(i), weight: weight(i), count: 1 };
    for (let last = pools.at(-1); last && last.sum / last.weight >= pool.sum / pool.weight; last = pools.at(-1)) {
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, count: last.count + pool.count };
      pools.pop();
    }
    pools.push(pool);
    return offset;
  });
  let at = 0;
  for (const pool of pools) for (let k = 0; k < pool.count; k++, at++) y[layer[at]] = pool.sum / pool.weight + offsets[at];
}
