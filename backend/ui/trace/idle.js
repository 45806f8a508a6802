// SPDX-License-Identifier: Apache-2.0

/** @import { Idle, Trace } from '../types.js' */

/**
 * The times in which no span without children ran, by time: either nothing did,
 * or only spans that wait for others, or do what has no span of its own.
 * @param {Trace} t
 * @param {number} [focus] the span whose subtree alone counts, -1: all do
 * @returns {Idle[]}
 */
export function idleTimes(t, focus = -1) {
  const [first, end] = focus < 0 ? [0, t.count] : [focus, t.end[focus]];
  const leaves = new Int32Array(end - first);
  let n = 0;
  let [from, to] = [Infinity, -Infinity];
  for (let i = first; i < end; i++) {
    from = Math.min(from, t.starts[i]);
    to = Math.max(to, t.starts[i] + t.durations[i]);
    if (t.end[i] === i + 1) leaves[n++] = i;
  }
  /** @type {Idle[]} */
  const idle = [];
  let before = -1;
  let at = from;
  for (const i of leaves.subarray(0, n).sort((a, b) => t.starts[a] - t.starts[b])) {
    if (t.starts[i] > at) idle.push({ from: at, to: t.starts[i], before, after: i });
    const ends = t.starts[i] + t.durations[i];
    if (before >= 0 && ends < at) continue;
    before = i;
    at = ends;
  }
  if (at < to) idle.push({ from: at, to, before, after: -1 });
  return idle;
}

/**
 * The idle time in which a moment is.
 * @param {Idle[]} idle by time
 * @param {number} at ns
 */
export function idleAt(idle, at) {
  return idle.find((g) => g.from <= at && at <= g.to);
}

/**
 * The innermost span that runs all of a time, -1: there is none.
 * @param {Trace} t
 * @param {Idle} idle
 */
export function spanAround(t, { from, to }) {
  let around = -1;
  for (let i = 0; i < t.count; i++) {
    if (t.starts[i] <= from && t.starts[i] + t.durations[i] >= to && (around < 0 || t.depth[i] >= t.depth[around])) around = i;
  }
  return around;
}
