// SPDX-License-Identifier: Apache-2.0

/** @import { Stretch, TimeScale, Trace } from '../types.js' */

/** While spans run, silence of so many ns is no gap. */
const quiet = 5e9;
/**
 * Gaps are shrunk when together they are more than so many times as long as the
 * rest: the longest, until the others are less than so much of it.
 */
const dominant = 2;
const tolerable = 0.5;
/** More would be too narrow to be seen. */
const mostGaps = 50;
/** How much of the width a shrunk gap has, and all of them have at most. */
const gapShare = 0.04;
const allGapsShare = 0.3;

/**
 * The idle gaps of a trace, by time: when nothing ran, or for five seconds or
 * more only spans with children did, and none of those started or ended. Only
 * those are told that must be shrunk for the rest to be seen.
 * @param {Pick<Trace, 'count' | 'starts' | 'durations' | 'end'>} t
 * @param {number} [focus] the span whose subtree alone counts, -1: all do
 * @returns {Stretch[]}
 */
export function idleGaps(t, focus = -1) {
  const [first, end] = focus < 0 ? [0, t.count] : [focus, t.end[focus]];
  const all = startsAndEnds(t, first, end, () => true);
  const work = startsAndEnds(t, first, end, (i) => t.end[i] === i + 1);
  const count = end - first;
  if (!count) return [];
  /** @type {Stretch[]} */
  const gaps = [];
  let idle = 0;
  let [running, working] = [0, 0];
  // One moment after the other at which something starts or ends.
  for (let [at, s, e, ws, we] = [all.starts[0], 0, 0, 0, 0]; e < count;) {
    const next = s < count ? Math.min(all.starts[s], all.ends[e]) : all.ends[e];
    if (next > at && !working && (!running || next - at >= quiet)) {
      gaps.push({ from: at, to: next });
      idle += next - at;
    }
    at = next;
    while (s < count && all.starts[s] <= at) s++;
    while (e < count && all.ends[e] <= at) e++;
    while (ws < work.starts.length && work.starts[ws] <= at) ws++;
    while (we < work.ends.length && work.ends[we] <= at) we++;
    running = s - e;
    working = ws - we;
  }
  const busy = all.ends[count - 1] - all.starts[0] - idle;
  if (idle <= dominant * busy) return [];
  const longest = gaps.toSorted((a, b) => b.to - b.from - (a.to - a.from));
  let n = 0;
  for (; n < Math.min(longest.length, mostGaps) && idle > tolerable * busy; n++) idle -= longest[n].to - longest[n].from;
  return longest.slice(0, n).sort((a, b) => a.from - b.from);
}

/**
 * When spans start, and when they end, both sorted.
 * @param {Pick<Trace, 'starts' | 'durations'>} t
 * @param {number} first
 * @param {number} end
 * @param {(i: number) => boolean} counts
 */
function startsAndEnds(t, first, end, counts) {
  const starts = new Float64Array(end - first);
  const ends = new Float64Array(end - first);
  let n = 0;
  for (let i = first; i < end; i++) {
    if (!counts(i)) continue;
    starts[n] = t.starts[i];
    ends[n++] = t.starts[i] + t.durations[i];
  }
  return { starts: starts.subarray(0, n).sort(), ends: ends.subarray(0, n).sort() };
}

/**
 * The scale of a stretch of time, its gaps shrunk.
 * @param {number} from ns since the trace's start
 * @param {number} to
 * @param {Stretch[]} [gaps] by time
 * @returns {TimeScale}
 */
export function timeScale(from, to, gaps = []) {
  to = Math.max(to, from + 1);
  const inside = gaps.map((g) => ({ from: Math.max(g.from, from), to: Math.min(g.to, to) })).filter((g) => g.to > g.from);
  const share = Math.min(gapShare, allGapsShare / inside.length);
  // A gap that would be drawn longer than without shrinking stays as it is.
  const shrunk = inside.filter((g) => (g.to - g.from) / (to - from) > share);
  const rest = to - from - shrunk.reduce((sum, g) => sum + g.to - g.from, 0);
  if (!shrunk.length || rest <= 0) return { from, to, gaps: [], times: Float64Array.of(from, to), shares: Float64Array.of(0, 1) };
  const perNS = (1 - share * shrunk.length) / rest;
  const times = [from];
  const shares = [0];
  const put = (/** @type {number} */ time, /** @type {number} */ s) => {
    if (time === times[times.length - 1]) return;
    times.push(time);
    shares.push(s);
  };
  for (const g of shrunk) {
    const left = shares[shares.length - 1] + (g.from - times[times.length - 1]) * perNS;
    put(g.from, left);
    put(g.to, left + share);
  }
  put(to, 1);
  shares[shares.length - 1] = 1;
  return { from, to, gaps: shrunk, times: Float64Array.from(times), shares: Float64Array.from(shares) };
}

/**
 * Where a time is drawn: 0 is the left edge, 1 the right one; beyond them it
 * goes on evenly.
 * @param {TimeScale} scale
 * @param {number} time ns since the trace's start
 */
export function shareOf(scale, time) {
  return interpolate(scale.times, scale.shares, time);
}

/**
 * The time that is drawn at a share of the width.
 * @param {TimeScale} scale
 * @param {number} share
 */
export function timeAt(scale, share) {
  return interpolate(scale.shares, scale.times, share);
}

/**
 * @param {Float64Array} x ascending, at least two
 * @param {Float64Array} y
 * @param {number} at
 */
function interpolate(x, y, at) {
  let low = 0;
  for (let high = x.length - 1; high - low > 1;) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at) low = middle;
    else high = middle;
  }
  return y[low] + ((at - x[low]) / (x[low + 1] - x[low])) * (y[low + 1] - y[low]);
}
