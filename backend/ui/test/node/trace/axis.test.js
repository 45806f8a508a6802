// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gapMiddle, labels } from '../../../trace/axis.js';
import { timeScale } from '../../../trace/time-scale.js';

const texts = (/** @type {any} */ scale, /** @type {number} */ width) => labels(scale, width).filter((l) => l.text).map((l) => l.text);

test('labels are round and have room', () => {
  assert.deepEqual(texts(timeScale(0, 10e6), 400), ['0', '5 ms', '10 ms']);
  assert.deepEqual(texts(timeScale(3e9, 3.2e9), 800), ['3.00 s', '3.05 s', '3.10 s', '3.15 s', '3.20 s']);
  assert.deepEqual(texts(timeScale(0, 65.4e6), 85), ['0', '50 ms'], 'a telephone');
  for (const width of [1, 50, 84, 100, 333, 1000, 5000]) {
    for (let to = 1; to < 1e15; to *= 3.3) {
      const all = labels(timeScale(0, to), width).filter((l) => l.text);
      assert.ok(all.length >= 1 && all.every((l, i) => l.x <= width + 1 && (!i || l.x - all[i - 1].x >= 10 + 7 * all[i - 1].text.length)), `${to} ns in ${width} px`);
    }
  }
});

test('shrunk gaps have their own label, and no other is near it', () => {
  const gap = { from: 91e6, to: 30.1e9 };
  const scale = timeScale(0, 30.2e9, [gap]);
  const middle = gapMiddle(scale, gap) * 800;
  const all = labels(scale, 800);
  assert.ok(all.some((l) => l.text === '30.15 s'));
  for (const { x, text } of all) {
    assert.ok(x < middle - 15 || x > middle + 15, `a tick in the gap, at ${x}`);
    if (text) assert.ok(x + 80 < middle - 38 || x > middle + 38, `${text} at ${x}`);
  }
});
