// SPDX-License-Identifier: Apache-2.0

/** @import { Rows, Trace } from '../types.js' */

/**
 * The rows to be seen: the spans in the order of the tree, without those below a
 * collapsed one.
 * @param {Trace} t
 * @param {Set<number>} collapsed spans
 * @returns {Rows}
 */
export function visible(t, collapsed) {
  const rows = new Int32Array(t.count);
  let n = 0;
  for (let i = 0; i < t.count; i = collapsed.has(i) ? t.end[i] : i + 1) rows[n++] = i;
  return { rows: rows.subarray(0, n), groups: [] };
}
