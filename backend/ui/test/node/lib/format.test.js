// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, bytes, count, duration, percent, since, time, zoneName } from '../../../lib/format.js';

test('durations have three digits and a unit', () => {
  for (const [ns, want] of /** @type {[number, string][]} */ ([
    [0, '0 µs'], [1, '1 ns'], [999, '999 ns'], [1000, '1 µs'], [1234, '1.23 µs'], [999_999.6, '1 ms'], [12_345_678, '12.3 ms'], [1e9, '1 s'],
    [59.94e9, '59.9 s'], [59.99e9, '1m'], [60e9, '1m'], [125e9, '2m 5s'], [3600e9, '1h'], [5400e9, '1h 30m'], [90_000e9, '1d 1h'], [-1500, '−1.5 µs'],
  ])) assert.equal(duration(ns), want, String(ns));
});

test('counts and sizes', () => {
  assert.equal(count(1, 'span'), '1 span');
  assert.equal(count(1204, 'span'), '1,204 spans');
  assert.equal(bytes(999), '999 B');
  assert.equal(bytes(1_440_000), '1.44 MB');
});

test('times in UTC, and how long ago', () => {
  const at = 1_700_000_000_123_456_789n;
  assert.equal(time(at, 'utc'), '2023-11-14 22:13:20.123');
  assert.equal(time(at, 'utc', { date: false, digits: 9 }), '22:13:20.123456789');
  assert.equal(zoneName('utc', new Date()), 'UTC');
  assert.equal(ago(at, 1_700_000_005_000), '4 s ago');
  assert.equal(ago(at, 1_700_000_000_000), 'in the future');
});

test('times since another, and shares', () => {
  assert.deepEqual([since(1_234_000), since(0), since(-1500)], ['+1.23 ms', '0 µs', '−1.5 µs']);
  assert.deepEqual([0, 0.0004, 0.004, 0.0996, 0.794, 1].map(percent), ['0 %', '< 0.1 %', '0.4 %', '10 %', '79 %', '100 %']);
});
