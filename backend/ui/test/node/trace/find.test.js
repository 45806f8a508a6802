// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../../search/parse.js';
import { quote } from '../../../search/write.js';
import { collapseAll, collapseOne, expandOne, reveal } from '../../../trace/collapse.js';
import { hiddenSpans } from '../../../trace/filter.js';
import { find, searchFor } from '../../../trace/find.js';
import { foldSiblings } from '../../../trace/fold.js';
import { visible } from '../../../trace/rows.js';
import { forest, trace } from './make.js';

const shop = () => trace([
  { span: ['GET /cart', -1, 0, 100], service: 'web', kind: 2 },
  { span: ['GET', 0, 10, 90], service: 'web', kind: 3, status: 2 },
  { span: ['GET /items', 1, 20, 80], service: 'Store.İstanbul', kind: 2, status: 2 },
  { span: ['select *', 2, 30, 31], service: 'db', kind: 3 },
]);

/** @param {Uint8Array | undefined} mask */
const spans = (mask) => [...(mask ?? [])].flatMap((m, i) => (m ? [i] : []));

test('find', () => {
  const t = shop();
  /** @type {Record<string, number[]>} */
  const cases = {
    'GET': [0, 1, 2], 'get /': [0, 2], ' cart ': [0], 'WEB': [0, 1], 'web get /cart': [0], 'b GET': [0, 1], 'store.i': [2], '*': [3], '.*': [], 'İSTAN': [2],
    '000003': [3], '0000000000000002': [2], '00000000000000021': [], '00003': [], '': [], '   ': [], 'toString': [],
  };
  for (const [text, want] of Object.entries(cases)) {
    const found = find(t, text);
    assert.deepEqual(spans(found.mask), want, text);
    assert.equal(found.count, want.length);
  }
  assert.equal(find(t, 'GET').errors, 2);
});

test('an id is found within its span alone', () => {
  // The second id ends with abc, and the third begins with def.
  const t = forest(40, 1);
  t.ids = 'abcdef' + '1'.repeat(10) + '1'.repeat(13) + 'abc' + 'def' + '1'.repeat(13) + '1'.repeat(37 * 16);
  assert.deepEqual(spans(find(t, 'abcdef').mask), [0]);
});

test('what the server found is found, too', () => {
  const t = shop();
  const found = find(t, 'cart', '0000000000000003' + '0000000000000001' + '00000000000000ff');
  assert.deepEqual(spans(found.mask), [0, 1, 3]);
  assert.deepEqual([found.count, found.errors], [3, 1]);
  assert.deepEqual(spans(find(t, '', '0000000000000003').mask), []);
  t.ids = '0000000000000001'.repeat(4);
  assert.equal(find(t, 'nothing', '0000000000000001').count, 4);
});

test('text is looked for in tags, a search as it is', () => {
  /** @type {Record<string, string>} */
  const cases = {
    'status:error': 'status:error', 'a=b c': 'a=b c', '"exactly"': '"exactly"', '-odd': '-odd', '{a} {b}': '{a} {b}', 'since:1h a': 'since:1h a', '': '', '  ': '',
  };
  for (const [text, want] of Object.entries(cases)) {
    assert.equal(searchFor(text), want);
  }
  for (const text of ['connection reset', 'http.method', ' GET /cart ', 'http://shop', 'say "hi', 'a (b', 'C:\\x', 'and', 'status', 'a OR b', 'a=', '{', 'since:1h']) {
    const query = searchFor(text);
    assert.equal(query, `${quote(text.trim())} OR has:${quote(text.trim())}`);
    parse(query);
  }
});

test('hide', () => {
  const t = shop();
  /** @type {Record<string, number[]>} */
  const cases = {
    'service:web': [0, 1], 'service:Store.İstanbul': [2], 'service:WEB': [], 'kind:client': [1, 3], 'kind:Client': [], 'kind:': [],
    'shorter:2ns': [3], 'shorter:60 ns': [3], 'shorter:0.061us': [2, 3], 'shorter:x': [], 'nonsense': [], 'web': [], '': [],
  };
  for (const [text, want] of Object.entries(cases)) {
    const hidden = hiddenSpans(t, [text]);
    assert.deepEqual(spans(hidden?.mask), want, text);
    assert.equal(hidden?.count ?? 0, want.length);
  }
  const both = hiddenSpans(t, ['service:db', 'kind:server', 'shorter:1ns', 'shorter:1s', 'shorter:1ns']);
  assert.deepEqual([both?.count, both?.errors], [4, 2]);
  assert.equal(hiddenSpans(t, []), null);
});

test('levels are collapsed and expanded one by one', () => {
  const t = trace([
    { span: ['root', -1, 0, 100] }, { span: ['a', 0, 1, 90] }, { span: ['a.a', 1, 2, 80] }, { span: ['a.a.a', 2, 3, 70] }, { span: ['b', 0, 95, 99] },
  ]);
  const shown = (/** @type {ReadonlySet<number>} */ collapsed) => visible(t, { collapsed }).rows.length;
  let collapsed = new Set();
  const down = [];
  for (let i = 0; i < 4; i++) down.push(shown((collapsed = collapseOne(t, collapsed))));
  assert.deepEqual(down, [4, 3, 1, 1]);
  const up = [];
  for (let i = 0; i < 4; i++) up.push(shown((collapsed = expandOne(t, collapsed))));
  assert.deepEqual(up, [3, 4, 5, 5]);
  assert.equal(shown(collapseAll(t)), 3);
});

test('reveal opens what a span is in, and nothing else', () => {
  const t = forest(3000, 3, { services: 1, names: 1 });
  const folds = foldSiblings(t);
  const collapsed = new Set(Array.from({ length: t.count }, (_, i) => i));
  for (let i = 0; i < t.count; i += 97) {
    const state = reveal(t, i, { collapsed, folds, open: new Set() });
    assert.ok(visible(t, { ...state, folds }).rows.includes(i), `span ${i}`);
    assert.equal(collapsed.size - state.collapsed.size, t.depth[i]);
  }
});
