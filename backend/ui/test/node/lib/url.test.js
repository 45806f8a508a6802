// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, parse } from '../../../lib/url.js';

test('an address is read and made', () => {
  for (const [path, search] of [
    ['/', ''], ['/', '?q=service%3Aa+b&order=longest&col=x&col=y&live=0'], ['/trace/0af7', '?span=1&only=1&from=5'],
    ['/status', ''], ['/', '?q=x&fromelsewhere=1'], ['/trace/0af7', '?toString=1&__proto__=2'],
  ]) assert.equal(format(parse(path, search)), path + search);
});

test('what an address may not say is ignored', () => {
  assert.deepEqual(parse('/trace/a%', '?from=x&only=maybe').params, parse('/trace/a', '').params);
  assert.equal(parse('/trace/a', '?v=2').newer, true);
  assert.equal(parse('/trace/a/b', '').page, 'unknown');
});
