// SPDX-License-Identifier: Apache-2.0

/** @import { Folds, Trace } from '../types.js' */

/**
 * All spans that have children, but the roots: with them collapsed, a trace is
 * its first two levels.
 * @param {Trace} t
 * @returns {Set<number>}
 */
export function collapseAll(t) {
  return collapseFrom(t, 1);
}

/**
 * One level less: the deepest spans that show their children do so no more.
 * @param {Trace} t
 * @param {ReadonlySet<number>} collapsed
 */
export function collapseOne(t, collapsed) {
  const deepest = depthShown(t, collapsed, (open, i) => Math.max(open, t.depth[i]), -1, false);
  return deepest < 0 ? new Set(collapsed) : withDepth(t, collapsed, deepest);
}

/**
 * One level more: the uppermost collapsed spans show their children.
 * @param {Trace} t
 * @param {ReadonlySet<number>} collapsed
 */
export function expandOne(t, collapsed) {
  const top = depthShown(t, collapsed, (open, i) => Math.min(open, t.depth[i]), Infinity, true);
  return new Set([...collapsed].filter((i) => t.depth[i] > top));
}

/**
 * @param {Trace} t
 * @param {number} depth
 */
function collapseFrom(t, depth) {
  const collapsed = new Set();
  for (let i = 0; i < t.count; i++) if (t.depth[i] >= depth && t.end[i] > i + 1) collapsed.add(i);
  return collapsed;
}

/**
 * @param {Trace} t
 * @param {ReadonlySet<number>} collapsed
 * @param {number} depth
 */
function withDepth(t, collapsed, depth) {
  const more = new Set(collapsed);
  for (let i = 0; i < t.count; i++) if (t.depth[i] === depth && t.end[i] > i + 1) more.add(i);
  return more;
}

/**
 * Folds over the spans in sight that have children and are collapsed, or not.
 * @param {Trace} t
 * @param {ReadonlySet<number>} collapsed
 * @param {(sofar: number, span: number) => number} f
 * @param {number} begin
 * @param {boolean} those that are collapsed
 */
function depthShown(t, collapsed, f, begin, those) {
  for (let i = 0; i < t.count; i = collapsed.has(i) ? t.end[i] : i + 1) {
    if (t.end[i] > i + 1 && collapsed.has(i) === those) begin = f(begin, i);
  }
  return begin;
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
