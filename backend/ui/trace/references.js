// SPDX-License-Identifier: Apache-2.0

/** @import { OTLPTraces } from '../types.js' */

/**
 * The ids of the spans that have a link to a span.
 * @param {OTLPTraces} traces
 * @param {string} traceID 32 hex digits, or 16 where the others are 0
 * @param {string} spanID 16 hex digits
 */
export function linksTo(traces, traceID, spanID) {
  const ids = [];
  const trace = traceID.padStart(32, '0');
  for (const r of traces.resourceSpans ?? []) {
    for (const s of r.scopeSpans ?? []) {
      for (const span of s.spans ?? []) {
        // A link to the parent says what kind of reference that is.
        if (span.spanId !== spanID && span.parentSpanId !== spanID && span.links?.some((l) => l.spanId === spanID && l.traceId === trace)) ids.push(span.spanId);
      }
    }
  }
  return ids;
}
