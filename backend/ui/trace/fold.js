// SPDX-License-Identifier: Apache-2.0

/** @import { Folds, SpanView, Trace } from '../types.js' */

/** So many equal siblings are a group. */
export const least = 10;

/**
 * The groups of siblings of the same service, name and kind. They need not
 * follow each other.
 * @param {Trace} t
 * @returns {Folds}
 */
export function foldSiblings(t) {
  const n = t.count;
  const { of: look, count: looks } = lookOf(t);
  const of = new Int32Array(n).fill(-1);
  const sizes = new Int32Array(looks); // siblings that look so
  const group = new Int32Array(looks); // and their group
  const siblings = new Int32Array(n);
  /** @type {number[]} */
  const first = [0];
  let members = 0;
  // Roots and orphans are siblings of their like.
  for (let p = -2; p < n; p++) {
    let count = 0;
    if (p < 0) {
      for (let i = 0; i < n; i = t.end[i]) if (t.parent[i] === p) siblings[count++] = i;
    } else {
      for (let i = p + 1; i < t.end[p]; i = t.end[i]) siblings[count++] = i;
    }
    if (count < least) continue;
    for (let s = 0; s < count; s++) {
      const l = look[siblings[s]];
      sizes[l]++;
      group[l] = -1;
    }
    for (let s = 0; s < count; s++) {
      const l = look[siblings[s]];
      if (sizes[l] < least) continue;
      if (group[l] < 0) {
        group[l] = first.length - 1;
        members += sizes[l];
        first.push(members);
      }
      of[siblings[s]] = group[l];
    }
    for (let s = 0; s < count; s++) sizes[look[siblings[s]]] = 0;
  }

  const folds = { count: first.length - 1, of, first: Int32Array.from(first), members: new Int32Array(members) };
  const next = folds.first.slice();
  for (let i = 0; i < n; i++) if (of[i] >= 0) folds.members[next[of[i]]++] = i;
  return folds;
}

/**
 * A number for each combination of service, name and kind.
 * @param {Trace} t
 */
function lookOf(t) {
  const of = new Int32Array(t.count);
  /** @type {Map<number, number>} */
  const known = new Map();
  for (let i = 0; i < t.count; i++) {
    const key = (t.service[i] * t.names.length + t.name[i]) * 6 + t.kind[i];
    let look = known.get(key);
    if (look === undefined) known.set(key, (look = known.size));
    of[i] = look;
  }
  return { of, count: known.size };
}

/**
 * The key of the tag that tells equal spans apart: that of most values, and of
 * those the one that comes first. "" when there is none.
 * @param {SpanView[]} views a group's spans, or some of them
 */
export function tellingTag(views) {
  /** @type {Map<string, Set<string>>} */
  const values = new Map();
  for (const view of views) {
    for (const { key, text } of view.tags) {
      const seen = values.get(key);
      if (seen) seen.add(text);
      else values.set(key, new Set([text]));
    }
  }
  let best = '';
  let most = 1;
  for (const [key, { size }] of values) if (size > most) [best, most] = [key, size];
  return best;
}
