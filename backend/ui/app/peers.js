// SPDX-License-Identifier: Apache-2.0

/** @import { SearchPage, TraceSummary } from '../types.js' */
import { iso } from '../search/narrow.js';
import { condition } from '../search/write.js';
import { get } from './api.js';

/** So many traces tell what is usual, of so many at most that are asked for. */
const [enough, most] = [200, 1000];

/**
 * A trace that others are compared with.
 * @typedef {Pick<TraceSummary, 'traceID' | 'start' | 'rootService' | 'rootName'>} Peer
 */

/**
 * The traces before one that begin with the same operation of the same service, of
 * which one is the latest, and one took as long as half of them: its duration is
 * the nearest to their median.
 * @param {Peer} of
 * @param {AbortSignal} signal
 * @returns {Promise<{ previous: TraceSummary | null, usual: TraceSummary | null, count: number, all: boolean }>} count: how many
 *   they are, 200 at most; all: the search looked at all there are
 */
export async function peersOf(of, signal) {
  // The language cannot ask for roots: traces are found that have such a span anywhere.
  const q = `${condition('service', ':', of.rootService)} ${condition('op', ':', of.rootName)} until:${iso(BigInt(of.start), 9)}`;
  /** @type {TraceSummary[]} */
  const found = [];
  let [cursor, asked] = ['', 0];
  do {
    const page = /** @type {SearchPage} */ (await get('/api/search', { q, limit: enough, order: 'newest', cursor }, signal));
    found.push(...page.traces.filter((t) => same(t.rootService, of.rootService) && same(t.rootName, of.rootName) && !t.partial && t.traceID !== of.traceID && BigInt(t.start) < BigInt(of.start)));
    asked += page.traces.length;
    cursor = page.traces.length ? page.cursor : '';
  } while (cursor && found.length < enough && asked < most);
  const last = found.slice(0, enough);
  return { previous: last[0] ?? null, usual: usualOf(last), count: last.length, all: !cursor };
}

/**
 * Whether a text is another, of which lists tell the beginning alone when it is long.
 * @param {string} listed
 * @param {string} text
 */
function same(listed, text) {
  return listed === text || (listed.endsWith('…') && text.startsWith(listed.slice(0, -1)));
}

/**
 * The trace whose duration is the nearest to the median, the first of such.
 * @param {TraceSummary[]} traces
 */
export function usualOf(traces) {
  const durations = traces.map((t) => Number(t.duration)).sort((a, b) => a - b);
  const median = durations[durations.length >> 1];
  const far = (/** @type {TraceSummary} */ t) => Math.abs(Number(t.duration) - median);
  return traces.reduce((best, t) => (best && far(best) <= far(t) ? best : t), /** @type {TraceSummary | null} */ (null));
}
