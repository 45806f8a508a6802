// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { around, busiest, failing, mapOf, matches, perSecond } from '../../../lib/graph.js';

/** @import { ServiceMap } from '../../../types.js' */

const links = ['web cart 10 0', 'web user 4 1', 'cart db 20 5', 'user db 2 0', 'cart web 1 0', 'job mail 3 3', 'self self 7 1'].map((l) => {
  const [parent, child, calls, errors] = l.split(' ');
  return { parent, child, calls: Number(calls), errors: Number(errors) };
});
const map = mapOf(links);

/** @param {ServiceMap} m */
const calls = ({ services, calls }) => calls.map((c) => `${services[c.from].name}>${services[c.to].name}`).sort().join(' ');
/** @param {ServiceMap} m */
const names = (m) => m.services.map((s) => s.name).join(' ');

test('what is around a service can be more calls than a function takes arguments', () => {
  const names = Array.from({ length: 400 }, (_, i) => `s${i}`);
  const all = mapOf(names.flatMap((parent) => names.map((child) => ({ parent, child, calls: 1, errors: 0 }))));
  assert.equal(around(all, 's0', 2).calls.length, 160_000);
});

test('a map has services by name, with the sums of their calls', () => {
  assert.equal(names(map), 'cart db job mail self user web');
  for (const s of map.services) {
    const sum = (/** @type {'parent' | 'child'} */ side, /** @type {'calls' | 'errors'} */ what) => links.filter((l) => l[side] === s.name).reduce((n, l) => n + l[what], 0);
    assert.deepEqual([s.made, s.got, s.failed], [sum('parent', 'calls'), sum('child', 'calls'), sum('child', 'errors')], s.name);
  }
  assert.deepEqual(mapOf([...links].reverse()), map, 'the order of the answer means nothing');
  const quantiles = { p50: '1', p75: '1', p90: '1', p95: '1', p99: '1' };
  const total = { spans: 5, errors: 1, durations: quantiles };
  const lonely = mapOf(links.slice(0, 1), [{ service: 'alone', total, points: [] }, { service: 'web', total, points: [] }]);
  assert.deepEqual(lonely.services.map((s) => [s.name, s.rates]), [['alone', total], ['cart', null], ['web', total]]);
  assert.deepEqual(mapOf([]), { services: [], calls: [] });
});

test('what is around a service, so many calls away in both directions', () => {
  assert.equal(calls(around(map, 'cart', 1)), 'cart>db cart>web web>cart');
  assert.equal(calls(around(map, 'db', 1)), 'cart>db user>db');
  assert.equal(calls(around(map, 'db', 2)), 'cart>db user>db web>cart web>user');
  assert.equal(calls(around(map, 'user', 0)), 'cart>web user>db web>cart web>user', 'a circle ends');
  assert.equal(names(around(map, 'db', 1)), 'cart db user');
  assert.equal(calls(around(map, 'self', 1)), 'self>self');
  assert.deepEqual(around(map, 'nobody', 1), { services: [], calls: [] });
  assert.equal(around(map, 'user', 1).services.find((s) => s.name === 'db')?.got, 22, 'sums stay those of all calls');
});

test('calls that fail, and the busiest services', () => {
  assert.equal(calls(failing(map)), 'cart>db job>mail self>self web>user');
  assert.equal(names(busiest(map, 3)), 'cart db web', '31, 22 and 15 calls');
  assert.equal(calls(busiest(map, 3)), 'cart>db cart>web web>cart');
  assert.equal(busiest(map, 7), map);
});

test('each word is found in a name', () => {
  assert.ok(matches('Cart-API', 'api cart'));
  assert.ok(!matches('cart', 'cart db'));
  assert.equal(perSecond(5, 2), '2.5/s');
});
