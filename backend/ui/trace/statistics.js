// SPDX-License-Identifier: Apache-2.0

/** @import { Statistics, Trace } from '../types.js' */
import { selfTimes } from './self-time.js';

/**
 * The numbers of each service, operation (name) or pair of both, or of the spans
 * that have the same value, the largest self time first.
 * @param {Trace} t
 * @param {'service' | 'operation' | 'both' | Int32Array} by or the value of each span, -1: it does not count
 * @param {{ self?: Float64Array, focus?: number, hidden?: Uint8Array | null }} [options] self times, if they are known; the
 *   span whose subtree alone counts; 1 for spans that do not
 * @returns {Statistics[]}
 */
export function statistics(t, by, { self = selfTimes(t), focus = -1, hidden = null } = {}) {
  const [first, end] = focus < 0 ? [0, t.count] : [focus, t.end[focus]];
  const keyOf = (/** @type {number} */ i) => (typeof by !== 'string' ? by[i] : by === 'service' ? t.service[i] : by === 'operation' ? t.name[i] : t.service[i] * t.names.length + t.name[i]);
  /** @type {Map<number, number>} */
  const known = new Map();
  const group = new Int32Array(end - first).fill(-1);
  /** @type {Statistics[]} */
  const all = [];
  for (let i = first; i < end; i++) {
    if (hidden && hidden[i]) continue;
    const key = keyOf(i);
    if (key < 0) continue;
    let g = known.get(key);
    if (g === undefined) {
      known.set(key, (g = all.length));
      all.push({
        service: by === 'service' || by === 'both' ? t.service[i] : -1, name: by === 'operation' || by === 'both' ? t.name[i] : -1, value: typeof by === 'string' ? -1 : key,
        count: 0, errors: 0, total: 0, self: 0, average: 0, min: 0, p50: 0, p95: 0, max: 0,
      });
    }
    group[i - first] = g;
    const s = all[g];
    s.count++;
    if (t.status[i] === 2) s.errors++;
    s.total += t.durations[i];
    s.self += self[i];
  }

  // The durations of each group beside each other, to sort them.
  const next = new Int32Array(all.length);
  for (let g = 1; g < all.length; g++) next[g] = next[g - 1] + all[g - 1].count;
  const begin = next.slice();
  const durations = new Float64Array(all.reduce((sum, s) => sum + s.count, 0));
  for (let i = first; i < end; i++) if (group[i - first] >= 0) durations[next[group[i - first]]++] = t.durations[i];
  all.forEach((s, g) => {
    const sorted = durations.subarray(begin[g], begin[g] + s.count).sort();
    s.average = s.total / s.count;
    s.min = sorted[0];
    s.p50 = rank(sorted, 0.5);
    s.p95 = rank(sorted, 0.95);
    s.max = sorted[s.count - 1];
  });
  return all.sort((a, b) => b.self - a.self);
}

/**
 * The smallest value that a share p of all is not above.
 * @param {Float64Array} sorted
 * @param {number} p
 */
function rank(sorted, p) {
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)];
}
