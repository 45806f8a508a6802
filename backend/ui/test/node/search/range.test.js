// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromField, label, pointOf, toField } from '../../../search/range.js';

test('a window in words', () => {
  for (const [since, until, want] of [
    ['', '', 'Any time'], ['15m', '', 'Last 15 minutes'], ['1h', '', 'Last hour'], ['1d12h', '', 'Last 1d12h'], ['2h', '1h', '2 hours ago – 1 hour ago'],
    ['2026-01-31T15:04:05Z', '2026-01-31T16:00:00+01:00', '2026-01-31 15:04:05 – 15:00:00'], ['2026-01-31T15:04:05.5Z', '', 'From 2026-01-31 15:04:05.500'],
    ['', '10m', 'Until 10 minutes ago'], ['oops', '', 'From oops'],
  ]) assert.equal(label({ since, until }, 'utc'), want);
});

test('a point in time goes through a field and back', () => {
  const at = pointOf('2026-01-31T15:04:05Z', 0n);
  for (const zone of ['utc', 'local']) assert.equal(fromField(toField(at, zone), zone), '2026-01-31T15:04:05Z');
  assert.equal(toField(pointOf('1h', 7_200_000_000_000n), 'utc'), '1970-01-01T01:00:00');
  assert.equal(toField(pointOf('', 0n), 'utc'), '');
  assert.equal(fromField('', 'utc'), '');
});
