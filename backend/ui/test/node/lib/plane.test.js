// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance, lineOf, pointAt } from '../../../lib/map-line.js';
import { fitted, moved, scales, shown, zoomed } from '../../../lib/plane.js';

const box = { width: 100, height: 40 };

test('all is within the window, no larger than it is', () => {
  const points = [{ x: 0, y: 0 }, { x: 1900, y: 400 }];
  const p = fitted(points, box, 1000, 600);
  assert.ok(Math.abs(p.scale - 968 / 2000) < 1e-9);
  for (const { x, y } of points) {
    for (const sign of [-1, 1]) {
      const [left, top] = [(x + sign * 50) * p.scale + p.left, (y + sign * 20) * p.scale + p.top];
      assert.ok(left > 15.9 && left < 984.1 && top > 15.9 && top < 584.1);
    }
  }
  assert.equal(fitted([{ x: 5, y: 5 }], box, 1000, 600).scale, 1);
  assert.equal(fitted([], box, 1000, 600).scale, 1);
  assert.equal(fitted([{ x: 0, y: 0 }, { x: 1e9, y: 0 }], box, 0, 0).scale, scales.least);
});

test('zooming keeps what is under the pointer there', () => {
  let p = { scale: 0.7, left: -30, top: 12 };
  const at = (/** @type {number} */ px) => (px - p.left) / p.scale;
  const before = at(200);
  p = zoomed(p, 1.6, 200, 80);
  assert.ok(Math.abs(at(200) - before) < 1e-9);
  for (let i = 0; i < 100; i++) p = zoomed(p, 0.5, 200, 80);
  assert.equal(p.scale, scales.least);
  assert.ok(Math.abs(at(200) - before) < 1e-6);
  assert.deepEqual(moved(p, 3, 4), { scale: p.scale, left: p.left + 3, top: p.top + 4 });
});

test('what is in sight already does not move it', () => {
  const p = { scale: 1, left: 0, top: 0 };
  assert.deepEqual(shown(p, { x: 500, y: 300 }, box, 1000, 600), p);
  assert.deepEqual(shown(p, { x: -100, y: 700 }, box, 1000, 600), { scale: 1, left: 166, top: -136 });
});

test('a line goes from edge to edge, forth, back and past others', () => {
  const [a, b] = [{ x: 0, y: 0 }, { x: 600, y: 100 }];
  const forth = lineOf(a, b, [{ x: 300, y: 40 }], 100);
  assert.deepEqual([forth[0], forth.at(-1)], [{ x: 50, y: 0 }, { x: 550, y: 100 }]);
  assert.equal(forth.length % 3, 1);
  assert.equal(distance(forth, { x: 300, y: 40 }, 5), 0);
  const back = lineOf(b, a, [{ x: 300, y: 40 }], 100);
  assert.ok(back[0].x === 550 && back.at(-1)?.x === 50);
  assert.ok(distance(back, { x: 300, y: 40 }, 20) > 5, 'beside the other');
  for (const line of [forth, back, lineOf(a, a, [], 100), lineOf(a, { x: 20, y: 200 }, [], 100)]) {
    assert.deepEqual(pointAt(line, 0), line[0]);
    const end = /** @type {{ x: number, y: number }} */ (line.at(-1));
    assert.ok(Math.abs(pointAt(line, 1).x - end.x) < 1e-9);
    for (const share of [0.1, 0.5, 0.9]) assert.ok(distance(line, pointAt(line, share), 5) < 1);
    assert.equal(distance(line, { x: 5000, y: 0 }, 5), Infinity);
  }
});
