// SPDX-License-Identifier: Apache-2.0

/** @import { Found } from '../trace/linked.js' */
/** @import { LinkedTraces, SearchPage, Trace, TraceSummary } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { Latest } from '../lib/latest.js';
import { joinTraces } from '../trace/linked.js';
import { APIError, get } from './api.js';
import { loadTrace } from './load-trace.js';

/** Traces that are looked at, how many links they may be away, and requests at once. */
const [most, farthest, atOnce] = [50, 2, 4];
/** Traces of more spans are not loaded beside others; so many spans are in all. */
const [large, mostSpans] = [50_000, 300_000];

/** Whose spans link to a trace. @typedef {{ id: string, traces: TraceSummary[], total: number }} Linking */

/** Those that link to the trace that was asked for last; null: it is not known. @type {Atom<Linking | null>} */
export const linking = new Atom(/** @type {Linking | null} */ (null));
const asking = new Latest();
/** @type {Trace | null} */
let asked = null;

/**
 * Asks once which traces link to a trace: the atom linking tells it.
 * @param {Trace} t
 */
export async function askLinking(t) {
  if (asked === t) return;
  asked = t;
  if (linking.value?.id !== t.id) linking.value = null;
  try {
    const answer = await asking.run((signal) => linkingTo([t.id], signal));
    if (answer) linking.value = { id: t.id, ...answer.value };
  } catch {
    asked = null; // nothing is offered, and the next one asks again
  }
}

/**
 * @param {string[]} ids
 * @param {AbortSignal} signal
 */
async function linkingTo(ids, signal) {
  /** @type {SearchPage} */
  const page = await get('/api/search', { q: ids.map((id) => `link:${id}`).join(' OR '), limit: most + ids.length }, signal);
  const traces = page.traces.filter((t) => !ids.includes(t.traceID));
  return { traces, total: page.total - (page.traces.length - traces.length) };
}

/** What was loaded of traces that are still in memory, and how far. @type {WeakMap<Trace, { depth: number, linked: LinkedTraces }>} */
const known = new WeakMap();

/**
 * Loads the traces that a trace links to and those that link to it, and so on.
 * @param {Trace} t
 * @param {AbortSignal} signal
 * @param {number} [depth] how many links they may be away
 * @param {(done: number, of: number) => void} [progress] traces
 * @returns {Promise<LinkedTraces>}
 */
export async function loadLinked(t, signal, depth = farthest, progress = () => {}) {
  const before = known.get(t);
  if (before && before.depth >= depth) return before.linked;
  /** @type {Map<string, Found>} */
  const found = new Map([[t.id, { trace: t, summary: null, away: 0 }]]);
  const room = { spans: mostSpans };
  const lost = new Set();
  let left = 0;
  let ring = [t];
  for (let away = 1; away <= depth && ring.length; away++) {
    const seen = (/** @type {string} */ id) => found.has(id) || lost.has(id);
    const out = [...new Set(ring.flatMap((r) => r.links?.traces ?? []))].filter((id) => !seen(id));
    const [to, from] = await Promise.all([summaries(out.slice(0, most), signal), linkingTo(ring.map((r) => r.id), signal)]);
    for (const id of out.slice(0, most)) if (!to.some((s) => s.traceID === id)) lost.add(id);
    const fresh = [...new Map([...to, ...from.traces.filter((s) => !seen(s.traceID))].map((s) => [s.traceID, s])).values()];
    const next = fresh.slice(0, most + 1 - found.size);
    left += Math.max(0, out.length - most) + from.total - from.traces.length + fresh.length - next.length;
    for (const summary of next) found.set(summary.traceID, { trace: null, summary, away });
    ring = await outlines(next, found, room, signal, (done) => progress(found.size - next.length + done, found.size));
  }
  const linked = joinTraces([...found.values()], left, [...lost]);
  known.set(t, { depth, linked });
  return linked;
}

/**
 * @param {string[]} ids
 * @param {AbortSignal} signal
 * @returns {Promise<TraceSummary[]>} of those that are stored
 */
async function summaries(ids, signal) {
  if (!ids.length) return [];
  return (await get('/api/search', { q: ids.map((id) => `id:${id}`).join(' '), limit: most }, signal)).traces;
}

/**
 * Loads traces that are not too large, some at once.
 * @param {TraceSummary[]} wanted
 * @param {Map<string, Found>} found where they are put
 * @param {{ spans: number }} room how many more spans may be loaded
 * @param {AbortSignal} signal
 * @param {(done: number) => void} progress
 */
async function outlines(wanted, found, room, signal, progress) {
  /** @type {Trace[]} */
  const loaded = [];
  const queue = [...wanted];
  let done = 0;
  const work = async () => {
    for (let s = queue.shift(); s; s = queue.shift()) {
      if (s.spans <= Math.min(large, room.spans)) {
        room.spans -= s.spans;
        try {
          const trace = await loadTrace(s.traceID, signal);
          /** @type {Found} */ (found.get(s.traceID)).trace = trace;
          loaded.push(trace);
        } catch (error) {
          if (!(error instanceof APIError && error.status === 404)) throw error;
          found.delete(s.traceID); // it was just removed
        }
      }
      progress(++done);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return loaded;
}
