// SPDX-License-Identifier: Apache-2.0

/** @import { RowOptions, Trace } from '../../../types.js' */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hiddenSpans } from '../../../trace/filter.js';
import { find } from '../../../trace/find.js';
import { foldSiblings, least } from '../../../trace/fold.js';
import { visible } from '../../../trace/rows.js';
import { forest, random, trace } from './make.js';

/**
 * What visible does, said with recursion.
 * @param {Trace} t
 * @param {RowOptions} o
 */
function slowly(t, { collapsed = new Set(), focus = -1, hidden, only, folds, open = new Set() }) {
  /** @type {[number, number][]} rows and levels */
  const out = [];
  /** @type {Record<number, number[]>} */
  const children = {};
  for (let i = 0; i < t.count; i++) (children[t.parent[i]] ??= []).push(i);
  const matches = (/** @type {number} */ i) => !hidden?.[i] && !!only?.[i];
  /** @type {(i: number) => boolean} */
  const keeps = (i) => !only || matches(i) || (children[i] ?? []).some(keeps);
  const shown = (/** @type {number} */ i) => !hidden?.[i] && keeps(i);
  /** @type {(i: number, level: number, alone?: boolean) => void} */
  const one = (i, level, alone = false) => {
    const fold = folds?.of[i] ?? -1;
    if (!shown(i)) return many(children[i] ?? [], level);
    if (fold >= 0 && !alone && folds) {
      const members = [...folds.members.subarray(folds.first[fold], folds.first[fold + 1])].filter(shown);
      if (members.length > 1) {
        if (members[0] !== i) return;
        out.push([-1 - fold, level]);
        if (open.has(fold)) for (const m of members) one(m, level + 1, true);
        return;
      }
    }
    out.push([i, level]);
    if (!collapsed.has(i)) many(children[i] ?? [], level + 1);
  };
  const many = (/** @type {number[]} */ spans, /** @type {number} */ level) => spans.forEach((i) => one(i, level));
  if (focus >= 0) one(focus, 0, true);
  else many([...(children[-1] ?? []), ...(children[-2] ?? [])].sort((a, b) => a - b), 0);
  return out;
}

test('random trees, all options: as if each were walked by hand', () => {
  const next = random(5);
  for (let round = 0; round < 60; round++) {
    const t = forest(300, round + 1, { services: 2, names: 1 });
    const some = (/** @type {number} */ n) => new Set(Array.from({ length: n }, () => next(t.count)));
    const folds = next(3) ? foldSiblings(t) : null;
    const options = {
      collapsed: next(2) ? some(20) : new Set(),
      focus: next(3) ? -1 : next(t.count),
      hidden: next(2) ? Uint8Array.from({ length: t.count }, () => (next(4) ? 0 : 1)) : null,
      only: next(3) ? null : Uint8Array.from({ length: t.count }, () => (next(10) ? 0 : 1)),
      folds,
      open: new Set(folds && next(2) ? Array.from({ length: 20 }, () => next(folds.count + 1)) : []),
    };
    const { rows, levels, groups, hidden } = visible(t, options);
    const got = Array.from(rows, (row, i) => [row < 0 ? -1 - groups[~row].fold : row, levels[i]]);
    assert.deepEqual(got, slowly(t, options), `round ${round}`);
    for (const g of groups) assert.equal(g.open, options.open.has(g.fold));
    const inFocus = Array.from({ length: t.count }, (_, i) => i).filter((i) => options.focus < 0 || (i >= options.focus && i < t.end[options.focus]));
    assert.equal(hidden, inFocus.filter((i) => options.hidden?.[i]).length);
  }
});

/** A root, a proxy below it, ten equal calls below that, the last of which has a child that fails. */
const calls = () => trace([
  { span: ['GET /', -1, 0, 100], service: 'web' },
  { span: ['proxy', 0, 1, 99], service: 'envoy', status: 2 },
  ...Array.from({ length: least }, (_, i) => ({ span: /** @type {[string, number, number, number]} */ (['SELECT', 1, 2 + i, 3 + i]), service: 'db', kind: 3 })),
  { span: ['disk', least + 1, 12, 13], service: 'db', status: 2 },
]);

test('what a service hid moves up, and is counted', () => {
  const t = calls();
  const { rows, levels, hidden, hiddenErrors } = visible(t, { hidden: hiddenSpans(t, ['service:envoy'])?.mask });
  assert.deepEqual([...rows], [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual([...levels], [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
  assert.deepEqual([hidden, hiddenErrors], [1, 1]);
});

test('equal siblings are one row', () => {
  const t = calls();
  const folds = foldSiblings(t);
  const closed = visible(t, { folds });
  assert.deepEqual([...closed.rows], [0, 1, ~0]);
  assert.deepEqual([...closed.levels], [0, 1, 2]);
  const [g] = closed.groups;
  assert.deepEqual({ ...g, members: g.members.length }, { fold: 0, parent: 1, members: least, name: 2, service: 2, kind: 3, spans: least + 1, errors: 1, open: false });

  const opened = visible(t, { folds, open: new Set([0]) });
  assert.deepEqual([...opened.rows], [0, 1, ~0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual([...opened.levels], [0, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4]);
});

test('what is found is shown with what is above it', () => {
  const t = calls();
  const { rows, groups } = visible(t, { only: find(t, 'disk').mask, folds: foldSiblings(t) });
  assert.deepEqual([...rows], [0, 1, 11, 12]);
  assert.deepEqual(groups, []);
});

test('nothing', () => {
  const { rows, groups } = visible(trace([]));
  assert.deepEqual([[...rows], groups], [[], []]);
});
