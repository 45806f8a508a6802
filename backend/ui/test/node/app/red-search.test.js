// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, atMost, failed, kindsOf, searchOf, spansOf } from '../../../app/red-search.js';
import { parse } from '../../../search/parse.js';
import { parseDuration } from '../../../search/values.js';

test('kinds', () => {
  assert.deepEqual(['requests', 'all', 'client', 'unspecified', 'odd'].map(kindsOf), [['server', 'consumer'], [], ['client'], ['unspecified'], ['server', 'consumer']]);
});

test('the search for counted spans', () => {
  const from = 1_700_000_040_000_000_000n;
  assert.equal(searchOf({ service: 'a b', op: 'GET "/"', kind: 'requests' }, { from, to: from + 60_000_000_000n }, [failed, atLeast(12_345_678)]),
    'service:"a b" op:"GET \\"/\\"" (kind:server OR kind:consumer) status:error dur>=12.3ms since:2023-11-14T22:14:00Z until:2023-11-14T22:15:00Z');
  assert.equal(searchOf({ service: 'a', op: '', kind: 'all' }, { from: from + 1n, to: from + 2n }), 'service:a since:2023-11-14T22:14:00.000000001Z until:2023-11-14T22:14:00.000000002Z');
  assert.equal(spansOf({ service: 'a', op: 'b', kind: 'client' }), 'service:a op:b kind:client');
});

test('hostile names are values', () => {
  for (const name of ['', ')', '"', '\\', '{a} OR -b', 'since:1h', '\u202e\u0000', '=x', '~', 'AND', 'x'.repeat(1000)]) {
    const q = parse(searchOf({ service: name, op: name, kind: 'all' }, { from: 10n ** 18n, to: 2n * 10n ** 18n }));
    assert.equal(q.since, 10n ** 18n, name);
  }
});

test('durations with three digits, none too short and none too long', () => {
  for (let ns = 1; ns < 1e15; ns = Math.ceil(ns * 1.37)) {
    const [low, high] = [atLeast(ns), atMost(ns)].map((c) => Number(parseDuration(c.replace(/^dur.=/, ''))));
    assert.ok(low <= ns && low >= ns * 0.99 - 1, `${ns}: ${atLeast(ns)}`);
    assert.ok(high >= ns && high <= ns * 1.01 + 1, `${ns}: ${atMost(ns)}`);
    assert.ok(atLeast(ns).length < 18, atLeast(ns));
  }
});
