// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { change, show, state } from '../../../app/trace-state.js';

/** @import { Trace } from '../../../types.js' */

/** A trace of which nothing is known but its size. @param {string} id @param {number} count */
const sized = (id, count) => /** @type {Trace} */ (/** @type {unknown} */ ({ id, count, ids: '' }));

test('what was collapsed is known of the last traces, until they are too many or too large', () => {
  const visit = (/** @type {string} */ id, count = 1) => {
    const t = sized(id, count);
    const again = known.get(id) ?? t;
    known.set(id, again);
    show(again);
    return state.value?.collapsed.size;
  };
  /** @type {Map<string, Trace>} */
  const known = new Map();
  visit('a');
  change({ collapsed: new Set([0]) });
  assert.equal(visit('b'), 0);
  assert.equal(visit('a'), 1);
  for (let i = 0; i < 20; i++) visit(`many ${i}`);
  assert.equal(visit('a'), 0, 'twenty others came');
  change({ collapsed: new Set([0]) });
  visit('large', 300_000);
  assert.equal(visit('a'), 1);
  visit('large, too', 300_000);
  assert.equal(visit('a'), 1, 'the oldest goes first');
  visit('largest', 600_000);
  assert.equal(visit('a'), 0);
});
