// SPDX-License-Identifier: Apache-2.0

/** @import { TraceSummary } from '../types.js' */

/**
 * Traces that have something in common.
 * @typedef {object} TraceGroup
 * @property {string} name
 * @property {number[]} rows indices of the traces
 * @property {number} failed traces with errors
 * @property {number} median duration, ns
 * @property {number} longest duration, ns
 */

/**
 * Groups traces, those of most traces first.
 * @param {TraceSummary[]} rows
 * @param {string} by service or operation, of the root; or a tag of columns
 * @param {string[]} columns tags that the rows have
 * @returns {TraceGroup[]}
 */
export function groupTraces(rows, by, columns) {
  const column = columns.indexOf(by);
  const name = (/** @type {TraceSummary} */ t) => {
    if (by === 'service') return t.rootService;
    if (by === 'operation') return `${t.rootService}: ${t.rootName}`;
    return t.columns?.[column] || `without ${by}`;
  };
  /** @type {Map<string, number[]>} */
  const members = new Map();
  rows.forEach((t, i) => {
    const list = members.get(name(t));
    if (list) list.push(i);
    else members.set(name(t), [i]);
  });
  const groups = [...members].map(([name, list]) => {
    const durations = list.map((i) => Number(rows[i].duration)).sort((a, b) => a - b);
    return {
      name,
      rows: list,
      failed: list.filter((i) => rows[i].errors > 0).length,
      median: durations[durations.length >> 1],
      longest: durations[durations.length - 1],
    };
  });
  return groups.sort((a, b) => b.rows.length - a.rows.length || (a.name < b.name ? -1 : 1));
}

/**
 * The lines of a list: a row's index, or ~the index of a group, whose rows follow
 * unless it is closed.
 * @param {number} count of rows
 * @param {TraceGroup[] | null} groups
 * @param {Set<string>} closed names of groups
 */
export function lines(count, groups, closed) {
  if (!groups) return Int32Array.from({ length: count }, (_, i) => i);
  /** @type {number[]} */
  const list = [];
  groups.forEach((g, i) => {
    list.push(~i);
    if (!closed.has(g.name)) for (const row of g.rows) list.push(row);
  });
  return Int32Array.from(list);
}
