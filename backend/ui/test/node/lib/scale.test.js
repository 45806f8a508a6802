// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barEnd, decade, decades, roundTimes } from '../../../lib/scale.js';

test('decades hold what is between them', () => {
  for (const [low, high, want] of [[1000, 1000, [3, 4]], [999, 1001, [2, 4]], [0, 0, [0, 1]], [2e6, 8.9e8, [6, 9]], [1e6, 1e9, [6, 9]], [1, 3e17, [0, 18]]]) {
    assert.deepEqual(Object.values(decades(Number(low), Number(high))), want, `${low} to ${high}`);
  }
  assert.deepEqual([0, 2, 3, 5, 6, 8, 9, 11, 12].map(decade), ['1 ns', '100 ns', '1 µs', '100 µs', '1 ms', '100 ms', '1 s', '100 s', '1,000 s']);
});

test('round times, few enough, in the zone', () => {
  const hour = 3_600_000_000_000n;
  const noon = 1_767_268_800_000_000_000n; // 2026-01-01T12:00:00Z
  assert.deepEqual(roundTimes(noon + 1n, noon + hour, 4, 0n), { step: 900e9, at: [1n, 2n, 3n, 4n].map((n) => noon + (n * hour) / 4n) });
  assert.deepEqual(roundTimes(noon, noon + 72n * hour, 3, hour).at, [11n, 35n, 59n].map((n) => noon + n * hour)); // midnight in UTC+1
  for (const range of [1n, 999n, 123_456n, 50_000_000n, 7n * hour, 9000n * hour]) {
    const { step, at } = roundTimes(noon + 17n, noon + 17n + range, 9, 0n);
    assert.ok(at.length <= 10 && at.every((t) => t % BigInt(step) === 0n && t >= noon + 17n && t <= noon + 17n + range), `${range}: ${at}`);
  }
});

test('one trace that is much longer leaves the others their bars', () => {
  assert.equal(barEnd([1, 2, 3, 4]), 4);
  assert.equal(barEnd([...Array(99).fill(100), 30_000]), 100);
  assert.equal(barEnd([]), 1);
  assert.equal(barEnd([0, 0]), 1);
});
