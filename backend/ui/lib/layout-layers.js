// SPDX-License-Identifier: Apache-2.0

import { groupBy } from './group-by.js';

// Layers of a graph: from left to right, each call to a layer further right.

/** An edge between two nodes, by their numbers. @typedef {{ from: number, to: number }} Edge */

/**
 * The groups of nodes that edges connect, the largest first.
 * @param {number} n nodes
 * @param {Edge[]} edges
 * @returns {number[][]} the nodes of each, in order
 */
export function components(n, edges) {
  const root = Int32Array.from({ length: n }, (_, i) => i);
  const find = (/** @type {number} */ i) => {
    while (root[i] !== i) i = root[i] = root[root[i]];
    return i;
  };
  for (const { from, to } of edges) {
    const [a, b] = [find(from), find(to)];
    root[Math.max(a, b)] = Math.min(a, b);
  }
  return [...groupBy(root.keys(), find).values()].sort((a, b) => b.length - a.length || a[0] - b[0]);
}

/**
 * The edges without those from a node to itself, and turned where they would
 * close a circle: then there is none.
 * @param {number} n
 * @param {Edge[]} edges
 * @returns {Edge[]}
 */
export function acyclic(n, edges) {
  const out = groupBy(edges, (e) => e.from);
  const more = new Int32Array(n); // edges out, less those in
  const entered = new Uint8Array(n);
  for (const e of edges) {
    if (e.from === e.to) continue;
    more[e.from]++;
    more[e.to]--;
    entered[e.to] = 1;
  }
  // First from where nothing leads, then from those with the most edges out.
  const starts = [...more.keys()].sort((a, b) => entered[a] - entered[b] || more[b] - more[a] || a - b);
  const state = new Uint8Array(n); // 1: on the way, 2: done
  /** @type {Edge[]} */
  const straight = [];
  for (const start of starts) {
    if (state[start]) continue;
    state[start] = 1;
    const way = [{ node: start, next: 0 }];
    while (way.length) {
      const top = way[way.length - 1];
      const e = out.get(top.node)?.[top.next++];
      if (!e) {
        state[top.node] = 2;
        way.pop();
        continue;
      }
      if (e.from === e.to) continue;
      straight.push(state[e.to] === 1 ? { from: e.to, to: e.from } : e);
      if (state[e.to]) continue;
      state[e.to] = 1;
      way.push({ node: e.to, next: 0 });
    }
  }
  return straight;
}

/**
 * The layer of each node, of which none has too many nodes. Edges lead to later
 * layers; where the longest way of edges would make too many layers, a layer is how
 * far a node is from where nothing leads to, and some edges lead back.
 * @param {number} n
 * @param {Edge[]} edges without circles
 * @param {number} most nodes of a layer
 */
export function layers(n, edges, most) {
  let rank = ranks(n, edges, Math.max);
  const long = Math.max(...rank) > Math.max(8, 1.2 * Math.sqrt(n));
  if (long) rank = ranks(n, edges, Math.min);
  // What nothing leads to stands right before the first that it leads to.
  const first = new Float64Array(n).fill(Infinity);
  const entered = new Uint8Array(n);
  for (const e of edges) {
    first[e.from] = Math.min(first[e.from], rank[e.to]);
    entered[e.to] = 1;
  }
  for (let i = 0; i < n; i++) if (!entered[i] && first[i] < Infinity) rank[i] = first[i] - 1;

  const into = groupBy(edges, (e) => e.to);
  const layer = new Int32Array(n);
  /** @type {number[]} */
  const sizes = [];
  for (const i of [...rank.keys()].sort((a, b) => rank[a] - rank[b] || a - b)) {
    let at = rank[i];
    if (!long) for (const e of into.get(i) ?? []) at = Math.max(at, layer[e.from] + 1);
    while ((sizes[at] ?? 0) >= most) at++;
    sizes[at] = (sizes[at] ?? 0) + 1;
    layer[i] = at;
  }
  return layer;
}

/**
 * How many edges a way to each node has from where nothing leads to.
 * @param {number} n
 * @param {Edge[]} edges
 * @param {(a: number, b: number) => number} which Math.max: the longest way; Math.min: the shortest
 */
function ranks(n, edges, which) {
  const out = groupBy(edges, (e) => e.from);
  const waits = new Int32Array(n);
  for (const e of edges) waits[e.to]++;
  const rank = new Int32Array(n).fill(-1);
  const ready = [...waits.keys()].filter((i) => !waits[i]);
  for (let i = ready.pop(); i !== undefined; i = ready.pop()) {
    rank[i] = Math.max(0, rank[i]);
    for (const e of out.get(i) ?? []) {
      rank[e.to] = rank[e.to] < 0 ? rank[i] + 1 : which(rank[e.to], rank[i] + 1);
      if (!--waits[e.to]) ready.push(e.to);
    }
  }
  return rank;
}
