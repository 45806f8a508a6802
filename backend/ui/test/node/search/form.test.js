// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, set, setOther } from '../../../search/form.js';

test('the form shows what the text says', () => {
  const { values, other, unfit } = fill('service:cart AND op:"GET /x" dur>=10ms dur<1s a=1 -b service:other status:ERROR since:1h');
  assert.deepEqual(values, { service: 'cart', operation: 'GET /x', status: 'error', kind: '', longer: '10ms', shorter: '1s', traceLonger: '', traceShorter: '' });
  assert.equal(other, 'a=1 -b service:other');
  assert.equal(unfit, '');
  assert.equal(fill('a OR b since:1h').other, 'a OR b');
  assert.equal(fill('{a} {b}').unfit, 'braces');
  assert.equal(fill('a=').unfit, 'wrong');
});

test('the form changes one condition, and leaves the others as they are written', () => {
  for (const [text, name, value, want] of [
    ['', 'service', 'a b', 'service:"a b"'],
    ['x=1  service:a y', 'service', 'b', 'x=1  service:b y'],
    ['x AND service:a AND y since:1h', 'service', '', 'x y since:1h'],
    ['a OR b', 'service', 'c', '(a OR b) service:c'],
    ['(a OR b) service:c', 'service', '', '(a OR b)'],
    ['(a OR b) OR c', 'service', '', '(a OR b) OR c'],
    ['dur>=5ms', 'longer', '10ms', 'dur>=10ms'],
    ['dur>5ms', 'shorter', '10ms', 'dur>5ms dur<10ms'],
    ['-status:error', 'status', 'ok', '-status:error status:ok'],
    ['a', 'kind', '', 'a'],
  ]) assert.equal(set(text, name, value), want);
});

test('the other conditions are changed, and the fields stay', () => {
  assert.equal(setOther('a=1 service:x b since:1h', 'c'), 'service:x c since:1h');
  assert.equal(setOther('service:x', 'c OR d'), 'service:x (c OR d)');
  assert.equal(setOther('a', 'c OR d'), 'c OR d');
  assert.equal(setOther('service:x a', ''), 'service:x');
});
