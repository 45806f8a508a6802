// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowOf, withCondition, withWindow } from '../../../search/edit.js';
import { parse } from '../../../search/parse.js';
import { lookup } from '../../../search/values.js';
import { condition, has, quote } from '../../../search/write.js';

test('a condition is added', () => {
  for (const [text, more, want] of [
    ['', 'a=1', 'a=1'],
    ['service:x since:1h', 'a=1', 'service:x a=1 since:1h'],
    ['a=1 b', 'a=1', 'a=1 b'],
    ['a OR b', '-c', '(a OR b) -c'],
    ['{a} {b}', 'c=1', '{a} {b} {c=1}'],
    ['{a} since:1h', '-c=1', '{a} -{c=1} since:1h'],
    ['trace.dur>1s', 'a', 'trace.dur>1s a'],
    ['status:err', 'a', 'status:err a'], // wrong before, wrong after
  ]) assert.equal(withCondition(text, more), want);
});

test('the window is changed, the rest stays', () => {
  const text = 'since:1h service:"a b" until:5m -"since:x"';
  assert.deepEqual(windowOf(text), { since: '1h', until: '5m' });
  assert.equal(withWindow(text, { since: '2026-01-31T00:00:00Z', until: '' }), 'service:"a b" -"since:x" since:2026-01-31T00:00:00Z');
  assert.equal(withWindow('a', { since: '', until: '' }), 'a');
  for (const and of ['a AND since:1h AND b', 'since:1h AND a AND b', 'since:1h AND until:5m AND a AND b', 'a AND b AND since:1h']) {
    assert.equal(withWindow(and, { since: '', until: '' }).replace(' AND ', ' '), 'a b');
  }
  assert.equal(withWindow('id:1 a since:1h', { since: '', until: '' }), 'a id:1');
});

test('what is written is read as it was meant', () => {
  for (const s of ['', ' ', 'x', '"', '\\', '=x', '~', '(a)', 'a b', 'OR', '-x', 'status', 'a:b', '☃', '\u0085', '{', 'and', "it's \\\"so\\\""]) {
    const term = (/** @type {string} */ text) => parse(text).where?.args[0];
    const found = term(condition(s, '=', s, { tag: true }));
    assert.deepEqual([found?.field, found?.key, found?.value], ['tag', s, s]);
    assert.equal(term(has(s))?.key, s);
    if (s) assert.equal(term(quote(s))?.value, s);
    assert.equal(term(condition('op', ':', s))?.value, s);
  }
});

test('an id alone is a trace to open', () => {
  for (const [text, want] of [
    ['448eb211c80319c0', '448eb211c80319c0'], [' 0AF7651916CD43DD8448EB211C80319C ', '0af7651916cd43dd8448eb211c80319c'],
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '0af7651916cd43dd8448eb211c80319c'], ['1:2:0:1', '0000000000000001'],
    ['0af76519-16cd-43dd-8448-eb211c80319c', '0af7651916cd43dd8448eb211c80319c'], ['error', ''], ['cafe', ''], ['0000000000000000', ''],
  ]) assert.equal(lookup(text), want);
});
