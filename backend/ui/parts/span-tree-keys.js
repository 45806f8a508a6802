// SPDX-License-Identifier: Apache-2.0

/** @import { Key } from '../app/keys.js' */
/** @import { SpanTree } from './span-tree.js' */
import { adjust } from '../app/router.js';
import { rowHeight } from '../app/theme.js';
import { choose, focusOn, measureFrom, seek } from '../app/trace-actions.js';
import { change, cursor, state } from '../app/trace-state.js';
import { usual, usualOf, wantUsual } from '../app/usual.js';
import { setZoom } from '../app/zoom.js';
import { collapseAll, collapseOne, expandOne } from '../trace/collapse.js';
import { unusual } from '../trace/usual.js';
import { treeKey } from './tree-keys.js';

/** The keys of the tree, of which Jaeger's UI has those up to "[". @type {Key[]} */
export const pageKeys = [
  ['s', 'Scroll down'], ['w', 'Scroll up'],
  ['f', 'Next span in the stretch shown'], ['b', 'Previous span in the stretch shown'],
  ['a', 'Pan left'], ['d', 'Pan right'], ['ArrowLeft', 'Pan left'], ['ArrowRight', 'Pan right'],
  ['A', 'Pan left, far'], ['D', 'Pan right, far'], ['Shift+ArrowLeft', 'Pan left, far'], ['Shift+ArrowRight', 'Pan right, far'],
  ['ArrowUp', 'Zoom in'], ['ArrowDown', 'Zoom out'], ['Shift+ArrowUp', 'Zoom in, far'], ['Shift+ArrowDown', 'Zoom out, far'],
  ['p', 'Open one level less'], ['o', 'Open one level more'], [']', 'Open none of the levels'], ['[', 'Open all levels'],
  ['+', 'Zoom in'], ['-', 'Zoom out'], ['0', 'Show the whole trace'], ['z', 'Zoom to the span'],
  ['t', 'Show the subtree of the span alone, or all'], ['m', 'Measure from the span, or no longer'],
  ['e', 'Next error'], ['E', 'Previous error'], ['u', 'Next unusual span'], ['U', 'Previous unusual span'], ['n', 'Next match'], ['N', 'Previous match'],
  ['Escape', 'Close the panel, or clear the search'],
].map(([keys, does]) => ({ keys, does, page: 'trace' }));

/**
 * What a key of the page does.
 * @param {SpanTree} tree
 * @param {string} key
 */
export function pageKey(tree, key) {
  const view = tree.view;
  if (!view) return;
  const { trace: t } = view;
  const span = view.chosen >= 0 ? view.chosen : cursor.value?.at ?? -1;
  switch (key) {
    case 's':
    case 'w':
      tree.grid?.scrollBy({ top: (key === 's' ? 1 : -1) * Math.floor(tree.height * 0.7 / rowHeight) * rowHeight });
      break;
    case 'f':
    case 'b': {
      const { from, to } = tree.shown;
      step(tree, key === 'f' ? 1 : -1, (i) => t.starts[i] <= to && t.starts[i] + t.durations[i] >= from);
      break;
    }
    case 'e':
    case 'E':
      seek(view, key === 'e' ? 1 : -1, (i) => t.status[i] === 2);
      break;
    case 'u':
    case 'U':
      seekUnusual(tree, key === 'u' ? 1 : -1);
      break;
    case 'n':
    case 'N':
      seek(view, key === 'n' ? 1 : -1, (i) => view.found?.mask[i] === 1);
      break;
    case 'a': case 'ArrowLeft': tree.pan(-0.1); break;
    case 'd': case 'ArrowRight': tree.pan(0.1); break;
    case 'A': case 'Shift+ArrowLeft': tree.pan(-0.5); break;
    case 'D': case 'Shift+ArrowRight': tree.pan(0.5); break;
    case '+': case 'ArrowUp': tree.zoom(0.8); break;
    case '-': case 'ArrowDown': tree.zoom(1.25); break;
    case 'Shift+ArrowUp': tree.zoom(0.4); break;
    case 'Shift+ArrowDown': tree.zoom(2.5); break;
    case '0': setZoom({ from: 0, to: 0 }); break;
    case '[': change({ collapsed: new Set() }); break;
    case ']': change({ collapsed: collapseAll(t) }); break;
    case 'o': change({ collapsed: expandOne(t, state.value?.collapsed ?? new Set()) }); break;
    case 'p': change({ collapsed: collapseOne(t, state.value?.collapsed ?? new Set()) }); break;
    case 'z': if (span >= 0) tree.show({ from: t.starts[span], to: t.starts[span] + t.durations[span] }); break;
    case 't': focusOn(t, view.focus >= 0 ? -1 : span); break;
    case 'Escape': view.chosen >= 0 ? choose(t, -1) : adjust({ find: '', only: false }); break;
    case 'm': measureFrom(t, view.measured >= 0 && view.measured === span ? -1 : span); break;
  }
}

