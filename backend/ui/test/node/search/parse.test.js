// SPDX-License-Identifier: Apache-2.0

/** @import { Expr } from '../../../search/parse.js' */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SearchError } from '../../../search/errors.js';
import { parse } from '../../../search/parse.js';
import { parseTime } from '../../../search/values.js';

// The cases of the server's own tests.
const cases = JSON.parse(readFileSync(new URL('../../../../trace/testdata/search.json', import.meta.url), 'utf8'));
const now = parseTime(cases.now) ?? 0n;

/** A condition as it stands in the cases. @param {Expr | null} e @returns {unknown} */
function tree(e) {
  if (!e) return null;
  if (e.is !== 'term') return [e.is, ...e.args.map(tree)];
  if (e.field === 'text') return ['text', e.value];
  if (e.field === 'tag') return e.op ? ['tag', e.key, e.op, e.value] : ['has', e.key];
  return [e.field, e.op, e.value];
}

const view = (/** @type {string} */ text) => {
  const { where, ids, since, until } = parse(text, now);
  return { where: tree(where), ids, since, until };
};

test('every case of the server is read as the server reads it', () => {
  let read = 0;
  for (const c of cases.parse) {
    if (c.error) {
      assert.throws(() => parse(c.text, now), (e) => e instanceof SearchError && e.message === c.error, `${c.text}: ${c.error}`);
    } else {
      const want = { where: c.tree, ids: c.ids ?? [], since: parseTime(c.since ?? ''), until: parseTime(c.until ?? '') };
      assert.deepEqual(view(c.text), want, c.text);
      assert.deepEqual(view(c.string ?? c.text), want, c.string);
    }
    read++;
  }
  assert.ok(read > 100);
  for (const { text } of cases.match) parse(text, now);
});

test('a condition knows where it stands', () => {
  const text = 'a=1 -(b OR {x}';
  assert.throws(() => parse(text), /column 6: "\(" is not closed/);
  const { where } = parse('  ☃=1 -(b OR "c d") ');
  assert.deepEqual(where?.args[0].args.map((e) => [e.start, e.end]), [[2, 5], [6, 19]]);
});
