// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withTimes, withTraceDuration } from '../../../search/narrow.js';
import { parse } from '../../../search/parse.js';

test('a range of durations takes the place of the one before', () => {
  for (const [text, want] of [
    ['', 'trace.dur>=1.23ms trace.dur<=4.57s'],
    ['a=1 trace.dur>5ms since:1h', 'a=1 trace.dur>=1.23ms trace.dur<=4.57s since:1h'],
    ['trace.dur>=1s trace.dur<=2s', 'trace.dur>=1.23ms trace.dur<=4.57s'],
    ['a=1 OR trace.dur>5ms', '(a=1 OR trace.dur>5ms) trace.dur>=1.23ms trace.dur<=4.57s'],
    ['{a=1} {b=2} trace.dur>5ms', '{a=1} {b=2} trace.dur>=1.23ms trace.dur<=4.57s'],
    ['-{a=1} id:1f', '-{a=1} trace.dur>=1.23ms trace.dur<=4.57s id:1f'],
    ['op:"a  b (c)"', 'op:"a  b (c)" trace.dur>=1.23ms trace.dur<=4.57s'],
  ]) {
    const got = withTraceDuration(text, 1_234_567n, 4_560_000_001n);
    assert.equal(got, want);
    parse(got);
  }
  for (const [low, high, want] of [[0n, 999n, 'trace.dur>=0ns trace.dur<=999ns'], [1000n, 99_999n, 'trace.dur>=1us trace.dur<=100us'], [60_000_000_000n, 3_600_000_000_001n, 'trace.dur>=60s trace.dur<=3610s']]) {
    assert.equal(withTraceDuration('', /** @type {bigint} */ (low), /** @type {bigint} */ (high)), want);
  }
});

test('a range of times', () => {
  const at = 1_700_000_000_123_456_789n;
  for (const [text, range, want] of [
    ['a=1 since:1h until:5m', 3_600_000_000_000n, 'a=1 since:2023-11-14T22:13:20Z until:2023-11-14T23:13:21Z'],
    ['', 5_000_000_000n, 'since:2023-11-14T22:13:20.123Z until:2023-11-14T22:13:25.124Z'],
    ['', 5_000n, 'since:2023-11-14T22:13:20.123456789Z until:2023-11-14T22:13:20.123461790Z'],
  ]) {
    const got = withTimes(String(text), at, at + BigInt(range));
    assert.equal(got, want);
    parse(got);
  }
  assert.equal(withTimes('id:1f until:1h', at, null), 'id:1f since:2023-11-14T22:13:20.123Z');
});
