// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tickLabel, tickStep, ticks } from '../../../lib/ticks.js';

test('steps are round and few', () => {
  assert.equal(tickStep(1000, 5), 200);
  assert.equal(tickStep(1001, 5), 500);
  assert.equal(tickStep(10e6, 10), 1e6);
  assert.equal(tickStep(3, 10), 1);
  assert.equal(tickStep(0, 0), 1);
  assert.equal(tickStep(70e9, 5), 15e9);
  assert.equal(tickStep(3600e9, 6), 600e9);
  assert.equal(tickStep(48 * 3600e9, 5), 43_200e9);
  assert.equal(tickStep(40 * 86_400e9, 5), 10 * 86_400e9);
  for (let range = 1; range < 1e18; range *= 3.7) {
    for (const n of [1, 2, 7, 20]) {
      const step = tickStep(range, n);
      assert.ok(range / step <= n * 1.0001 || step === 1, `${range} by ${step}`);
      assert.ok(range < 10 || range / step >= n / 6 || n === 1, `${range} by ${step}: too few`);
    }
  }
});

test('ticks are multiples within the range', () => {
  assert.deepEqual(ticks(0, 10, 5), [0, 5, 10]);
  assert.deepEqual(ticks(3, 19.9, 5), [5, 10, 15]);
  assert.deepEqual(ticks(1e18, 0, 5), []);
  assert.equal(ticks(0, 1e18, 1).length, 1000);
});

test('labels tell ticks apart and share a unit', () => {
  const labels = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ n) => ticks(from, to, tickStep(to - from, n)).map((t) => tickLabel(t, tickStep(to - from, n), to));
  assert.deepEqual(labels(0, 10e6, 4), ['0', '5 ms', '10 ms']);
  assert.deepEqual(labels(0, 1e6, 5), ['0', '0.2 ms', '0.4 ms', '0.6 ms', '0.8 ms', '1.0 ms']);
  assert.deepEqual(labels(3.2e9, 3.2e9 + 2000, 2), ['3.200000 s', '3.200001 s', '3.200002 s']);
  assert.deepEqual(labels(0, 120e9, 4), ['0', '30 s', '1m', '1m 30s', '2m']);
  assert.deepEqual(labels(125e9, 125e9 + 1e9, 2), ['2m 5.0s', '2m 5.5s', '2m 6.0s']);
  assert.deepEqual(labels(7200e9, 7203e9, 3), ['2h 0m 0s', '2h 0m 1s', '2h 0m 2s', '2h 0m 3s']);
  assert.deepEqual(labels(3e13, 3e13 + 1e9, 2), ['8h 20m 0.0s', '8h 20m 0.5s', '8h 20m 1.0s']);
  assert.deepEqual(labels(0, 7200e9, 4), ['0', '30m', '1h', '1h 30m', '2h']);
  assert.deepEqual(labels(0, 800, 4), ['0', '200 ns', '400 ns', '600 ns', '800 ns']);
});
