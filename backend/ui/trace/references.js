// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { spanID } from './trace.js';

/**
 * The spans of a trace that link to a span.
 * @param {Trace} t in which they are looked for
 * @param {Trace} of whose span it is, the same trace or another
 * @param {number} span
 * @returns {number[]}
 */
export function linkedFrom(t, of, span) {
  const { links } = t;
  const trace = links ? links.traces.indexOf(of.id) : -1;
  if (!links || trace < 0) return [];
  const id = spanID(of, span);
  /** @type {Set<number>} */
  const from = new Set();
  for (let l = 0; l < links.span.length; l++) if (links.trace[l] === trace && links.ids.startsWith(id, l * 16)) from.add(links.span[l]);
  return [...from];
}

/**
 * Whether spans of a trace link to other traces.
 * @param {Trace} t
 */
export function linksOut(t) {
  return t.links?.traces.some((id) => id !== t.id) ?? false;
}

/**
 * A trace id as the backend writes it: of 16 digits when the first 16 of 32 are 0.
 * @param {string} id of OTLP JSON, 32 hex digits
 */
export function shortTraceID(id) {
  return /^0{16}[0-9a-f]{16}$/.test(id) ? id.slice(16) : id;
}
