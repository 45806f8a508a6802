// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addLinks, shortTraceID } from '../../../trace/references.js';

const trace = '0000000000000000000000000000abcd';
const other = 'f'.repeat(32);

/**
 * @param {string} spanId
 * @param {string} parentSpanId
 * @param {[string, string][]} links
 */
const span = (spanId, parentSpanId, links) => ({ traceId: trace, spanId, parentSpanId, name: '', startTimeUnixNano: '0', endTimeUnixNano: '0', links: links.map(([traceId, spanId]) => ({ traceId, spanId })) });

test('which spans link to a span', () => {
  const spans = [
    span('01', '', [[trace, '01']]), // itself
    span('02', '01', [[trace, '01']]), // the kind of its parent
    span('03', '02', [[other, '01'], [trace, '01']]),
    span('04', '02', [[other, '01']]), // of another trace
    span('05', '', []),
    span('06', '05', [[trace, '01'], [trace, '01']]),
    span('06', '', [[trace, '05']]), // twice, as a Zipkin client and server are
  ];
  const traces = { resourceSpans: [{ scopeSpans: [{ spans }] }, {}] };
  const links = new Map();
  addLinks(links, {}, trace);
  addLinks(links, traces, shortTraceID(trace));
  assert.deepEqual([...links], [['01', ['03', '06']], ['05', ['06']]]);
});

test('ids of 64 bits', () => {
  assert.equal(shortTraceID(trace), '000000000000abcd');
  assert.equal(shortTraceID(other), other);
  assert.equal(shortTraceID('abcd'), 'abcd');
});
