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

/**
 * A trace id as the backend writes it: of 16 digits when the first 16 of 32 are 0.
 * @param {string} id of OTLP JSON, 32 hex digits
 */
export function shortTraceID(id) {
  return /^0{16}[0-9a-f]{16}$/.test(id) ? id.slice(16) : id;
}
