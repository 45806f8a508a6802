// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timesBetween } from '../../../trace/measure.js';

test('the times between two spans', () => {
  const [a, b] = [{ from: 0, to: 2e6 }, { from: 5e6, to: 6e6 }];
  assert.equal(timesBetween(a, b), 'start to start +5 ms, end to start +3 ms, end to end +4 ms');
  assert.equal(timesBetween(b, a), 'start to start −5 ms, end to start −6 ms, end to end −4 ms, 3 ms between them');
  assert.equal(timesBetween(a, { from: 1e6, to: 9e6 }), 'start to start +1 ms, end to start −1 ms, end to end +7 ms, both at once for 1 ms');
  assert.equal(timesBetween(a, { from: 2e6, to: 3e6 }), 'start to start +2 ms, end to start 0 µs, end to end +1 ms');
});
