// SPDX-License-Identifier: Apache-2.0

/** @import { OTLPTraces, Trace } from '../types.js' */
import { spanID } from '../trace/trace.js';
import { get } from './api.js';

/** Spans that are asked for at once, which is what the server allows. */
const batch = 500;

/**
 * Everything that is stored of some spans.
 * @param {Trace} t
 * @param {Iterable<number>} spans of t, at most 500
 * @param {AbortSignal} signal
 * @returns {Promise<OTLPTraces>}
 */
export function loadSpans(t, spans, signal) {
  let first = Infinity;
  let last = 0;
  const ids = [];
  for (const i of spans) {
    ids.push(spanID(t, i));
    first = Math.min(first, t.starts[i]);
    last = Math.max(last, t.starts[i]);
  }
  // The times spare the server from reading the whole trace.
  /** @type {Record<string, string>} */
  const window = t.count > batch ? { start: String(t.start + BigInt(first)), end: String(t.start + BigInt(last) + 1n) } : {};
  return get(`/api/trace/${encodeURIComponent(t.id)}/spans`, { ids: [...new Set(ids)].join(','), ...window }, signal);
}

/**
 * Loads all spans of a trace, by their starts, some hundred at a time: which
 * they are, all of them and how many there were so far.
 * @param {Trace} t
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<{ spans: Int32Array, part: OTLPTraces, done: number }, void>}
 */
export async function* loadAllSpans(t, signal) {
  const order = Int32Array.from(t.starts, (_, i) => i).sort((a, b) => t.starts[a] - t.starts[b]);
  for (let at = 0; at < order.length; at += batch) {
    const spans = order.subarray(at, at + batch);
    yield { spans, part: await loadSpans(t, spans, signal), done: at + spans.length };
  }
}
