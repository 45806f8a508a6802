// SPDX-License-Identifier: Apache-2.0

/** @import { Paths } from '../../../types.js' */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTreeOrder, pathID, pathOfID, pathsOf } from '../../../trace/paths.js';
import { forest, trace } from './make.js';

/** Each path as "name×spans", indented. @param {Paths} p */
const lines = (p) => Array.from(p.name, (n, i) => `${' '.repeat(p.depth[i])}${p.trace.names[n]}×${p.spans[i]}`);

// The second GET has a child that the first has not.
const shop = trace([
  { span: ['buy', -1, 0, 100] },
  { span: ['GET', 0, 10, 30], kind: 3 },
  { span: ['read', 1, 12, 20], service: 'db' },
  { span: ['pay', 0, 40, 90] },
  { span: ['GET', 0, 91, 99], kind: 3, status: 2 },
  { span: ['write', 4, 92, 95], service: 'db' },
  { span: ['GET', 0, 96, 97], kind: 2 },
]);

test('spans of the same names on the way to them are one path', () => {
  const p = pathsOf(shop);
  assert.deepEqual(lines(p), ['buy×1', ' GET×2', '  read×1', '  write×1', ' pay×1', ' GET×1']);
  assert.deepEqual([...p.end], [6, 4, 3, 4, 5, 6]);
  assert.deepEqual([...p.parent], [-1, 0, 1, 1, 0, 0]);
  assert.deepEqual([p.total[1], p.self[1], p.max[1], p.errors[1], p.start[1], p.kind[1]], [28, 17, 20, 1, 10, 3]);
  assert.deepEqual([...p.of], [0, 1, 2, 4, 1, 3, 5]);
});

test('a subtree alone, and without hidden spans', () => {
  assert.deepEqual(lines(pathsOf(shop, { focus: 1 })), ['GET×1', ' read×1']);
  const p = pathsOf(shop, { hidden: Uint8Array.of(0, 1, 0, 0, 0, 0, 0) });
  assert.deepEqual(lines(p), ['buy×1', ' read×1', ' pay×1', ' GET×1', '  write×1', ' GET×1']);
  assert.equal(p.of[1], -1);
});

test('a path has the same id in another trace', () => {
  const a = pathsOf(shop);
  const b = pathsOf(trace([{ span: ['pay', -1, 0, 9] }, { span: ['buy', -1, 0, 9] }, { span: ['GET', 1, 1, 5], kind: 3 }, { span: ['write', 2, 1, 5], service: 'db' }]));
  const i = pathOfID(b, pathID(a, 3));
  assert.deepEqual([lines(b)[i], b.depth[i]], ['  write×1', 2]);
  assert.equal(pathOfID(b, pathID(a, 2)), -1);
  for (const id of ['', 'x', '00000000', '1e3']) assert.equal(pathOfID(b, id), -1);
});

test('each span counts once', () => {
  for (let seed = 1; seed < 6; seed++) {
    const t = forest(2000, seed, { services: 3, names: 4 });
    const p = pathsOf(t);
    assert.equal(p.spans.reduce((a, b) => a + b, 0), t.count);
    assert.equal(p.total.reduce((a, b) => a + b, 0), t.durations.reduce((a, b) => a + b, 0));
    for (let i = 0; i < t.count; i++) {
      assert.equal(p.parent[p.of[i]], t.parent[i] < 0 ? -1 : p.of[t.parent[i]]);
      assert.ok(p.service[p.of[i]] === t.service[i] && p.name[p.of[i]] === t.name[i] && p.kind[p.of[i]] === t.kind[i]);
    }
    for (let i = 0; i < p.count; i++) assert.ok(p.parent[i] < i && p.end[i] > i && (p.parent[i] < 0 || p.end[p.parent[i]] >= p.end[i]));
  }
});

test('the order of a tree', () => {
  assert.deepEqual(inTreeOrder([-1, 0, -1, 0, 1]), { place: Int32Array.of(0, 1, 4, 3, 2), end: Int32Array.of(4, 3, 3, 4, 5), depth: Int32Array.of(0, 1, 2, 1, 0) });
});
