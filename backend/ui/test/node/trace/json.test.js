// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromAnyValue, jsonLines, jsonOf, parseJSON, write } from '../../../trace/json.js';
import { newTag } from '../../../trace/tag.js';

test('what it reads it writes, with all digits', () => {
  for (const text of [
    '{}', '[]', '{"a":[1,{"b":"<b>"}],"c":null}', '[9223372036854775807,-0,1.50,1e999,0.1E-7,true,false]', '{"":{"":[[]]}}',
    '{"__proto__":1,"constructor":2,"a":1,"a":2}', '["\\"\\\\\\n\\ud800"]',
  ]) {
    const node = parseJSON(text);
    assert.ok(node, text);
    assert.equal(write(node), text);
  }
  assert.equal(write(/** @type {any} */ (parseJSON('["\\/\\u0041"]'))), '["/A"]');
  assert.equal(write(/** @type {any} */ (parseJSON(' { "a" : [ 1 , 2 ] , "b" : { } }\n')), '  '), '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {}\n}');
});

test('it reads what JSON.parse reads', () => {
  const texts = [
    '{', '[', '[1', '[1,', '[1,]', '[,1]', '{"a"}', '{"a":}', '{"a":1,}', '{a:1}', "{'a':1}", '[01]', '[1.]', '[.5]', '[+1]', '[1e]', '[NaN]', '[tru]', '["\n"]', '["\\x"]',
    '["\\u12"]', '[1] 2', '[1]]', '{}{}', '[1 2]', '["a" "b"]', '\u00a0[]', '[]\u00a0', '[-]', '[--1]', '["]', '[nullnull]', '[1,2]', ' [ ] ', '{"a":{"b":[]}}',
  ];
  for (const text of texts) {
    let want = true;
    try {
      JSON.parse(text);
    } catch {
      want = false;
    }
    assert.equal(parseJSON(text) !== null, want, JSON.stringify(text));
  }
});

test('what is no object or list is text', () => {
  for (const text of ['', '1', '"a"', 'null', 'GET /', 'a[1]']) assert.equal(parseJSON(text), null, text);
  assert.equal(parseJSON('['.repeat(100_000)), null);
  assert.equal(parseJSON('['.repeat(100_000) + ']'.repeat(100_000)), null);
  assert.equal(parseJSON(`["${'x'.repeat(2_000_000)}"]`), null);
});

test('values of OTLP', () => {
  const list = { arrayValue: { values: [{ intValue: '9223372036854775807' }, { doubleValue: 'NaN' }, { bytesValue: 'AQI=' }, {}, { kvlistValue: { values: [{ key: 'a', value: { boolValue: false } }, { key: 'b' }] } }] } };
  assert.equal(newTag('k', list).text, '[9223372036854775807,"NaN","AQI=",null,{"a":false,"b":null}]');
  assert.equal(newTag('k', { kvlistValue: {} }).text, '{}');
  assert.equal(newTag('k', { arrayValue: {} }).text, '[]');
  let deep = /** @type {import('../../../types.js').AnyValue} */ ({ intValue: 1 });
  for (let i = 0; i < 100_000; i++) deep = { arrayValue: { values: [deep] } };
  assert.ok(write(fromAnyValue(deep)).includes('…'));
});

test('tags that are JSON', () => {
  assert.equal(jsonOf(newTag('k', { stringValue: '{"a":1}' }))?.kind, 'object');
  assert.equal(jsonOf(newTag('k', { arrayValue: { values: [] } }))?.kind, 'array');
  assert.equal(jsonOf(newTag('k', { stringValue: '1' })), null);
  assert.equal(jsonOf(newTag('k', { intValue: 1 })), null);
});

test('lines, as far as it is open', () => {
  const root = /** @type {any} */ (parseJSON('{"a":[1,{"b":2}],"c":{}}'));
  const lines = (/** @type {(path: string, depth: number) => boolean} */ open) => jsonLines(root, open).map((l) => `${'  '.repeat(l.depth)}${l.key ?? ''} ${l.node.kind}${l.open ? '' : ' ' + write(l.node)} @${l.path}`);
  assert.deepEqual(lines(() => false), [' object {"a":[1,{"b":2}],"c":{}} @']);
  assert.deepEqual(lines((_, depth) => depth < 1), [' object @', '  a array [1,{"b":2}] @0', '  c object {} @1']);
  assert.deepEqual(lines((path) => path !== '0.1'), [' object @', '  a array @0', '     number 1 @0.0', '     object {"b":2} @0.1', '  c object {} @1']);
});
