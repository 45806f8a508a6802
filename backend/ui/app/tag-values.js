// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { spanViews } from '../trace/span-view.js';
import { spanID } from '../trace/trace.js';
import { loadAllSpans } from './load-spans.js';

/**
 * The values that a tag has in a trace.
 * @typedef {object} TagValues
 * @property {Trace} trace
 * @property {string} key
 * @property {string[]} values the first is "": spans that do not have it
 * @property {Int32Array} of the value of each span, -1: it was not read
 * @property {number} read how many spans were read
 */

/** How much of a value is kept, UTF-16 units. */
export const longest = 500;

/**
 * Reads a tag of all spans, of the span itself or else of its process, some
 * hundred spans at a time: what is known after each.
 * @param {Trace} trace
 * @param {string} key
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<TagValues, void>}
 */
export async function* readTag(trace, key, signal) {
  const values = [''];
  /** @type {Map<string, number>} */
  const known = new Map();
  const of = new Int32Array(trace.count).fill(-1);
  for await (const { spans, part, done } of loadAllSpans(trace, signal)) {
    /** @type {Map<string, string>} */
    const byID = new Map();
    for (const { spanID: id, tags, process } of spanViews(part, trace.start)) {
      const tag = tags.find((t) => t.key === key) ?? process.find((t) => t.key === key);
      if (tag) byID.set(id, tag.text.slice(0, longest + 1));
    }
    for (const i of spans) {
      const value = byID.get(spanID(trace, i));
      let v = value === undefined ? 0 : known.get(value);
      if (v === undefined) known.set(/** @type {string} */ (value), (v = values.push(/** @type {string} */ (value)) - 1));
      of[i] = v;
    }
    yield { trace, key, values, of, read: done };
  }
}
