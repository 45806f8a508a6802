// SPDX-License-Identifier: Apache-2.0

/** @import { Folds, Trace } from '../types.js' */

/**
 * All spans that have children, but the roots: with them collapsed, a trace is
 * its first two levels.
 * @param {Trace} t
 * @returns {Set<number>}
 */
export function collapseAll(t) {
  const collapsed = new Set();
  for (let i = 0; i < t.count; i++) if (t.depth[i] > 0 && t.end[i] > i + 1) collapsed.add(i);
  return collapsed;
}

/**
 * One level less: the deepest spans that show their children do so no more.
 * @param {Trace} t
 * @param {ReadonlySet<number>} collapsed
 * @returns {Set<number>}
 */
export function collapseOne(t, collapsed) {
  const open = parentsInSight(t, collapsed).filter((i) => !collapsed.has(i));
  const deepest = open.reduce((depth, i) => Math.max(depth, t.depth[i]), 0);
  return new Set([...collapsed, ...open.filter((i) => t.depth[i] === deepest)]);
}

/**
 * One level more: the uppermost collapsed spans show their children.
 * @param {Trace} t
 * @param {ReadonlySet<number>} collapsed
 * @returns {Set<number>}
 */
export function expandOne(t, collapsed) {
  const closed = parentsInSight(t, collapsed).filter((i) => collapsed.has(i));
  const top = closed.reduce((depth, i) => Math.min(depth, t.depth[i]), Infinity);
  return new Set([...collapsed].filter((i) => t.depth[i] > top));
}

/**
 * The spans with children that are below no collapsed one.
 * @param {Trace} t
 * @param {ReadonlySet<number>} collapsed
 */
function parentsInSight(t, collapsed) {
  /** @type {number[]} */
  const spans = [];
  for (let i = 0; i < t.count; i = collapsed.has(i) ? t.end[i] : i + 1) if (t.end[i] > i + 1) spans.push(i);
  return spans;
}

/**
 * What must be open for a span to be a row: its ancestors, and the groups that
 * it or they are in.
 * @param {Trace} t
 * @param {number} span
 * @param {{ collapsed: ReadonlySet<number>, folds: Folds | null, open: ReadonlySet<number> }} state
 * @returns {{ collapsed: Set<number>, open: Set<number> }}
 */
export function reveal(t, span, { collapsed, folds, open }) {
  const shown = { collapsed: new Set(collapsed), open: new Set(open) };
  for (let i = span; i >= 0; i = t.parent[i]) {
    if (i !== span) shown.collapsed.delete(i);
    if (folds && folds.of[i] >= 0) shown.open.add(folds.of[i]);
  }
  return shown;
}
