// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromOutline, rootOf, spanID, spanOf } from '../../../trace/trace.js';
import { hex, outline } from './make.js';

test('spans are in the order of the tree', () => {
  //  0: root, 1: its child, 2: another root (an orphan), 3: child of 0, 4: child of 1
  const t = fromOutline(outline([-1, 0, -2, 0, 1]));
  const order = Array.from({ length: t.count }, (_, i) => parseInt(spanID(t, i), 16));
  assert.deepEqual(order, [0, 1, 4, 3, 2]);
  assert.deepEqual([...t.depth], [0, 1, 2, 1, 0]);
  assert.deepEqual([...t.end], [4, 3, 3, 4, 5]);
  assert.deepEqual([...t.parent], [-1, 0, 1, 0, -2]);
  assert.equal(spanOf(t, hex(4)), 2);
  assert.equal(spanOf(t, hex(9)), -1);
  assert.equal(spanOf(t, '0'.repeat(15)), -1);
  assert.deepEqual([[-1], [-2, -1], [-2, -2], []].map((parent) => rootOf(fromOutline(outline(parent)))), [0, 1, 0, -1]);
});

test('a random forest: subtrees are ranges', () => {
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 2147483647);
  for (let n = 0; n < 50; n++) {
    const t = fromOutline(outline(Array.from({ length: n * 7 }, (_, i) => (i === 0 || next() % 5 === 0 ? -1 : next() % i))));
    for (let i = 0; i < t.count; i++) {
      assert.ok(t.end[i] > i && t.end[i] <= t.count);
      if (t.parent[i] < 0) continue;
      assert.ok(t.parent[i] < i && t.end[i] <= t.end[t.parent[i]]);
      assert.equal(t.depth[i], t.depth[t.parent[i]] + 1);
    }
  }
});

test('a chain of 100,000 spans', () => {
  const t = fromOutline(outline(Array.from({ length: 100_000 }, (_, i) => i - 1)));
  assert.equal(t.depth[99_999], 99_999);
  assert.ok(t.end.every((e) => e === 100_000));
});
