// SPDX-License-Identifier: Apache-2.0

/** @import { Key } from '../app/keys.js' */
/** @import { LinkedLanes } from './linked-lanes.js' */
import { base } from '../app/base.js';
import { adjust, navigate, route } from '../app/router.js';
import { addressOf, refTo } from './linked-lane.js';

/** The keys of linked traces, which the timeline has too. @type {Key[]} */
export const pageKeys = [
  ['a', 'Pan left'], ['d', 'Pan right'], ['ArrowLeft', 'Pan left'], ['ArrowRight', 'Pan right'],
  ['ArrowUp', 'Zoom in'], ['ArrowDown', 'Zoom out'], ['+', 'Zoom in'], ['-', 'Zoom out'], ['0', 'Show all of the time'],
  ['m', 'Measure from the span, or no longer'],
].map(([keys, does]) => ({ keys, does, page: 'trace' }));

/**
 * What a key of the page does.
 * @param {LinkedLanes} lanes
 * @param {string} key
 */
export function pageKey(lanes, key) {
  const { linked, cursor } = lanes;
  switch (key) {
    case 'a': case 'ArrowLeft': return lanes.pan(-0.1);
    case 'd': case 'ArrowRight': return lanes.pan(0.1);
    case '+': case 'ArrowUp': return lanes.zoom(0.8);
    case '-': case 'ArrowDown': return lanes.zoom(1.25);
    case '0': return lanes.show({ from: 0, to: 0 });
    case 'm': {
      const ref = linked && cursor ? refTo(linked, cursor.lane, Math.max(0, cursor.span)) : '';
      adjust({ from_span: ref === route.value.params.from_span ? '' : ref });
    }
  }
}

/**
 * What a key does while the lanes have the focus, as in other treegrids.
 * @param {LinkedLanes} lanes
 * @param {KeyboardEvent} event
 */
export function gridKey(lanes, event) {
  const { linked, rows, at } = lanes;
  if (!linked || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.composedPath()[0] !== lanes.grid) return;
  const row = rows[at];
  const go = (/** @type {number} */ to) => lanes.go(rows[Math.max(0, Math.min(rows.length - 1, to))]);
  const open = row && row.span < 0 ? lanes.open.has(linked.lanes[row.lane].id) : null;
  switch (event.key) {
    case 'ArrowDown': go(at + 1); break;
    case 'ArrowUp': go(at < 0 ? rows.length - 1 : at - 1); break;
    case 'Home': go(0); break;
    case 'End': go(rows.length - 1); break;
    case 'ArrowRight':
      if (!row) return;
      if (open === false) lanes.toggle(row.lane);
      else if (open) go(at + 1);
      break;
    case 'ArrowLeft':
      if (!row) return;
      if (open) lanes.toggle(row.lane);
      else if (row.span >= 0) go(rows.findIndex((r) => r.lane === row.lane));
      break;
    case 'Enter':
      if (!row) return;
      navigate(addressOf(linked, row.lane, row.span).slice(base.length));
      break;
    case ' ':
      if (!row) return;
      lanes.choose(row);
      break;
    default:
      return;
  }
  event.preventDefault();
}
