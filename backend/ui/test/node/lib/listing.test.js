// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupTraces, lines } from '../../../lib/grouping.js';
import { Listing, maxListed, maxWaiting } from '../../../lib/listing.js';

/** A trace that starts at second n. */
const trace = (/** @type {number} */ n, more = {}) => ({
  traceID: `t${n}`, start: `${1_700_000_000 + n}000000000`, duration: String(n * 1000), rootService: 'a', rootName: 'op',
  partial: false, spans: 100 - n, errors: 0, services: [], ...more,
});
const page = (/** @type {any[]} */ traces, more = {}) => ({ query: 'q', traces, cursor: '', total: traces.length, atLeast: false, scanned: 1, tooLarge: 0, cutAt: null, ...more });
const ids = (/** @type {Listing} */ l) => l.rows.map((t) => t.traceID).join(' ');

test('what arrives waits, and changes a listed row where it is', () => {
  const l = new Listing('newest');
  l.append(page([trace(3), trace(2)], { total: 7, cursor: 'c' }));
  const before = l.rows;
  l.arrive([trace(5), trace(4)]);
  assert.equal(l.rows, before);
  assert.equal(l.waiting, 2);
  l.arrive([trace(2, { spans: 99, start: '1800000000000000000' }), trace(5, { spans: 3 })]);
  assert.notEqual(l.rows, before);
  assert.equal(ids(l), 't3 t2');
  assert.equal(l.rows[1].spans, 99);
  assert.equal(l.waiting, 2);
  l.merge();
  assert.equal(ids(l), 't2 t5 t4 t3');
  assert.equal(l.rows[1].spans, 3);
  assert.deepEqual([l.waiting, l.total, l.cursor], [0, 9, 'c']);
  l.append(page([trace(3), trace(1)], { total: 7 }));
  assert.equal(ids(l), 't2 t5 t4 t3 t1');
  assert.deepEqual([l.scanned, l.cursor], [2, '']);
});

test('an empty list shows the first at once', () => {
  const l = new Listing('newest');
  l.append(page([]));
  l.arrive([trace(1)]);
  assert.equal(ids(l), 't1');
  l.arrive([trace(2)]);
  assert.equal(ids(l), 't1');
  assert.equal(l.waiting, 1);
});

test('what arrives before the search answers waits for it', () => {
  const l = new Listing('longest');
  l.arrive([trace(1), trace(5)]);
  assert.deepEqual([l.rows.length, l.waiting], [0, 2]);
  l.append(page([trace(7), trace(5)]));
  assert.deepEqual([ids(l), l.waiting], ['t7 t5', 1]);
});

test('orders', () => {
  for (const [order, want] of [['newest', 't3 t2 t1'], ['longest', 't3 t2 t1'], ['spans', 't1 t2 t3'], ['toString', 't3 t2 t1']]) {
    const l = new Listing(order);
    l.append(page([trace(1)]));
    l.arrive([trace(3), trace(2)]);
    l.merge();
    assert.equal(ids(l), want, order);
  }
});

test('times are compared to the nanosecond', () => {
  const l = new Listing('newest');
  l.append(page([trace(1, { start: '1700000000000000001' })]));
  l.arrive([trace(2, { start: '1700000000000000002' })]);
  l.merge();
  assert.equal(ids(l), 't2 t1');
});

test('hours of arrivals are bounded, and said', () => {
  const l = new Listing('newest');
  l.append(page([trace(0)]));
  for (let i = 0; i < 20; i++) l.arrive(Array.from({ length: 100 }, (_, n) => trace(1 + i * 100 + n)));
  assert.equal(l.waiting, 2000);
  assert.equal(l.missed, true);
  l.merge();
  assert.equal(l.rows.length, maxWaiting + 1);
});

test('a list is full at some time', () => {
  const l = new Listing('newest');
  for (let i = 0; i < 30 && !l.full; i++) l.append(page(Array.from({ length: 100 }, (_, n) => trace(10_000 - i * 100 - n)), { cursor: 'more', total: 9000 }));
  assert.deepEqual([l.rows.length, l.cursor, l.total], [maxListed, '', 9000]);
  l.arrive([trace(20_000)]);
  l.merge();
  assert.equal(l.rows.length, maxListed);
  assert.equal(l.rows[0].traceID, 't20000');
});

test('groups', () => {
  const rows = [trace(1, { rootService: 'b', errors: 2, columns: ['x'] }), trace(2, { columns: [''] }), trace(3, { columns: ['x'] })];
  const groups = groupTraces(rows, 'service', []);
  assert.deepEqual(groups.map((g) => [g.name, g.rows, g.failed, g.median, g.longest]), [['a', [1, 2], 0, 3000, 3000], ['b', [0], 1, 1000, 1000]]);
  assert.deepEqual(groupTraces(rows, 'operation', []).map((g) => g.name), ['a: op', 'b: op']);
  assert.deepEqual(groupTraces(rows, 'k', ['k']).map((g) => [g.name, g.rows]), [['x', [0, 2]], ['without k', [1]]]);
  assert.deepEqual([...lines(3, groups, new Set(['a']))], [~0, ~1, 0]);
  assert.deepEqual([...lines(3, groups, new Set())], [~0, 1, 2, ~1, 0]);
  assert.deepEqual([...lines(2, null, new Set())], [0, 1]);
});
