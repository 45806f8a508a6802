// SPDX-License-Identifier: Apache-2.0

import { rowHeight } from '../app/theme.js';
import { css } from '../vendor/lit.js';

/** Of the head of a treegrid, px. */
export const headHeight = 28;

/** Rows are rendered in chunks, some of them out of sight, so that scrolling seldom renders. */
const chunk = 8;

/** What treegrids look like: a head that stays, and rows below it that are placed one by one. */
export const gridStyle = css`
  :host { display: block; position: relative; min-height: 0; min-width: 0; }
  :host::before { content: ''; position: absolute; inset: 0 0 auto; height: ${/** @type {any} */ (headHeight)}px; background: var(--bg-raised); border-bottom: 1px solid var(--line); }
  .grid { position: relative; height: 100%; overflow: hidden auto; scrollbar-gutter: stable; outline: none; }
  .grid > .head { position: sticky; top: 0; z-index: 2; display: grid; height: ${/** @type {any} */ (headHeight)}px; background: var(--bg-raised); border-bottom: 1px solid var(--line); }
  .rows { position: relative; }
  canvas { position: absolute; pointer-events: none; }
  .grid:focus-visible .row.at { box-shadow: inset 0 0 0 2px var(--accent); }
  .toggle { flex: none; width: 14px; height: var(--row); cursor: pointer; color: var(--text-soft); display: grid; place-items: center; }
  .toggle::before { content: ''; border: 4px solid transparent; border-left: 5px solid; border-right: 0; }
  .toggle.open::before { transform: rotate(90deg); }
  .toggle.none { visibility: hidden; }
  .toggle:hover { color: var(--text); }
  .swatch { flex: none; width: 4px; height: 14px; border-radius: 1px; }
  .texts { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
`;

/**
 * The chunk of rows that begins in sight.
 * @param {number} scrollTop px
 */
export function chunkAt(scrollTop) {
  return Math.floor(scrollTop / rowHeight / chunk);
}

/**
 * The rows that are in the page: those in sight, and some above and below them.
 * @param {number} top the first chunk in sight
 * @param {number} height px
 * @param {number} count of all rows
 */
export function rowsInPage(top, height, count) {
  const first = Math.max(0, Math.min(top, Math.floor(count / chunk)) * chunk - chunk);
  return { first, last: Math.min(count, top * chunk + Math.ceil(height / rowHeight) + 2 * chunk) };
}
