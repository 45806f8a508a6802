// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { complete, keyItems, spotAt, valueItems } from '../../../search/complete.js';
import { split, withCondition, withWindow } from '../../../search/edit.js';
import { fill, form, set, setOther } from '../../../search/form.js';
import { parse } from '../../../search/parse.js';
import { problemOf } from '../../../search/problem.js';
import { tokens } from '../../../search/tokens.js';
import { random } from '../../browser/seeds.js';

const cases = JSON.parse(readFileSync(new URL('../../../../trace/testdata/search.json', import.meta.url), 'utf8'));
const pieces = ['(', ')', '{', '}', '"', '\\', '-', ' AND ', ' OR ', 'NOT ', '=', '~', ':', '>', ' ', '\n', '\u0085', '☃', '𝒳', '\ud800', 'since:1h', 'a=1', 'op~"[a-z]+"', 'dur>1s'];

/** Texts made of the cases: cut, joined and with other things in them. @param {number} n */
function* texts(n) {
  const next = random(1);
  const pick = (/** @type {string[]} */ list) => list[Math.floor(next() * list.length)];
  const all = cases.parse.map((/** @type {{ text: string }} */ c) => c.text);
  for (let i = 0; i < n; i++) {
    let text = pick(all);
    for (let k = Math.floor(next() * 4); k > 0; k--) {
      const at = Math.floor(next() * (text.length + 1));
      text = text.slice(0, at) + pick([pick(pieces), ` ${pick(all)} `, '']) + text.slice(at + Math.floor(next() * 3));
    }
    yield text;
  }
}

test('no text is too strange', () => {
  let fit = 0;
  for (const text of texts(2000)) {
    let end = 0;
    for (const t of tokens(text)) {
      assert.ok(t.start >= end && t.end <= text.length && (t.end > t.start || t.kind === 'value' || t.kind === 'key'), JSON.stringify(text));
      end = t.end;
    }
    const problem = problemOf(text);
    if (problem) assert.ok(problem.at >= 0 && problem.at <= text.length && problem.column >= 1, JSON.stringify(text));
    else fit++;
    for (let caret = 0; caret <= text.length; caret += 3) {
      const spot = spotAt(text, caret);
      assert.ok(spot.from <= caret && spot.from <= spot.to, JSON.stringify([text, caret]));
      for (const item of [...keyItems(spot, { services: ['a b'], keys: ['k'] }), ...valueItems(spot, ['v'])].slice(0, 3)) complete(text, spot, item);
    }
  }
  assert.ok(fit > 200, `${fit} texts are searches`);
});

test('what edits write can be searched for', () => {
  for (const text of texts(1500)) {
    if (problemOf(text)) continue;
    const why = JSON.stringify(text);
    parse(withCondition(text, 'service:"x y"'));
    parse(withCondition(text, '-has:"x y"'));
    assert.deepEqual(split(withWindow(text, { since: '1h', until: '' })).options.filter((o) => o.name !== 'id').map((o) => o.source), ['since:1h'], why);
    const filled = fill(text);
    if (filled.unfit) continue;
    for (const name of Object.keys(form)) {
      const value = { status: 'ok', kind: 'server' }[name] ?? (form[name].field.endsWith('dur') ? '5ms' : 'x y');
      const changed = fill(set(text, name, value));
      assert.deepEqual(changed, { ...filled, values: { ...filled.values, [name]: value }, other: changed.other }, why);
      const without = fill(set(text, name, ''));
      assert.equal(without.unfit, '', why);
    }
    const other = fill(setOther(text, 'p OR q'));
    assert.deepEqual(other.values, filled.values, why);
  }
});
