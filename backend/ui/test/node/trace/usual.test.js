// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longer, times, unusual } from '../../../trace/usual.js';

/** @param {number} spans @param {number[]} ms the percentiles 50, 75, 90, 95 and 99 */
const rates = (spans, [p50, p75, p90, p95, p99]) => ({
  spans, errors: 0, durations: { p50: `${p50}000000`, p75: `${p75}000000`, p90: `${p90}000000`, p95: `${p95}000000`, p99: `${p99}000000` },
});
const usual = [10, 12, 15, 20, 40];
const ms = 1e6;

test('longer than a percentile, as exactly as it is known', () => {
  assert.deepEqual([longer(20 * ms, '20000000'), longer(22.4 * ms, '20000000'), longer(22.6 * ms, '20000000')], [false, false, true]);
});

test('unusual is what is longer than 95 or 99 %, and than what is common', () => {
  /** @type {[number, number, number[], string][]} */
  const cases = [
    [10, 1000, usual, ''], [21, 1000, usual, ''], [23, 1000, usual, 'p95'], [44, 1000, usual, 'p95'], [46, 1000, usual, 'p99'],
    [46, 99, usual, 'p95'], [46, 20, usual, 'p95'], [46, 19, usual, ''], // too few to say so
    [14, 1000, [10, 10, 10, 11, 11], ''], [16, 1000, [10, 10, 10, 11, 11], 'p99'], // 14 is not much longer than all others
    [1, 1000, [0, 0, 0, 0, 0], 'p99'], [0, 1000, [0, 0, 0, 0, 0], ''],
  ];
  for (const [took, spans, percentiles, want] of cases) assert.equal(unusual(took * ms, rates(spans, percentiles)), want, `${took} ms of ${spans}: ${percentiles}`);
  assert.equal(unusual(1e12, undefined), '');
});

test('how many times as long', () => {
  assert.equal(times(25 * ms, rates(5, usual)), 2.5);
  for (const unknown of [rates(4, usual), rates(9, [0, 0, 0, 0, 0]), undefined]) assert.equal(times(25 * ms, unknown), 0);
});
