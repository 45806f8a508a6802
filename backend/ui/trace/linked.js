// SPDX-License-Identifier: Apache-2.0

/** @import { Lane, LaneLink, LinkedTraces, Stretch, Trace, TraceSummary } from '../types.js' */
import { memo } from '../lib/memo.js';
import { idleGaps } from './time-scale.js';
import { rootOf, spanID } from './trace.js';

/** A trace, and how many links it is away from the one that was asked for. @typedef {{ trace: Trace | null, summary: TraceSummary | null, away: number }} Found one of trace and summary is there */

/** Links that are looked at, and of those that are shown: more would be drawn over each other. */
const [mostRead, mostShown] = [20_000, 500];

/**
 * Puts traces on one time axis.
 * @param {Found[]} found that which was asked for is 0 away
 * @param {number} left traces beyond those
 * @param {string[]} lost ids of those that are not stored
 * @returns {LinkedTraces}
 */
export function joinTraces(found, left, lost) {
  const starts = found.map(startOf);
  const earliest = starts.reduce((a, b) => (b < a ? b : a));
  const lanes = found.map((f, i) => newLane(f, Number(starts[i] - earliest))).sort((a, b) => a.from - b.from || a.away - b.away || (a.id < b.id ? -1 : 1));
  const { shown, more } = linksBetween(lanes);
  return {
    lanes,
    links: shown,
    moreLinks: more,
    own: lanes.findIndex((l) => l.away === 0),
    duration: Math.max(...lanes.map((l) => l.to)),
    gaps: gapsOf(lanes),
    left,
    lost,
  };
}

/** @param {Found} f */
function startOf({ trace, summary }) {
  return trace ? trace.start : BigInt(/** @type {TraceSummary} */ (summary).start);
}

/**
 * @param {Found} f
 * @param {number} from
 * @returns {Lane}
 */
function newLane({ trace: t, summary: s, away }, from) {
  if (!t) {
    const { traceID: id, rootService: service, rootName: name, duration, spans, errors } = /** @type {TraceSummary} */ (s);
    return { id, service, name, from, to: from + Number(duration), spans, errors, away, trace: null };
  }
  const root = rootOf(t);
  const errors = t.status.reduce((n, status) => n + (status === 2 ? 1 : 0), 0);
  return { id: t.id, service: t.services[t.service[root]] ?? '', name: t.names[t.name[root]] ?? '', from, to: from + t.duration, spans: t.total - t.doubles, errors, away, trace: t };
}

/** @param {Lane[]} lanes */
function linksBetween(lanes) {
  const place = new Map(lanes.map((l, i) => [l.id, i]));
  const spans = lanes.map(({ trace: t }) => memo(() => byID(t)));
  /** @type {LaneLink[]} */
  const all = [];
  let count = 0;
  lanes.forEach(({ trace: t, from }, lane) => {
    if (!t?.links) return;
    const { span, trace, ids, traces } = t.links;
    for (let l = 0; l < span.length; l++) {
      const to = place.get(traces[trace[l]]);
      if (to === undefined || to === lane || count++ >= mostRead) continue;
      const other = lanes[to];
      const target = spans[to]().get(ids.slice(l * 16, l * 16 + 16)) ?? -1;
      const end = other.trace && target >= 0 ? other.from + other.trace.starts[target] + other.trace.durations[target] : other.to;
      all.push({ lane, span: span[l], to, target, end, start: from + t.starts[span[l]] });
    }
  });
  const shown = all.sort((a, b) => waitOf(b) - waitOf(a) || a.lane - b.lane || a.span - b.span).slice(0, mostShown);
  return { shown, more: count - shown.length };
}

/** The spans of a trace by their ids, the first of those that share one. @param {Trace | null} t */
function byID(t) {
  /** @type {Map<string, number>} */
  const spans = new Map();
  for (let i = (t?.count ?? 0) - 1; i >= 0; i--) spans.set(spanID(/** @type {Trace} */ (t), i), i);
  return spans;
}

/**
 * How long lies between the end of the span that is linked to and the start of
 * the one that links: in a queue, say. Below 0 it began before.
 * @param {LaneLink} link
 */
export function waitOf({ start, end }) {
  return start - end;
}

/**
 * The idle gaps of all lanes together.
 * @param {Lane[]} lanes
 * @returns {Stretch[]}
 */
function gapsOf(lanes) {
  const count = lanes.reduce((n, l) => n + (l.trace?.count ?? 1), 0);
  const all = { count, starts: new Float64Array(count), durations: new Float64Array(count), end: new Int32Array(count) };
  let n = 0;
  for (const { trace: t, from, to } of lanes) {
    const first = n;
    n += t?.count ?? 1;
    for (let i = first; i < n; i++) {
      all.starts[i] = from + (t ? t.starts[i - first] : 0);
      all.durations[i] = t ? t.durations[i - first] : to - from;
      all.end[i] = t ? first + t.end[i - first] : n;
    }
  }
  return idleGaps(all);
}

/**
 * The spans that stand for a trace, in the order of the tree: its roots and their
 * children, and those of links, the longest when there are too many.
 * @param {Lane} lane
 * @param {ReadonlySet<number>} linked the spans that have links, or are linked to
 * @param {number} [most]
 */
export function topSpans({ trace: t }, linked, most = 20) {
  if (!t) return [];
  const top = [...linked];
  for (let i = 0; i < t.count; i++) if (t.depth[i] <= 1 && !linked.has(i)) top.push(i);
  const is = (/** @type {number} */ i) => Number(linked.has(i));
  return top.sort((a, b) => is(b) - is(a) || t.durations[b] - t.durations[a] || a - b).slice(0, most).sort((a, b) => a - b);
}
