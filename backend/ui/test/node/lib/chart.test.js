// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linear, logarithmic, paths, place, roundUp, valueAt } from '../../../lib/chart.js';
import { timeLabels } from '../../../lib/time-labels.js';

const near = (/** @type {number[]} */ got, /** @type {number[]} */ want) => {
  assert.equal(got.length, want.length, `${got}`);
  got.forEach((v, i) => assert.ok(Math.abs(v - want[i]) <= 1e-9 * Math.abs(want[i]), `${got} is not ${want}`));
};

test('round values', () => {
  near([0.003, 0.2, 0.21, 1, 1.01, 7, 5e9, 5.1e9].map(roundUp), [0.005, 0.2, 0.5, 1, 2, 10, 5e9, 1e10]);
});

test('an axis from 0', () => {
  near(linear(0.37, 1, 4).ticks, [0, 0.1, 0.2, 0.3, 0.4]);
  near(linear(0, 0.04, 4).ticks, [0, 0.01, 0.02, 0.03, 0.04]);
  near(linear(1, 1, 4).ticks, [0, 0.5, 1]);
  assert.equal(linear(3, 1, 3).high, 3);
});

test('a logarithmic axis', () => {
  near(logarithmic(3e6, 4.2e6, 5).ticks, [2e6, 5e6]);
  near(logarithmic(60e6, 4.2e9, 5).ticks, [5e7, 1e8, 5e8, 1e9, 5e9]);
  near(logarithmic(5e6, 5e6, 5).ticks, [5e5, 1e6, 2e6, 5e6]);
  for (let low = 1; low < 1e12; low *= 3.7) {
    for (let high = low; high < 1e15; high *= 2.9) {
      const a = logarithmic(low, high, 5);
      assert.ok(a.low <= low && a.high >= high && a.ticks.length >= 2 && a.ticks.length <= 5, `${low} to ${high}: ${a.low} to ${a.high}, ${a.ticks}`);
    }
  }
  assert.deepEqual([logarithmic(0, 0, 5).high, logarithmic(Infinity, 0, 5).high], [1, 1]);
  const a = logarithmic(1e6, 1e8, 5);
  near([1e6, 1e7, 1e8, 1, 1e12].map((v) => place(a, v)), [0, 0.5, 1, 0, 1]);
  near([0, 0.5, 1].map((p) => valueAt(a, p)), [1e6, 1e7, 1e8]);
  near([0.25].map((p) => valueAt(linear(4, 1, 4), p)), [1]);
});

test('a curve is interrupted where it has no value', () => {
  const values = Float64Array.of(NaN, 1, 2, NaN, 3, NaN, 4, 5, 6);
  const { whole, part, dots } = paths(values, (i) => i === 8, (i) => i, (v) => 10 * v);
  assert.equal(whole, 'M1.0 10.0L2.0 20.0M6.0 40.0L7.0 50.0');
  assert.equal(part, 'M7.0 50.0L8.0 60.0');
  assert.equal(dots, 'M4.0 30.0h.01');
});

test('times below an axis', () => {
  const at = (/** @type {string} */ text) => BigInt(Date.parse(text)) * 1_000_000n;
  assert.deepEqual(timeLabels(at('2026-01-31T10:03:00Z'), at('2026-01-31T11:00:00Z'), 4, 'utc').map((l) => l.text), ['10:15', '10:30', '10:45', '11:00']);
  assert.deepEqual(timeLabels(at('2026-01-30T10:00:00Z'), at('2026-02-02T10:00:00Z'), 4, 'utc').map((l) => l.text), ['2026-01-31', '2026-02-01', '2026-02-02']);
});
