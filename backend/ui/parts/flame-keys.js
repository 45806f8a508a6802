// SPDX-License-Identifier: Apache-2.0

/** @import { Key } from '../app/keys.js' */
/** @import { FlameGraph } from './flame-graph.js' */
import { adjust } from '../app/router.js';
import { choose, seek } from '../app/trace-actions.js';
import { below } from '../trace/flame.js';

/** The keys of the flame view. @type {Key[]} */
export const flameKeys = [
  ['n', 'Next path with a match'], ['N', 'Previous path with a match'], ['e', 'Next path with an error'], ['E', 'Previous path with an error'],
  ['Escape', 'Close the panel, show all paths, or clear the search'],
].map(([keys, does]) => ({ keys, does, page: 'trace' }));

/**
 * What a key of the page does.
 * @param {FlameGraph} flame
 * @param {string} key
 */
export function flameKey(flame, key) {
  if (!flame.view) return;
  const { view, paths, at, top } = flame.shown;
  const { status } = view.trace;
  const next = (/** @type {(span: number) => boolean} */ is) =>
    seek(view, key === key.toLowerCase() ? 1 : -1, (i) => paths.of[i] >= 0 && paths.of[i] !== at && is(i));
  switch (key) {
    case 'n': case 'N': next((i) => view.found?.mask[i] === 1); break;
    case 'e': case 'E': next((i) => status[i] === 2); break;
    case 'Escape':
      if (view.chosen >= 0) choose(view.trace, -1);
      else if (top >= 0) flame.zoom(-1);
      else adjust({ find: '', only: false });
  }
}

/**
 * What a key does while the tree of paths has the focus: down to the widest below,
 * up, and to both sides.
 * @param {FlameGraph} flame
 * @param {KeyboardEvent} event
 */
export function treeKey(flame, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const { paths, weight, top, at } = flame.shown;
  const begin = top >= 0 ? top : below(paths, weight, -1)[0];
  const kin = at < 0 ? [] : below(paths, weight, paths.parent[at]);
  const to = at < 0 ? begin : {
    ArrowDown: below(paths, weight, at)[0],
    ArrowUp: paths.parent[at],
    ArrowLeft: kin[kin.indexOf(at) - 1],
    ArrowRight: kin[kin.indexOf(at) + 1],
    Home: begin,
  }[event.key];
  if (event.key === 'Enter' || event.key === ' ') {
    if (at >= 0) flame.zoom(at === top ? paths.parent[at] : at);
  } else if (!/^(Arrow|Home$)/.test(event.key)) return;
  else if (to !== undefined && to >= 0) flame.go(to);
  event.preventDefault();
}
