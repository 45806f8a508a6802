// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memo } from '../../../lib/memo.js';

test('the answer to the last arguments is kept', () => {
  let calls = 0;
  const f = memo((/** @type {unknown[]} */ ...args) => [++calls, ...args]);
  const first = f(1, NaN);
  assert.equal(f(1, NaN), first);
  assert.deepEqual(f(1, 2), [2, 1, 2]);
  assert.deepEqual(f(1), [3, 1]);
  assert.deepEqual(f(1, NaN), [4, 1, NaN]);
});
