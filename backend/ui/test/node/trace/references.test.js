// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkedFrom, linksOut, shortTraceID } from '../../../trace/references.js';
import { fromOutline, spanID } from '../../../trace/trace.js';
import { hex, outline } from './make.js';

/**
 * A trace of three spans in another order than in the outline, with links: the
 * span, as in the outline, the trace, and the id of the span there.
 * @param {string} traceID
 * @param {[number, string, number][]} list
 */
function linked(traceID, list) {
  const traces = [...new Set(list.map(([, trace]) => trace))];
  return fromOutline({
    ...outline([-1, -1, 0]), traceID,
    links: { span: list.map(([span]) => span), trace: list.map(([, trace]) => traces.indexOf(trace)), ids: list.map(([, , id]) => hex(id)).join(''), traces, more: 0 },
  });
}

test('which spans link to a span', () => {
  const own = linked('aa', [[1, 'aa', 0], [2, 'aa', 0], [2, 'bb', 0]]);
  assert.deepEqual(linkedFrom(own, own, 0).map((i) => spanID(own, i)), [hex(1), hex(2)]);
  assert.deepEqual(linkedFrom(own, own, 1), []);
  const other = linked('bb', [[0, 'aa', 2], [0, 'aa', 2], [2, 'cc', 2], [2, 'aa', 20]]);
  assert.deepEqual(linkedFrom(other, own, 1), [0], 'span 1 is the last of the outline');
  assert.deepEqual(linkedFrom(fromOutline(outline([-1])), own, 0), []);
});

test('which traces link to others', () => {
  assert.equal(linksOut(fromOutline(outline([-1]))), false);
  assert.equal(linksOut(linked('aa', [[1, 'aa', 0]])), false);
  assert.equal(linksOut(linked('aa', [[1, 'aa', 0], [1, 'bb', 0]])), true);
});

test('ids of 64 bits', () => {
  assert.equal(shortTraceID('0000000000000000000000000000abcd'), '000000000000abcd');
  assert.equal(shortTraceID('f'.repeat(32)), 'f'.repeat(32));
  assert.equal(shortTraceID('abcd'), 'abcd');
});
