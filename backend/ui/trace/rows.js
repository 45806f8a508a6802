// SPDX-License-Identifier: Apache-2.0

/** @import { Folds, Group, RowOptions, Rows, Trace } from '../types.js' */

/**
 * The rows to be seen, in the order of the tree. The rows of an open group are
 * its members with what is below them.
 * @param {Trace} t
 * @param {RowOptions} [options]
 * @returns {Rows}
 */
export function visible(t, { collapsed = new Set(), focus = -1, hidden = null, only = null, folds = null, open = new Set() } = {}) {
  const [first, end] = focus < 0 ? [0, t.count] : [focus, t.end[focus]];
  const kept = only && withAncestors(t, only, hidden);
  let left = 0;
  let leftErrors = 0;
  if (hidden) {
    for (let i = first; i < end; i++) {
      if (!hidden[i]) continue;
      left++;
      if (t.status[i] === 2) leftErrors++;
    }
  }
  const shown = (/** @type {number} */ i) => !(hidden && hidden[i]) && !(kept && !kept[i]);
  const sizes = folds && groupSizes(folds, shown);
  const errors = folds && errorsBefore(t);

  const rows = new Int32Array(end - first + (folds?.count ?? 0));
  const levels = new Int32Array(rows.length);
  const below = new Int32Array(t.count); // the level of the children of a span
  /** @type {Group[]} */
  const groups = [];
  const done = new Uint8Array(folds?.count ?? 0);
  /** Open groups whose members are being walked. @type {{ members: Int32Array, next: number, level: number, back: number, end: number }[]} */
  const walks = [];
  let n = 0;
  let i = first;
  let stop = end;
  let member = -1; // i, when it begins a member's turn in the innermost walk
  for (;;) {
    if (i >= stop) {
      const walk = walks.at(-1);
      if (!walk) break;
      if (walk.next < walk.members.length) {
        member = i = walk.members[walk.next++];
        stop = t.end[i];
        continue;
      }
      walks.pop();
      i = walk.back;
      stop = walk.end;
      continue;
    }
    if (!shown(i)) {
      below[i] = level(i);
      i = kept && !kept[i] ? t.end[i] : i + 1;
      continue;
    }
    const fold = folds ? folds.of[i] : -1;
    if (folds && errors && sizes && fold >= 0 && sizes[fold] > 1 && i !== member && i !== focus) {
      if (!done[fold]) {
        done[fold] = 1;
        const group = newGroup(t, folds, fold, sizes[fold], shown, errors, open.has(fold));
        levels[n] = level(i);
        rows[n++] = ~groups.length;
        groups.push(group);
        if (group.open) {
          walks.push({ members: group.members, next: 0, level: level(i) + 1, back: t.end[i], end: stop });
          i = stop;
          continue;
        }
      }
      i = t.end[i];
      continue;
    }
    levels[n] = i === member ? /** @type {{ level: number }} */ (walks.at(-1)).level : level(i);
    member = -1;
    below[i] = levels[n] + 1;
    rows[n++] = i;
    i = collapsed.has(i) ? t.end[i] : i + 1;
  }
  return { rows: rows.subarray(0, n), levels: levels.subarray(0, n), groups, hidden: left, hiddenErrors: leftErrors };

  /** @param {number} i */
  function level(i) {
    return t.parent[i] < first ? 0 : below[t.parent[i]];
  }
}

/**
 * 1 for the spans of a mask that are not hidden, and for those above them.
 * @param {Trace} t
 * @param {Uint8Array} mask
 * @param {Uint8Array | null} hidden
 */
function withAncestors(t, mask, hidden) {
  const kept = hidden ? mask.map((m, i) => m & ~hidden[i]) : mask.slice();
  for (let i = t.count - 1; i >= 0; i--) if (kept[i] && t.parent[i] >= 0) kept[t.parent[i]] = 1;
  return kept;
}

/**
 * How many members of each group are shown.
 * @param {Folds} folds
 * @param {(i: number) => boolean} shown
 */
function groupSizes(folds, shown) {
  const sizes = new Int32Array(folds.count);
  for (let g = 0; g < folds.count; g++) {
    for (let m = folds.first[g]; m < folds.first[g + 1]; m++) if (shown(folds.members[m])) sizes[g]++;
  }
  return sizes;
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
 * @param {Trace} t
 * @param {Folds} folds
 * @param {number} fold
 * @param {number} size
 * @param {(i: number) => boolean} shown
 * @param {Int32Array} before
 * @param {boolean} open
 * @returns {Group}
 */
function newGroup(t, folds, fold, size, shown, before, open) {
  const members = new Int32Array(size);
  let n = 0;
  let spans = 0;
  let errors = 0;
  for (let m = folds.first[fold]; m < folds.first[fold + 1]; m++) {
    const i = folds.members[m];
    if (!shown(i)) continue;
    members[n++] = i;
    spans += t.end[i] - i;
    errors += before[t.end[i]] - before[i];
  }
  const i = members[0];
  return { fold, parent: t.parent[i], members, name: t.name[i], service: t.service[i], kind: t.kind[i], spans, errors, open };
}
