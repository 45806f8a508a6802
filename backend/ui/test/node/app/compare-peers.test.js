// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peersOf, usualOf } from '../../../app/peers.js';

/** @param {number} i @param {number} duration @param {Record<string, unknown>} [more] @returns {any} */
const summary = (i, duration, more) => ({ traceID: String(i), start: String(1000 - i), duration: String(duration), rootService: 'a', rootName: 'GET "x"', partial: false, ...more });

test('the usual trace is the nearest to the median', () => {
  assert.equal(usualOf([]), null);
  assert.equal(usualOf([5, 90, 20, 30].map((d, i) => summary(i, d)))?.duration, '30');
  assert.equal(usualOf([10, 10, 900].map((d, i) => summary(i, d)))?.traceID, '0');
});

test('peers begin with the same operation, before, page by page', async () => {
  /** @type {URLSearchParams[]} */
  const asked = [];
  const pages = [
    [summary(0, 10, { rootName: 'other' }), summary(1, 10, { partial: true }), summary(2, 70), summary(0, 1, { start: '2000' })],
    [summary(3, 20), summary(4, 30), summary(5, 10, { rootService: 'b' })],
  ];
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ url) => {
    asked.push(new URL(url, 'http://x').searchParams);
    return Response.json({ traces: pages[asked.length - 1], cursor: asked.length < 2 ? 'next' : '' });
  });
  const peers = await peersOf({ traceID: '9', start: '1000', rootService: 'a', rootName: 'GET "x"' }, new AbortController().signal);
  assert.deepEqual([peers.previous?.traceID, peers.usual?.traceID, peers.count, peers.all], ['2', '4', 3, true]);
  assert.equal(asked[0].get('q'), 'service:a op:"GET \\"x\\"" until:1970-01-01T00:00:00.000001000Z');
  assert.equal(asked[1].get('cursor'), 'next');
});
