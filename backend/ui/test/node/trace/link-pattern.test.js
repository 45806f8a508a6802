// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readPattern, readPatterns, writePatterns } from '../../../trace/link-pattern.js';

const cases = JSON.parse(readFileSync(new URL('../../../../query/testdata/link-patterns.json', import.meta.url), 'utf8'));

test('patterns are read as the server reads them', () => {
  assert.ok(cases.good.length > 5 && cases.bad.length > 30);
  for (const raw of cases.good) assert.deepEqual(readPattern(readPattern(raw)), readPattern(raw));
  for (const { pattern, field, message } of cases.bad) {
    assert.throws(() => readPattern(pattern), (/** @type {any} */ e) => e.field === field && e.message === message, JSON.stringify(pattern));
  }
  assert.deepEqual(readPattern(cases.good[1]).key, ['host', 'hostname']);
  assert.deepEqual([readPattern(cases.good[2]).key, readPattern(cases.good[3]).key], [null, null]);
  assert.deepEqual(['attributes', 'resource', 'events'].map((type) => readPattern({ type, key: 'k', url: '/', text: 't' }).type), ['tags', 'process', 'logs']);
  for (const raw of [null, 7, [], 'x', { type: '__proto__' }, { type: 'toString' }]) assert.throws(() => readPattern(raw), { field: 'type' });
  for (const url of ['/' + 'x'.repeat(3999), '☃'.repeat(4000)]) assert.equal(readPattern({ type: 'traces', url, text: 't' }).url, url);
  for (const url of ['/' + 'x'.repeat(4000), '𝒳'.repeat(4001)]) assert.throws(() => readPattern({ type: 'traces', url, text: 't' }), /1 to 4000/);
});

test('what is pasted is a file of Jaeger, a list or one', () => {
  const one = { type: 'tags', key: 'k', url: '/#{k}', text: 't' };
  const read = { ...one, key: ['k'] };
  for (const value of [one, [one], { linkPatterns: [one], menu: [] }]) assert.deepEqual(readPatterns(JSON.stringify(value)), [read]);
  assert.deepEqual(readPatterns('[]'), []);
  assert.throws(() => readPatterns('{'), /^Error: It is not JSON: /);
  for (const text of ['null', '7', '"x"', '{}', '{"linkPatterns":{}}']) assert.throws(() => readPatterns(text), /neither a list of links nor/);
  assert.throws(() => readPatterns(JSON.stringify([one, { ...one, url: 'javascript:1' }])), /^Error: linkPatterns\[1\]\.url: neither relative/);
  assert.throws(() => readPatterns(`[${' '.repeat(1_000_000)}]`), /too long/);
});

test('what is copied can be read again, also by Jaeger', () => {
  const patterns = cases.good.map(readPattern);
  assert.deepEqual(readPatterns(writePatterns(patterns)), patterns);
  assert.match(writePatterns(patterns), /"key": "http\.url",[^]*"key": \[\s+"host",\s+"hostname"\s+\]/);
  assert.deepEqual(Object.keys(JSON.parse(writePatterns([readPattern(cases.good[3])])).linkPatterns[0]), ['type', 'url', 'text']);
});
