// SPDX-License-Identifier: Apache-2.0

/** @import { Folds, Group, RowOptions, Rows, Trace } from '../types.js' */

/**
 * The rows to be seen, in the order of the tree, but that the members of an open
 * group, with what is below them, follow each other.
 * @param {Trace} t
 * @param {RowOptions} [options]
 * @returns {Rows}
 */
export function visible(t, { collapsed = new Set(), focus = -1, hidden = null, only = null, folds = null, open = new Set() } = {}) {
  const [first, end] = focus < 0 ? [0, t.count] : [focus, t.end[focus]];
  const shown = shownSpans(t, hidden, only);
  const grouping = folds && newGrouping(t, folds, shown, open);
  const rows = new Int32Array(end - first + (folds?.count ?? 0));
  const levels = new Int32Array(rows.length);
  const below = new Int32Array(t.count); // the level of a span's children
  /** Open groups within each other. @type {{ members: Int32Array, next: number, level: number, back: number, end: number }[]} */
  const walks = [];
  let n = 0;
  let i = first;
  let stop = end;
  let member = false; // i is one of the innermost walk, and has no row yet
  for (;;) {
    if (i >= stop) {
      const walk = walks.at(-1);
      if (!walk) break;
      member = walk.next < walk.members.length;
      if (member) {
        i = walk.members[walk.next++];
        stop = t.end[i];
      } else {
        walks.pop();
        i = walk.back;
        stop = walk.end;
      }
      continue;
    }
    const level = member ? walks[walks.length - 1].level : t.parent[i] < first ? 0 : below[t.parent[i]];
    if (!shown[i]) {
      below[i] = level; // what is below moves up
      i++;
      continue;
    }
    if (grouping && !member && i !== focus && grouping.has(i)) {
      const group = grouping.next(i);
      if (group) {
        levels[n] = level;
        rows[n++] = ~(grouping.groups.length - 1);
      }
      const back = t.end[i];
      if (group?.open) {
        walks.push({ members: group.members, next: 0, level: level + 1, back, end: stop });
        i = stop;
      } else {
        i = back;
      }
      continue;
    }
    member = false;
    below[i] = level + 1;
    levels[n] = level;
    rows[n++] = i;
    i = collapsed.has(i) ? t.end[i] : i + 1;
  }
  return { rows: rows.subarray(0, n), levels: levels.subarray(0, n), groups: grouping?.groups ?? [], ...countHidden(t, first, end, hidden) };
}

/**
 * 1 for the spans that are to be seen: those that are not hidden and, of only,
 * these and what is above them.
 * @param {Trace} t
 * @param {Uint8Array | null} hidden
 * @param {Uint8Array | null} only
 */
function shownSpans(t, hidden, only) {
  const shown = new Uint8Array(t.count).fill(1);
  if (only) {
    for (let i = t.count - 1; i >= 0; i--) {
      // What is below span i had its turn, and left 2 when it is to be seen.
      if (shown[i] !== 2 && (!only[i] || hidden?.[i])) shown[i] = 0;
      else if (t.parent[i] >= 0) shown[t.parent[i]] = 2;
    }
  }
  if (hidden) for (let i = 0; i < t.count; i++) if (hidden[i]) shown[i] = 0;
  return shown;
}

/**
 * @param {Trace} t
 * @param {number} first
 * @param {number} end
 * @param {Uint8Array | null} hidden
 */
function countHidden(t, first, end, hidden) {
  const counts = { hidden: 0, hiddenErrors: 0 };
  if (!hidden) return counts;
  for (let i = first; i < end; i++) {
    if (!hidden[i]) continue;
    counts.hidden++;
    if (t.status[i] === 2) counts.hiddenErrors++;
  }
  return counts;
}

/**
 * How many spans before each, in the order of the tree, failed: a subtree has
 * errors[t.end[i]] - errors[i].
 * @param {Trace} t
 */
export function errorsBefore(t) {
  const errors = new Int32Array(t.count + 1);
  for (let i = 0; i < t.count; i++) errors[i + 1] = errors[i] + (t.status[i] === 2 ? 1 : 0);
  return errors;
}

/**
 * The groups of which two members or more are shown, made as they are met.
 * @param {Trace} t
 * @param {Folds} folds
 * @param {Uint8Array} shown
 * @param {ReadonlySet<number>} open
 */
function newGrouping(t, folds, shown, open) {
  const errors = errorsBefore(t);
  const sizes = new Int32Array(folds.count);
  for (let g = 0; g < folds.count; g++) {
    for (let m = folds.first[g]; m < folds.first[g + 1]; m++) if (shown[folds.members[m]]) sizes[g]++;
  }
  const met = new Uint8Array(folds.count);
  /** @type {Group[]} */
  const groups = [];
  return {
    groups,

    /** Whether a span is in a group. @param {number} i */
    has(i) {
      return folds.of[i] >= 0 && sizes[folds.of[i]] > 1;
    },

    /** The group of a span, null when it was met before. @param {number} i */
    next(i) {
      const fold = folds.of[i];
      if (met[fold]) return null;
      met[fold] = 1;
      const members = folds.members.subarray(folds.first[fold], folds.first[fold + 1]).filter((m) => shown[m]);
      let spans = 0;
      let failed = 0;
      for (const m of members) {
        spans += t.end[m] - m;
        failed += errors[t.end[m]] - errors[m];
      }
      /** @type {Group} */
      const group = { fold, parent: t.parent[i], members, name: t.name[i], service: t.service[i], kind: t.kind[i], spans, errors: failed, open: open.has(fold) };
      groups.push(group);
      return group;
    },
  };
}
