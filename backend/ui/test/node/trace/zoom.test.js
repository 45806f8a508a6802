// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { siblings } from '../../../trace/siblings.js';
import { timeScale } from '../../../trace/time-scale.js';
import { between, centred, panned, stretch, within, zoomed } from '../../../trace/zoom.js';
import { forest } from './make.js';

const [none, all] = [{ from: 0, to: 0 }, { from: 0, to: 1000_000 }];
const scale = timeScale(0, 1000_000);

test('a stretch is within the trace', () => {
  assert.deepEqual(within(none, 1000_000), all);
  assert.deepEqual(within({ from: 100, to: 2e9 }, 1000_000), { from: 100, to: 1000_000 });
  assert.deepEqual(within({ from: -5, to: 500 }, 1000_000), { from: 0, to: 500 });
  for (const wrong of [{ from: 500, to: 400 }, { from: 2e9, to: 3e9 }, { from: 7, to: 7 }]) assert.deepEqual(within(wrong, 1000_000), all);
  assert.deepEqual(within(none, 0), { from: 0, to: 1 });
});

test('a stretch in an address', () => {
  assert.deepEqual(stretch(300, 100_000, 1000_000), { from: 300, to: 100_000 });
  assert.deepEqual(stretch(100_000, 300, 1000_000), { from: 300, to: 100_000 });
  assert.deepEqual(stretch(-100, 2e9, 1000_000), none);
  assert.deepEqual(stretch(500, 500, 1000_000), { from: 450, to: 550 });
  assert.deepEqual(stretch(0, 0, 1000_000), { from: 0, to: 100 });
  assert.deepEqual(stretch(1000_000, 1000_000, 1000_000), { from: 999_900, to: 1000_000 });
  assert.deepEqual(stretch(10, 20, 50), none);
});

test('zoom and pan stay within the trace', () => {
  const half = zoomed(scale, all, 0.5);
  assert.deepEqual(half, { from: 250_000, to: 750_000 });
  assert.deepEqual(zoomed(scale, all, 0.5, 0), { from: 0, to: 500_000 });
  assert.deepEqual(zoomed(scale, half, 2), none);
  assert.deepEqual(panned(scale, half, 0.2), { from: 350_000, to: 850_000 });
  assert.deepEqual(panned(scale, half, 5), { from: 500_000, to: 1000_000 });
  assert.deepEqual(panned(scale, half, -5), { from: 0, to: 500_000 });
  assert.deepEqual(between(scale, -1, 0.25), { from: 0, to: 250_000 });
  assert.deepEqual(centred(half, 600_000, 1000_000), { from: 350_000, to: 850_000 });
  assert.deepEqual(centred(half, 0, 1000_000), { from: 0, to: 500_000 });
  assert.deepEqual(centred(half, 1000_000, 1000_000), { from: 500_000, to: 1000_000 });
});

test('siblings are counted', () => {
  const t = forest(500, 4);
  const { place, size } = siblings(t);
  for (let i = 0; i < t.count; i++) {
    const all = Array.from({ length: t.count }, (_, s) => s).filter((s) => t.parent[s] === t.parent[i]);
    assert.deepEqual([place[i], size[i]], [all.indexOf(i) + 1, all.length]);
  }
});
