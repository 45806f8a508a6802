// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStream } from '../../../lib/event-stream.js';

const text = 'id: 1\n\nevent: gap\ndata: {}\n\nevent: traces\ndata: {"traces":[]}\nid: 2\r\n\r\n: comment\ndata: a\ndata:b\nid: 3\n\ndata: unfinished\nid: 4\n';

test('events come out whole, however the text is cut', () => {
  const want = [{ type: 'gap', data: '{}' }, { type: 'traces', data: '{"traces":[]}' }, { type: 'message', data: 'a\nb' }];
  for (let size = 1; size <= text.length; size++) {
    const s = new EventStream();
    const got = [];
    for (let i = 0; i < text.length; i += size) got.push(...s.push(text.slice(i, i + size)));
    assert.deepEqual(got, want, `pieces of ${size}`);
    assert.equal(s.id, '3');
  }
});

test('an id without data is where the stream is', () => {
  const s = new EventStream();
  assert.deepEqual(s.push('id: x'), []);
  assert.equal(s.id, '');
  assert.deepEqual(s.push('\n\n'), []);
  assert.equal(s.id, 'x');
});

test('an endless event is an error', () => {
  const s = new EventStream();
  const piece = 'x'.repeat(1_000_000);
  assert.throws(() => {
    for (let i = 0; i < 20; i++) s.push(`data: ${piece}\n`);
  }, /too long/);
  assert.throws(() => {
    const other = new EventStream();
    for (let i = 0; i < 20; i++) other.push(piece);
  }, /too long/);
});
