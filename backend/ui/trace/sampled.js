// SPDX-License-Identifier: Apache-2.0

/** @import { Tag } from '../types.js' */
import { number } from '../lib/format.js';

/**
 * Why a trace was recorded, in words, by what Jaeger's clients say on the first
 * span of a process (sampler.type and sampler.param); "" when it does not say.
 * @param {Tag[]} tags
 */
export function whySampled(tags) {
  const find = (/** @type {string} */ key) => tags.find((t) => t.key === key)?.text ?? '';
  const type = find('sampler.type');
  const param = find('sampler.param');
  const n = Number(param);
  if (find('jaeger-debug-id')) return `somebody asked for it: jaeger-debug-id is ${find('jaeger-debug-id')}`;
  switch (type) {
    case '':
      return Number(find('sampling.priority')) > 0 ? 'the program asked for it: sampling.priority is set' : '';
    case 'const':
      return 'the service records every trace';
    case 'probabilistic':
      if (n >= 1) return 'the service records every trace';
      if (n >= 0.01) return `the service records ${number(n * 100)} % of all traces, by chance`;
      return n > 0 ? `the service records 1 in ${number(Math.round(1 / n))} traces, by chance` : `by chance (${param})`;
    case 'ratelimiting':
      return `the service records up to ${number(n)} traces/s`;
    case 'lowerbound':
      return 'its operation is rare: some of each are recorded, whatever chance says';
    default:
      return `${type}${param ? ` ${param}` : ''}`;
  }
}
