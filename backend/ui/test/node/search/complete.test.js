// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, keyItems, servicesIn, spotAt, valueItems } from '../../../search/complete.js';

/** The spot at the | in a text. @type {(text: string) => [string, ReturnType<typeof spotAt>]} */
const at = (text) => [text.replace('|', ''), spotAt(text.replace('|', ''), text.indexOf('|'))];

test('what is being written', () => {
  for (const [text, what, typed, key] of [
    ['|', 'key', '', ''], ['ser|', 'key', 'ser', ''], ['a=1 |', 'key', '', ''], ['(|', 'key', '', ''], ['-er|', 'key', 'er', ''], ['{a} {|', 'key', '', ''],
    ['service:|', 'value', '', 'service'], ['service: |', 'value', '', 'service'], ['service:ca|rt', 'value', 'ca', 'service'], ['a="x y|', 'value', 'x y', 'a'],
    ['a=x |b', 'key', '', ''], ['"te|xt"', 'nothing', '', ''], ['a!|=x', 'nothing', '', ''], ['O|', 'key', 'O', ''], ['a=|\nb', 'value', '', 'a'],
  ]) {
    const [, spot] = at(text);
    assert.deepEqual([spot.what, spot.typed, spot.key], [what, typed, key], text);
  }
  assert.equal(at('"status"=|')[1].field, '');
  assert.equal(at('status=|')[1].field, 'status');
});

test('what can be written there', () => {
  const known = { services: ['checkout', 'cart items'], keys: ['http.method', 'my key', 'status'] };
  const texts = (/** @type {{ text: string }[]} */ items) => items.map((i) => i.text);
  assert.deepEqual(texts(keyItems(at('c|')[1], known)), ['service:checkout', 'service:"cart items"', 'http.method=', '"my key"=', '"status"=']);
  assert.deepEqual(texts(keyItems(at('a st|')[1], { services: [], keys: [] })), ['status:']);
  assert.deepEqual(texts(keyItems(at('a O|')[1], { services: [], keys: [] })), ['op:', 'OR']);
  assert.deepEqual(texts(valueItems(at('kind:c|')[1], [])), ['client', 'consumer']);
  assert.deepEqual(texts(valueItems(at('dur>5|')[1], [])), ['5us', '5ms', '5s', '5m']);
  assert.deepEqual(texts(valueItems(at('since:1|')[1], [])), ['1m', '1h', '1d', '15m']);
  assert.deepEqual(texts(valueItems(at('op:get|')[1], ['GET /x', 'PUT'])), ['"GET /x"']);
});

test('an item takes its place', () => {
  for (const [text, item, want] of /** @type {[string, import('../../../search/complete.js').Item, string][]} */ ([
    ['|', { text: 'service:', more: true }, 'service:|'], ['a|', { text: 'ab=', more: true }, 'ab=|'], ['a=1|', { text: '2' }, 'a=2 |'], ['(a|)', { text: 'abc' }, '(abc|)'], ['{a}|', { text: 'b' }, '{a} b |'],
    ['ser|=x', { text: 'service' }, 'service|=x'], ['op:"GE|', { text: '"GET /x"' }, 'op:"GET /x" |'], ['a |b', { text: 'OR', more: true }, 'a OR |b'], ['service: |', { text: 'x' }, 'service: x |'],
  ])) {
    const [plain, spot] = at(text);
    const done = complete(plain, spot, item);
    assert.equal(done.text.slice(0, done.caret) + '|' + done.text.slice(done.caret), want);
  }
});

test('the services of a text', () => {
  assert.deepEqual(servicesIn('service:a (service="b c" OR service!=d) "service"=e service:'), ['a', 'b c']);
});
