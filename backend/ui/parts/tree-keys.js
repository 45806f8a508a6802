// SPDX-License-Identifier: Apache-2.0

/**
 * Rows of which some have others below them.
 * @typedef {object} Rows
 * @property {number} n the row where the keyboard is, -1: none
 * @property {number} count
 * @property {number} page how many are in sight
 * @property {boolean | null} open whether what is below row n is shown; null: nothing is below it
 * @property {(to: number) => void} go to another row
 * @property {() => void} toggle opens row n or closes it
 * @property {() => number} above the row that row n is below of, -1: none
 * @property {(key: string) => void} choose row n, by Enter or the space bar
 */

/**
 * What a key does while a treegrid has the focus: https://www.w3.org/WAI/ARIA/apg/patterns/treegrid/.
 * @param {KeyboardEvent} event of the grid
 * @param {Rows} rows
 */
export function treeKey(event, { n, count, page, open, go, toggle, above, choose }) {
  if (event.composedPath()[0] !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const { key } = event;
  let to = { ArrowDown: n + 1, ArrowUp: n < 0 ? count - 1 : n - 1, PageDown: n + page, PageUp: n - page, Home: 0, End: count - 1 }[key];
  if (to === undefined) {
    if (n < 0) return;
    if (key === 'ArrowRight' && open) {
      to = n + 1;
    } else if (key === 'ArrowLeft' && !open) {
      const up = above();
      to = up < 0 ? n : up;
    } else if (key === 'ArrowLeft' || key === 'ArrowRight') {
      if (open !== null) toggle();
    } else if (key === 'Enter' || key === ' ') {
      choose(key);
    } else {
      return;
    }
  }
  event.preventDefault();
  if (count && to !== undefined) go(Math.max(0, Math.min(count - 1, to)));
}
