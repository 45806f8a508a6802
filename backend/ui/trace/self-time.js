// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */

/**
 * The self time of each span, ns: when it ran and none of its children did.
 * @param {Trace} t
 */
export function selfTimes(t) {
  const self = t.durations.slice();
  const until = t.starts.slice(); // children are known to run until then
  for (let i = 0; i < t.count; i++) {
    const p = t.parent[i];
    if (p < 0) continue;
    const from = Math.max(t.starts[i], until[p]);
    const to = Math.min(t.starts[i] + t.durations[i], t.starts[p] + t.durations[p]);
    if (to <= from) continue;
    self[p] -= to - from;
    until[p] = to;
  }
  return self;
}
