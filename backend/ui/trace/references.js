// SPDX-License-Identifier: Apache-2.0

/** @import { OTLPTraces } from '../types.js' */

/**
 * Adds the links between spans of one trace: by the id of a span those of the
 * spans that link to it.
 * @param {Map<string, string[]>} links to add to
 * @param {OTLPTraces} traces
 * @param {string} traceID 32 hex digits, or 16 where the others are 0
 */
export function addLinks(links, traces, traceID) {
  const trace = traceID.padStart(32, '0');
  for (const { scopeSpans = [] } of traces.resourceSpans ?? []) {
    for (const { spans = [] } of scopeSpans) {
      for (const span of spans) {
        for (const to of new Set(span.links?.filter((l) => l.traceId === trace).map((l) => l.spanId))) {
          if (to === span.spanId || to === span.parentSpanId) continue; // it says what kind of reference the parent is
          const from = links.get(to);
          if (from) from.push(span.spanId);
          else links.set(to, [span.spanId]);
        }
      }
    }
  }
}

/**
 * A trace id as the backend writes it: of 16 digits when the first 16 of 32 are 0.
 * @param {string} id of OTLP JSON, 32 hex digits
 */
export function shortTraceID(id) {
  return /^0{16}[0-9a-f]{16}$/.test(id) ? id.slice(16) : id;
}