/**
 * Goes to the next span that took longer than usual, or the one before, as soon as
 * it is known of all services.
 * @param {SpanTree} tree
 * @param {1 | -1} by
 */
async function seekUnusual(tree, by) {
  const asked = tree.view?.trace;
  if (!asked) return;
  adjust({ usual: true });
  await wantUsual(asked, asked.services.keys());
  const view = tree.view;
  if (!tree.isConnected || view?.trace !== asked) return;
  seek(view, by, (i) => unusual(asked.durations[i], usualOf(usual.value, asked, asked.service[i], asked.name[i])) !== '');
}

/**
 * What a key does while the tree has the focus.
 * @param {SpanTree} tree
 * @param {KeyboardEvent} event
 */
export function gridKey(tree, event) {
  const { view } = tree;
  if (!view) return;
  const n = tree.rowOf(cursor.value?.at);
  const value = n < 0 ? -1 : tree.valueOf(n);
  const toggle = () => tree.toggle(value);
  treeKey(event, {
    n, count: view.rows.rows.length, page: Math.max(1, Math.floor(tree.height / rowHeight) - 2), open: n < 0 ? null : openness(tree, n),
    go: (to) => move(tree, to), toggle, above: () => above(tree, n),
    choose: () => (value < 0 ? toggle() : choose(view.trace, value === view.chosen ? -1 : value)),
  });
}

/**
 * Whether what is below a row is shown; null: nothing is.
 * @param {SpanTree} tree
 * @param {number} n
 */
function openness({ view }, n) {
  if (!view) return null;
  const value = view.rows.rows[n];
  if (value < 0) return view.rows.groups[~value].open;
  return view.trace.end[value] === value + 1 ? null : !state.value?.collapsed.has(value);
}

/**
 * The row that a row is below of, -1: none.
 * @param {SpanTree} tree
 * @param {number} n
 */
function above({ view }, n) {
  const levels = view?.rows.levels ?? new Int32Array(0);
  let up = n - 1;
  while (up >= 0 && levels[up] >= levels[n]) up--;
  return up;
}

/**
 * Moves the keyboard to a row. When a panel is open, it shows the span there.
 * @param {SpanTree} tree
 * @param {number} n
 */
function move(tree, n) {
  const value = tree.valueOf(n);
  cursor.value = { at: value };
  if (value >= 0 && tree.view && tree.view.chosen >= 0) choose(tree.view.trace, value);
}

/**
 * Moves to the next row, or the one before, of a span of which something is true.
 * @param {SpanTree} tree
 * @param {1 | -1} by
 * @param {(span: number) => boolean} is
 */
function step(tree, by, is) {
  const rows = tree.view?.rows.rows ?? new Int32Array(0);
  const at = tree.rowOf(cursor.value?.at);
  for (let n = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by; n >= 0 && n < rows.length; n += by) {
    if (rows[n] >= 0 && is(rows[n])) return move(tree, n);
  }
}
