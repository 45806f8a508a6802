// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinTraces, topSpans, waitOf } from '../../../trace/linked.js';
import { spanID } from '../../../trace/trace.js';
import { hex, random, trace } from './make.js';

/** @import { Trace, TraceSummary } from '../../../types.js' */

/** A moment beyond what a number can tell to the ns. */
const epoch = 1_700_000_000_000_000_007n;
const second = 1e9;

/**
 * @param {string} id
 * @param {number} at seconds
 * @param {[string, number, number, number][]} spans in seconds
 * @param {[number, string, number][]} [links] from the span, to the trace and the id of a span
 * @returns {Trace}
 */
function at(id, at, spans, links = []) {
  const t = trace(spans.map(([name, parent, from, to]) => ({ span: [name, parent, from * second, to * second], service: id, status: name === 'failed' ? 2 : 0 })));
  const traces = [...new Set(links.map(([, to]) => to))];
  return {
    ...t, id, start: epoch + BigInt(at * second),
    links: links.length ? { span: Int32Array.from(links, (l) => l[0]), trace: Int32Array.from(links, (l) => traces.indexOf(l[1])), ids: links.map((l) => hex(l[2])).join(''), traces, more: 0 } : null,
  };
}

const found = (/** @type {Trace} */ trace, /** @type {number} */ away) => ({ trace, summary: null, away });

test('traces on one axis, with what lies between their spans', () => {
  const order = at('order', 0, [['POST /order', -1, 0, 1], ['send', 0, 0.5, 0.75]]);
  const ship = at('ship', 4, [['receive', -1, 0, 2], ['failed', 0, 1, 2]], [[0, 'order', 1], [1, 'order', 99], [1, 'gone', 1], [1, 'ship', 0]]);
  const mail = at('mail', 0.625, [['mail', -1, 0, 1]], [[0, 'order', 1]]);
  const j = joinTraces([found(ship, 0), found(order, 1), found(mail, 2)], 3, ['gone']);
  assert.deepEqual(j.lanes.map((l) => [l.id, l.name, l.from / second, l.to / second, l.spans, l.errors, l.away]), [
    ['order', 'POST /order', 0, 1, 2, 0, 1], ['mail', 'mail', 0.625, 1.625, 1, 0, 2], ['ship', 'receive', 4, 6, 2, 1, 0],
  ]);
  assert.equal(j.own, 2);
  assert.equal(j.duration, 6 * second);
  assert.deepEqual([j.left, j.lost, j.moreLinks], [3, ['gone'], 0]);
  assert.deepEqual(j.links.map((l) => [j.lanes[l.lane].id, l.span, j.lanes[l.to].id, l.target, waitOf(l) / second]), [
    ['ship', 1, 'order', -1, 4], // to a span that is not there: from the end of its trace
    ['ship', 0, 'order', 1, 3.25],
    ['mail', 0, 'order', 1, -0.125], // it began before the other ended
  ]);
  assert.deepEqual(j.gaps, []);
});

test('hours between traces are a gap', () => {
  const j = joinTraces([found(at('b', 7200, [['b', -1, 0, 1]]), 0), found(at('a', 0, [['a', -1, 0, 2]]), 1)], 0, []);
  assert.deepEqual(j.gaps, [{ from: 2 * second, to: 7200 * second }]);
});

test('a trace that is too large is one bar', () => {
  /** @type {TraceSummary} */
  const summary = { traceID: 'big', start: String(epoch - 5n), duration: '7', rootService: 's', rootName: 'n', partial: false, spans: 100_000, errors: 4, services: [] };
  const j = joinTraces([found(at('own', 0, [['a', -1, 0, 1]], [[0, 'big', 1]]), 0), { trace: null, summary, away: 1 }], 0, []);
  assert.deepEqual(j.lanes[0], { id: 'big', service: 's', name: 'n', from: 0, to: 7, spans: 100_000, errors: 4, away: 1, trace: null });
  assert.deepEqual(j.links, [{ lane: 1, span: 0, to: 0, target: -1, end: 7, start: 5 }]);
  assert.deepEqual(topSpans(j.lanes[0], new Set()), []);
});

test('many links are counted, those with the longest waits are kept', () => {
  const next = random(7);
  /** @type {[string, number, number, number][]} */
  const sends = Array.from({ length: 700 }, () => /** @type {[string, number, number, number]} */ (['send', -1, 0, 1 + next(900)])).sort((a, b) => a[2] - b[2]);
  const a = at('a', 0, sends);
  const b = at('b', 1000, [['batch', -1, 0, 1]], sends.map((_, i) => [0, 'a', i]));
  const j = joinTraces([found(a, 1), found(b, 0)], 0, []);
  assert.equal(j.links.length, 500);
  assert.equal(j.moreLinks, 200);
  const waits = sends.map(([, , , to]) => 1000 - to).sort((x, y) => y - x);
  assert.deepEqual(j.links.map((l) => waitOf(l) / second), waits.slice(0, 500));
  for (const l of j.links) assert.equal(l.end, a.starts[l.target] + a.durations[l.target]);
});

test('the spans that stand for a trace', () => {
  const t = at('t', 0, [['root', -1, 0, 9], ['long', 0, 1, 5], ['deep', 1, 2, 3], ['deeper', 2, 2, 3], ['short', 0, 6, 7], ['other', -2, 8, 9]]);
  const lane = joinTraces([found(t, 0)], 0, []).lanes[0];
  const names = (/** @type {number[]} */ spans) => spans.map((i) => t.names[t.name[i]]);
  assert.deepEqual(names(topSpans(lane, new Set())), ['root', 'long', 'short', 'other']);
  const deeper = Array.from({ length: t.count }, (_, i) => i).filter((i) => spanID(t, i) === hex(3));
  assert.deepEqual(names(topSpans(lane, new Set(deeper), 3)), ['root', 'long', 'deeper']);
});
