// SPDX-License-Identifier: Apache-2.0

/** @import { Key } from '../app/keys.js' */
/** @import { LinkedLanes } from './linked-lanes.js' */
import { base } from '../app/base.js';
import { adjust, navigate, route } from '../app/router.js';
import { addressOf, laneHeight, refTo } from './linked-lane.js';
import { treeKey } from './tree-keys.js';

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
 * What a key does while the lanes have the focus.
 * @param {LinkedLanes} lanes
 * @param {KeyboardEvent} event
 */
export function gridKey(lanes, event) {
  const { linked, rows, at } = lanes;
  if (!linked) return;
  const row = rows[at];
  treeKey(event, {
    n: at, count: rows.length, page: Math.max(1, Math.floor(lanes.clientHeight / laneHeight) - 1),
    open: row && row.span < 0 ? lanes.open.has(linked.lanes[row.lane].id) : null,
    go: (to) => lanes.go(rows[to]), toggle: () => lanes.toggle(row.lane), above: () => (row.span < 0 ? -1 : rows.findIndex((r) => r.lane === row.lane)),
    choose: (key) => (key === 'Enter' ? navigate(addressOf(linked, row.lane, row.span).slice(base.length)) : lanes.choose(row)),
  });
}
