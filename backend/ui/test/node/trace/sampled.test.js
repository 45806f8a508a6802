// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksTo } from '../../../trace/references.js';
import { whySampled } from '../../../trace/sampled.js';
import { newTag } from '../../../trace/tag.js';

test('why a trace was recorded', () => {
  /** @type {[Record<string, string>, string][]} */
  const cases = [
    [{}, ''],
    [{ 'sampler.type': 'const', 'sampler.param': 'true' }, 'the service records every trace'],
    [{ 'sampler.type': 'probabilistic', 'sampler.param': '0.001' }, 'the service records 0.1 % of all traces, 1 in 1,000, by chance'],
    [{ 'sampler.type': 'probabilistic', 'sampler.param': '1' }, 'the service records every trace'],
    [{ 'sampler.type': 'probabilistic', 'sampler.param': 'x' }, 'by chance (x)'],
    [{ 'sampler.type': 'ratelimiting', 'sampler.param': '2' }, 'the service records up to 2 traces/s'],
    [{ 'sampler.type': 'lowerbound', 'sampler.param': '0.1' }, 'its operation is rare: some of each are recorded, whatever chance says'],
    [{ 'sampler.type': 'other' }, 'other'],
    [{ 'jaeger-debug-id': 'x', 'sampler.type': 'const' }, 'somebody asked for it: jaeger-debug-id is x'],
    [{ 'sampling.priority': '1' }, 'the program asked for it: sampling.priority is set'],
    [{ 'sampling.priority': '0' }, ''],
  ];
  for (const [tags, want] of cases) assert.equal(whySampled(Object.entries(tags).map(([k, v]) => newTag(k, { stringValue: v }))), want);
});

test('links to a span', () => {
  const [a, b] = ['0'.repeat(31) + '1', '0'.repeat(31) + '2'];
  const span = (/** @type {string} */ spanId, /** @type {[string, string][]} */ links, parentSpanId = '') => ({
    traceId: b, spanId, parentSpanId, name: '', startTimeUnixNano: '1', endTimeUnixNano: '2', links: links.map(([traceId, id]) => ({ traceId, spanId: id })),
  });
  const traces = {
    resourceSpans: [
      { scopeSpans: [{ spans: [span('01', [[a, '09']]), span('02', [[b, '09']]), span('03', [[a, '08']])] }] },
      { scopeSpans: [{ spans: [span('04', [[b, '07'], [a, '09']]), span('05', [[a, '09']], '09'), span('09', [[a, '09']])] }] },
    ],
  };
  assert.deepEqual(linksTo(traces, a, '09'), ['01', '04']);
  assert.deepEqual(linksTo(traces, '0'.repeat(15) + '1', '09'), ['01', '04']);
  assert.deepEqual(linksTo({}, a, '09'), []);
});
