// SPDX-License-Identifier: Apache-2.0

/** @import { CompareTree } from './compare-tree.js' */
import { closed } from '../app/compare-view.js';
import { adjust, route } from '../app/router.js';
import { rowHeight } from '../app/theme.js';
import { hashAt } from '../trace/compare.js';
import { treeKey } from './tree-keys.js';

/** @type {import('../app/keys.js').Key[]} */
export const pageKeys = [
  ['n', 'Next path that changed'], ['N', 'Previous path that changed'],
  ['[', 'Open all levels'], [']', 'Open none of the levels'], ['0', 'Show all of the time'],
  ['Escape', 'Close the path, or show all of them'],
].map(([keys, does]) => ({ keys, does, page: 'compare' }));

/**
 * What a key of the page does.
 * @param {CompareTree} tree
 * @param {string} key
 */
export function pageKey(tree, key) {
  const { view } = tree;
  if (!view) return;
  const { c, d, rows, chosen } = view;
  switch (key) {
    case 'n':
    case 'N': {
      const by = key === 'n' ? 1 : -1;
      const from = rows.indexOf(tree.active);
      for (let k = 1; k <= rows.length; k++) {
        const n = ((from < 0 && by < 0 ? 0 : from) + by * k + rows.length) % rows.length;
        if (d.change[rows[n]]) return tree.go(n);
      }
      break;
    }
    case '[': closed.value = { ...closed.value, paths: new Set() }; break;
    case ']': closed.value = { ...closed.value, paths: new Set(Array.from({ length: c.count }, (_, at) => at).filter((at) => c.depth[at] > 0 && c.end[at] > at + 1).map((at) => hashAt(c, at))) }; break;
    case '0': adjust({ from: 0, to: 0 }); break;
    case 'Escape': adjust(chosen >= 0 ? { path: '' } : { find: '', only: '' }); break;
  }
}

/**
 * What a key does while the tree has the focus.
 * @param {CompareTree} tree
 * @param {KeyboardEvent} event
 */
export function gridKey(tree, event) {
  const { view, active: at } = tree;
  if (!view) return;
  const { c, rows } = view;
  const n = rows.indexOf(at);
  const below = n >= 0 && route.value.params.sort !== 'time' && c.end[at] > at + 1;
  treeKey(event, {
    n, count: rows.length, page: Math.max(1, Math.floor(tree.height / rowHeight) - 2), open: below ? !closed.value.paths.has(hashAt(c, at)) : null,
    go: (to) => tree.go(to), toggle: () => tree.toggle(at), above: () => rows.indexOf(c.parent[at]), choose: () => tree.choose(at),
  });
}
