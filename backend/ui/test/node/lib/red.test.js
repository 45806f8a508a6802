// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covered, coveredInAll, curves, frame, keepOrder, order, partial, rate, rows } from '../../../lib/red.js';

const s = 1_000_000_000n;
const at = (/** @type {string} */ text) => BigInt(Date.parse(text)) * 1_000_000n;
const ten = at('2026-01-31T10:00:00Z');
const durations = (/** @type {number} */ p50) => ({ p50: String(p50), p75: '0', p90: '0', p95: String(2 * p50), p99: String(3 * p50) });
const point = (/** @type {bigint} */ time, /** @type {number} */ spans, /** @type {number} */ errors) => ({ time: String(time), spans, errors, durations: durations(spans * 1000) });

test('steps are whole minutes, at multiples of their length, and not more than asked for', () => {
  for (const [length, most, step] of /** @type {[bigint, number, number][]} */ ([[60n, 60, 60], [3600n, 60, 60], [3600n, 119, 60], [3601n, 60, 120], [10_800n, 60, 300], [86_400n, 60, 1800], [604_800n, 119, 7200], [157_680_000n, 60, 0], [3600n, 1, 3600]])) {
    const f = frame(ten - length * s, ten, most, null, false);
    if (step) assert.equal(f.step, step, `${length} s in ${most}`);
    assert.equal(f.step % 60, 0);
    assert.equal(f.first % f.step, 0);
    assert.ok(f.count <= most + 1, `${length} s: ${f.count}`);
    assert.ok(BigInt(f.first) * s <= f.from && BigInt(f.first + f.count * f.step) * s >= f.to, 'all of it');
  }
  const odd = frame(ten + 30n * s, ten + 150n * s, 60, null, false);
  assert.deepEqual([odd.from, odd.first, odd.count], [ten + 30n * s, Number(ten / s), 3]);
  const whole = frame(ten + 30n * s, ten + 150n * s, 60, null, true);
  assert.deepEqual([whole.from, whole.count], [ten, 3], 'from the begin of the step');
});

test('only the seconds within the time and since the oldest span count', () => {
  const f = frame(ten + 30n * s, ten + 200n * s, 60, ten + 75n * s, false);
  assert.deepEqual([0, 1, 2, 3].map((i) => covered(f, i)), [0, 45, 60, 20]);
  assert.deepEqual([0, 1, 2, 3].map((i) => partial(f, i)), [true, true, false, true]);
  assert.equal(coveredInAll(f), 125);
  const all = frame(ten + 30n * s, ten + 200n * s, 60, null, false);
  assert.deepEqual([0, 1, 2, 3].map((i) => covered(all, i)), [30, 60, 60, 20]);
});

test('curves have gaps where nothing is known, and nothing where there was nothing', () => {
  const f = frame(ten, ten + 300n * s, 60, ten + 60n * s, false);
  const series = { service: 'a', total: { spans: 33, errors: 3, durations: durations(1) }, points: [point(ten + 60n * s, 30, 3), point(ten + 180n * s, 3, 0), point(ten + 900n * s, 1, 1)] };
  const c = curves(series, f);
  assert.deepEqual([...c.rate], [NaN, 0.5, 0, 0.05, 0]);
  assert.deepEqual([...c.share], [NaN, 0.1, NaN, 0, NaN]);
  assert.deepEqual([...c.spans], [0, 30, 0, 3, 0]);
  assert.deepEqual([...c.p95], [NaN, 60_000, NaN, 6000, NaN]);
  assert.deepEqual([...curves(null, f).rate], [NaN, 0, 0, 0, 0]);
});

test('rows have the totals, and those that have none are listed', () => {
  const f = frame(ten, ten + 200n * s, 60, null, false);
  const red = { series: [{ service: 'a', total: { spans: 50, errors: 5, durations: durations(7) }, points: [] }, { service: 'toString', total: { spans: 1, errors: 0, durations: durations(8) }, points: [] }] };
  const all = rows(red, ['a', '__proto__', 'toString'], f, 'service');
  assert.deepEqual(all.map((r) => [r.name, r.spans, r.rate, r.share, r.p50, r.p99]), [['a', 50, 0.25, 0.1, 7, 21], ['toString', 1, 0.005, 0, 8, 24], ['__proto__', 0, 0, NaN, NaN, NaN]]);
});

test('order', () => {
  const row = (/** @type {string} */ name, /** @type {number} */ spans, /** @type {number} */ p95) => ({ name, spans, errors: 0, share: spans ? 0 : NaN, rate: spans, p50: p95, p95: spans ? p95 : NaN, p99: p95, series: null });
  const all = [row('b', 2, 5), row('none', 0, 0), row('a', 2, 9), row('c', 7, 1), row('also none', 0, 0)];
  assert.deepEqual(order(all, 'spans', false), ['c', 'a', 'b', 'also none', 'none']);
  assert.deepEqual(order(all, 'spans', true), ['a', 'b', 'c', 'also none', 'none']);
  assert.deepEqual(order(all, 'p95', false), ['a', 'b', 'c', 'also none', 'none']);
  assert.deepEqual(order(all, 'name', false), ['c', 'b', 'a', 'also none', 'none']);
  assert.deepEqual(order(all, 'share', false), ['a', 'b', 'c', 'also none', 'none'], 'ties by name');
  assert.deepEqual(keepOrder(['c', 'gone', 'a'], all), ['c', 'a', 'b', 'none', 'also none']);
});

test('rates', () => {
  assert.deepEqual([0, 0.0004, 0.00123, 0.5, 1, 12.345, 999.96, 1234.5, 1e6].map(rate), ['0', '< 0.001', '0.00123', '0.5', '1', '12.3', '1,000', '1,235', '1,000,000']);
});
