// SPDX-License-Identifier: Apache-2.0

/** @import { Paths, Stretch, Trace } from '../types.js' */
import { idleGaps } from './time-scale.js';

/**
 * The spans of each path by start: those of path p are
 * members[first[p]] … members[first[p + 1] - 1].
 * @param {Paths} paths
 */
export function membersOf({ trace: t, count, spans, of }) {
  const first = new Int32Array(count + 1);
  for (let p = 0; p < count; p++) first[p + 1] = first[p] + spans[p];
  const members = new Int32Array(first[count]);
  const next = first.slice();
  of.forEach((p, i) => {
    if (p >= 0) members[next[p]++] = i;
  });
  for (let p = 0; p < count; p++) members.subarray(first[p], first[p + 1]).sort((x, y) => t.starts[x] - t.starts[y] || x - y);
  return { first, members };
}

/**
 * When both traces are idle, each since its own start; what is over is idle.
 * @param {Trace} a
 * @param {Trace} b
 * @returns {Stretch[]}
 */
export function sharedGaps(a, b) {
  const [x, y] = [a, b].map((t) => [...idleGaps(t), { from: t.duration, to: Infinity }]);
  const shared = [];
  for (let i = 0, k = 0; i < x.length && k < y.length; x[i].to < y[k].to ? i++ : k++) {
    const [from, to] = [Math.max(x[i].from, y[k].from), Math.min(x[i].to, y[k].to)];
    if (to > from && to < Infinity) shared.push({ from, to });
  }
  return shared;
}
