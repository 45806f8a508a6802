// SPDX-License-Identifier: Apache-2.0

import { adjust, route } from '../app/router.js';
import { css, html, nothing } from '../vendor/lit.js';

/** What a table of numbers looks like whose columns can be sorted. */
export const tableStyle = css`
  table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
  thead th { position: sticky; top: 0; z-index: 1; background: var(--bg-raised); box-shadow: inset 0 -1px var(--line); text-align: right; font-weight: 600; padding: 0; }
  thead th:first-child { text-align: left; padding-left: 8px; }
  thead th.plain { padding: 0 8px; }
  thead button { min-height: 28px; padding: 2px 8px; border: 0; background: none; font-weight: inherit; }
  th[scope='row'] { text-align: left; font-weight: normal; max-width: 0; width: 40%; padding: 0 8px 0 16px; }
  th[scope='row'] a { display: block; line-height: 24px; color: var(--text); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  td { text-align: right; white-space: nowrap; }
  td { padding: 0 8px; line-height: 24px; }
  td, tbody th { border-bottom: 1px solid var(--line); }
  tbody tr > :last-child { padding-right: 16px; }
  thead th:last-child { padding-right: 8px; } /* its button has 8 more */
  thead th.plain:last-child { padding-right: 16px; }
  tbody tr:hover > * { background: var(--bg-hover); }
`;

/**
 * What the address says of a table's order: a column, with "-" in front the
 * largest first.
 * @template {string} C
 * @param {readonly C[]} columns
 * @param {C} otherwise the largest of it first, when the address names no column
 */
export function sorting(columns, otherwise) {
  const sort = String(route.value.params.sort);
  const column = columns.find((c) => c === sort.replace(/^-/, ''));
  return { column: column ?? otherwise, up: column !== undefined && !sort.startsWith('-') };
}

/**
 * A column's heading, which sorts by it.
 * @param {string} column
 * @param {string} text
 * @param {{ column: string, up: boolean }} sorted the table's order
 * @param {{ about?: string, rising?: boolean }} [options] a longer text; the smallest are first at first
 */
export function heading(column, text, sorted, { about = '', rising = false } = {}) {
  const mine = column === sorted.column;
  const next = (mine ? !sorted.up : rising) ? column : `-${column}`;
  return html`<th scope="col" class=${column} aria-sort=${mine ? (sorted.up ? 'ascending' : 'descending') : nothing}><button title=${about || nothing} @click=${() => adjust({ sort: next })}>${text}<span aria-hidden="true">${mine ? (sorted.up ? ' ▴' : ' ▾') : ''}</span></button></th>`;
}
