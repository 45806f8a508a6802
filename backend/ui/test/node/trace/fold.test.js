// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldSiblings, least, tellingTag } from '../../../trace/fold.js';
import { spanViews } from '../../../trace/span-view.js';
import { forest, trace } from './make.js';

test('groups are the siblings that look the same, ten or more', () => {
  for (let seed = 1; seed < 20; seed++) {
    const t = forest(2000, seed, { services: 2, names: 2 });
    /** @type {Map<string, number[]>} */
    const groups = new Map();
    for (let i = 0; i < t.count; i++) {
      const key = [t.parent[i], t.service[i], t.name[i], t.kind[i]].join();
      groups.set(key, [...(groups.get(key) ?? []), i]);
    }
    const want = [...groups.values()].filter((g) => g.length >= least);
    const folds = foldSiblings(t);
    assert.equal(folds.count, want.length);
    for (const members of want) {
      const g = folds.of[members[0]];
      assert.deepEqual([...folds.members.subarray(folds.first[g], folds.first[g + 1])], members);
      assert.ok(members.every((i) => folds.of[i] === g));
    }
    assert.equal(folds.of.filter((g) => g >= 0).length, want.flat().length);
  }
});

test('spans whose parents are lost are siblings, too', () => {
  const lost = Array.from({ length: least }, (_, i) => ({ span: /** @type {[string, number, number, number]} */ (['job', -2, i, i + 1]) }));
  assert.equal(foldSiblings(trace(lost)).count, 1);
  assert.equal(foldSiblings(trace(lost.slice(1))).count, 0);
});

test('the tag that tells spans apart has the most values', () => {
  const span = (/** @type {number} */ i) => ({
    traceId: '1', spanId: String(i), name: 'SELECT', startTimeUnixNano: '1', endTimeUnixNano: '2',
    attributes: [
      { key: 'db.system', value: { stringValue: 'mysql' } }, { key: 'shard', value: { intValue: i % 2 } },
      { key: 'item', value: { intValue: i } }, { key: 'row', value: { intValue: i } },
    ],
  });
  const views = (/** @type {number} */ n) => spanViews({ resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: n }, (_, i) => span(i)) }] }] }, 0n);
  assert.equal(tellingTag(views(10)), 'item');
  assert.equal(tellingTag(views(1)), '');
  assert.equal(tellingTag([]), '');
});
