// SPDX-License-Identifier: Apache-2.0

/** @import { SearchPage, Trace } from '../types.js' */
import { get } from './api.js';
import { poll } from './poll.js';

const pause = 2000; // ms
/** After its end so many ms, a trace gets no more spans, or when parents are missing so many. */
const [whole, partial] = [60_000, 600_000];

/**
 * Asks now and then how many spans are stored of a trace that may still get some.
 * @param {Trace} t
 * @param {() => Promise<void>} grown called when they are more; while it runs nothing is asked
 * @returns {() => void} ends it
 */
export function watchGrowth(t, grown) {
  const end = Number((t.start + BigInt(Math.round(t.duration))) / 1_000_000n);
  const wait = t.parent.includes(-2) || !t.parent.includes(-1) ? partial : whole;
  if (Date.now() - end > wait) return () => {};
  let stop = () => {};
  stop = poll(async () => {
    if (Date.now() - end > wait) return stop();
    try {
      const page = /** @type {SearchPage} */ (await get('/api/search', { q: `id:${t.id}`, limit: 1 }));
      if (page.traces.length && page.traces[0].spans > t.total) await grown();
    } catch {
      // The trace stays as it is; the next call may succeed.
    }
  }, pause);
  return () => stop();
}
