// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whySampled } from '../../../trace/sampled.js';
import { newTag } from '../../../trace/tag.js';

test('why a trace was recorded', () => {
  for (const [tags, want] of /** @type {[Record<string, string>, string][]} */ ([
    [{}, ''],
    [{ 'sampler.type': 'const', 'sampler.param': 'true' }, 'the service records every trace'],
    [{ 'sampler.type': 'probabilistic', 'sampler.param': '0.001' }, 'the service records 1 in 1,000 traces, by chance'],
    [{ 'sampler.type': 'probabilistic', 'sampler.param': '0.125' }, 'the service records 12.5 % of all traces, by chance'],
    [{ 'sampler.type': 'probabilistic', 'sampler.param': '1' }, 'the service records every trace'],
    [{ 'sampler.type': 'probabilistic', 'sampler.param': 'x' }, 'by chance (x)'],
    [{ 'sampler.type': 'ratelimiting', 'sampler.param': '2' }, 'the service records up to 2 traces/s'],
    [{ 'sampler.type': 'lowerbound', 'sampler.param': '0.01' }, 'its operation is rare: some of each are recorded, whatever chance says'],
    [{ 'sampler.type': 'mine', 'sampler.param': '7' }, 'mine 7'],
    [{ 'sampling.priority': '1' }, 'the program asked for it: sampling.priority is set'],
    [{ 'sampling.priority': '0' }, ''],
    [{ 'sampler.type': 'const', 'jaeger-debug-id': 'me' }, 'somebody asked for it: jaeger-debug-id is me'],
  ])) assert.equal(whySampled(Object.entries(tags).map(([key, stringValue]) => newTag(key, { stringValue }))), want);
});
