// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfTimes } from '../../../trace/self-time.js';
import { statistics } from '../../../trace/statistics.js';
import { forest, trace } from './make.js';

test('by service, operation and both', () => {
  const t = trace([
    { span: ['GET', -1, 0, 100], service: 'web' },
    { span: ['GET', 0, 10, 30], service: 'store', status: 2 },
    { span: ['GET', 0, 30, 70], service: 'store' },
    { span: ['select', 2, 40, 50], service: 'store' },
  ]);
  assert.deepEqual(statistics(t, 'service'), [
    { service: 1, name: -1, value: -1, count: 3, errors: 1, total: 70, self: 60, average: 70 / 3, min: 10, p50: 20, p95: 40, max: 40 },
    { service: 0, name: -1, value: -1, count: 1, errors: 0, total: 100, self: 40, average: 100, min: 100, p50: 100, p95: 100, max: 100 },
  ]);
  assert.deepEqual(statistics(t, 'operation').map((s) => [s.service, s.name, s.count, s.self]), [[-1, 0, 3, 90], [-1, 1, 1, 10]]);
  assert.deepEqual(statistics(t, 'both').map((s) => [s.service, s.name, s.count, s.self]), [[1, 0, 2, 50], [0, 0, 1, 40], [1, 1, 1, 10]]);
  assert.deepEqual(statistics(t, 'service', { focus: 2 }).map((s) => [s.service, s.count]), [[1, 2]]);
  assert.deepEqual(statistics(t, 'operation', { hidden: Uint8Array.of(0, 1, 1, 0) }).map((s) => [s.name, s.count]), [[0, 1], [1, 1]]);
  assert.deepEqual(statistics(t, Int32Array.of(1, 0, 1, -1)).map((s) => [s.service, s.name, s.value, s.count, s.self]), [[-1, -1, 1, 2, 70], [-1, -1, 0, 1, 20]]);
  assert.deepEqual(statistics(trace([]), 'both'), []);
});

test('percentiles are durations of spans, as many below them as they say', () => {
  const t = forest(3000, 2, { services: 3, names: 5 });
  const self = selfTimes(t);
  let total = 0;
  for (const s of statistics(t, 'both', { self })) {
    const durations = [...t.durations].filter((_, i) => t.service[i] === s.service && t.name[i] === s.name).sort((a, b) => a - b);
    assert.deepEqual([s.count, s.min, s.max], [durations.length, durations[0], durations.at(-1)]);
    assert.equal(s.p50, durations[Math.ceil(s.count * 0.5) - 1]);
    assert.equal(s.p95, durations[Math.ceil(s.count * 0.95) - 1]);
    total += s.self;
  }
  assert.equal(total, self.reduce((a, b) => a + b));
});
