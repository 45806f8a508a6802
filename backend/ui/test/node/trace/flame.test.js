// SPDX-License-Identifier: Apache-2.0

/** @import { Flame, Paths } from '../../../types.js' */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { find } from '../../../trace/find.js';
import { below, boxAt, layout, matches, unmatched, weights } from '../../../trace/flame.js';
import { pathsOf } from '../../../trace/paths.js';
import { forest, trace } from './make.js';

/** Each box as "name x+width", by level. @param {Paths} p @param {Flame} f */
const levels = (p, f) => f.levels.slice(1).map((end, level) => f.path.slice(f.levels[level], end).map((path, n) => {
  const i = f.levels[level] + n;
  return `${f.rest[i] ? `${f.rest[i]} more` : p.trace.names[p.name[path]]} ${Number(f.x[i].toFixed(2))}+${Number(f.width[i].toFixed(2))}`;
}));

// The two reads run at once, and take 160 in the 100 of what called them.
const parallel = trace([
  { span: ['buy', -1, 0, 200] },
  { span: ['load', 0, 0, 100] },
  { span: ['read', 1, 0, 80], service: 'db' },
  { span: ['read', 1, 10, 90], service: 'db' },
  { span: ['pay', 0, 100, 140] },
]);

test('paths share the time of what called them', () => {
  const p = pathsOf(parallel);
  assert.deepEqual(levels(p, layout(p, weights(p, false), -1, 200)), [['buy 0+200'], ['load 0+100', 'pay 100+40'], ['read 0+100']]);
  assert.deepEqual(layout(p, weights(p, false), -1, 200).narrow, [false, false, false, true]);
  assert.ok(!layout(p, weights(p, true), -1, 200).narrow.includes(true));
  // Of self: buy 60, load 10, read 80 + 80, pay 40: 270 in all.
  assert.deepEqual([...weights(p, true)], [270, 170, 160, 40]);
  assert.deepEqual(levels(p, layout(p, weights(p, true), -1, 270)), [['buy 0+270'], ['load 0+170', 'pay 170+40'], ['read 0+160']]);
  assert.deepEqual(levels(p, layout(p, weights(p, false), 1, 100)), [['load 0+100'], ['read 0+100']]);
});

test('what is narrower than a pixel is summed', () => {
  const t = trace([{ span: ['root', -1, 0, 1000] }, { span: ['a', 0, 0, 300] }, ...Array.from({ length: 20 }, (_, i) => ({ span: /** @type {[string, number, number, number]} */ ([`s${i}`, 0, 300 + i, 305 + i]) }))]);
  const p = pathsOf(t);
  assert.deepEqual(levels(p, layout(p, weights(p, false), -1, 100)), [['root 0+100'], ['a 0+30', '20 more 30+10']]);
  const f = layout(p, weights(p, false), -1, 100);
  assert.deepEqual([boxAt(f, 1, 29.9), boxAt(f, 1, 30), boxAt(f, 1, 41), boxAt(f, 7, 1), boxAt(f, 0, 0)], [1, 2, -1, -1, 0]);
  assert.deepEqual(levels(p, layout(p, weights(p, false), -1, 9)), [['root 0+9'], ['a 0+2.7']]);
});

test('nothing leaves what is above it, and nothing is wider than its share', () => {
  for (const self of [false, true]) {
    const t = forest(5000, 3);
    const p = pathsOf(t);
    const w = weights(p, self);
    const f = layout(p, w, -1, 1000);
    /** @type {Map<number, number>} */
    const box = new Map();
    f.path.forEach((path, i) => f.rest[i] || box.set(path, i));
    let drawn = 0;
    for (const [path, i] of box) {
      const above = p.parent[path];
      const b = box.get(above) ?? -1;
      const [left, wide] = above < 0 ? [0, 1000] : [f.x[b], f.width[b]];
      assert.ok(f.x[i] >= left - 1e-6 && f.x[i] + f.width[i] <= left + wide + 1e-6 && f.width[i] >= 1);
      const kin = below(p, w, above).reduce((sum, k) => sum + w[k], 0);
      assert.ok(Math.abs(f.width[i] - (wide * w[path]) / Math.max(kin, above < 0 ? 0 : w[above])) < 1e-6);
      drawn++;
    }
    assert.ok(drawn > 100);
    // What is drawn of a level does not overlap.
    for (let l = 0; l + 1 < f.levels.length; l++) for (let i = f.levels[l] + 1; i < f.levels[l + 1]; i++) assert.ok(f.x[i] >= f.x[i - 1] + f.width[i - 1] - 1e-6);
  }
});

test('self times add up to those of all spans', () => {
  const t = forest(3000, 5);
  const p = pathsOf(t);
  const w = weights(p, true);
  const roots = below(p, w, -1).reduce((sum, r) => sum + w[r], 0);
  assert.equal(roots, p.self.reduce((a, b) => a + b));
});

test('no time, no boxes; a chain of many', () => {
  const none = pathsOf(trace([{ span: ['a', -1, 0, 0] }, { span: ['b', 0, 0, 0] }]));
  assert.deepEqual(layout(none, weights(none, false), -1, 100).path, []);
  assert.deepEqual(layout(pathsOf(trace([])), new Float64Array(0), -1, 100).levels, [0]);
  const n = 100_000;
  const deep = pathsOf(trace(Array.from({ length: n }, (_, i) => ({ span: ['x', i - 1, 0, 1000] }))));
  assert.equal(layout(deep, weights(deep, false), -1, 100).path.length, n);
});

test('what is found, once where it is below itself', () => {
  const p = pathsOf(parallel);
  const sum = (/** @type {string} */ text, self = false, of = p) => {
    const { spans, time } = matches(of, find(parallel, text), self);
    return [spans, time];
  };
  assert.deepEqual(sum('db'), [2, 160]);
  assert.deepEqual(sum('a'), [5, 200]);
  assert.deepEqual(sum('a', true), [5, 270]);
  assert.deepEqual([...matches(p, find(parallel, 'read'), false).byPath], [0, 0, 2, 0]);
  const only = pathsOf(parallel, { hidden: unmatched(parallel, null, find(parallel, 'read')) });
  assert.deepEqual(levels(only, layout(only, weights(only, false), -1, 200)), [['buy 0+200'], ['load 0+100'], ['read 0+100']]);
  assert.deepEqual([...unmatched(parallel, Uint8Array.of(0, 1, 0, 0, 0), find(parallel, 'pay'))], [0, 1, 1, 1, 0]);
});
