// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { Latest } from '../lib/latest.js';
import { spanID } from '../trace/trace.js';
import { get } from './api.js';
import { busy } from './idle.js';

/**
 * Which spans of a trace the server finds with a text.
 * @typedef {object} Matched
 * @property {Trace} trace
 * @property {string} text
 * @property {Uint8Array | null} mask 1 for each span; null: not known yet
 * @property {Error | null} failure
 */

/** @type {Atom<Matched | null>} */
export const matched = new Atom(/** @type {Matched | null} */ (null));

const rest = 200; // ms without another letter
const latest = new Latest();

/**
 * Asks the server which spans have a text in what is stored of them, or meet its
 * conditions when it is written as a search is: docs/search.md.
 * @param {Trace} trace
 * @param {string} text
 */
export async function match(trace, text) {
  matched.value = { trace, text, mask: null, failure: null };
  const done = busy();
  try {
    const answer = await latest.run(async (signal) => {
      await new Promise((resolve) => setTimeout(resolve, rest));
      if (signal.aborted) return { ids: '' };
      return /** @type {{ ids: string }} */ (await get(`/api/trace/${encodeURIComponent(trace.id)}/match`, { q: asSearch(text) }, signal));
    });
    if (answer) matched.value = { trace, text, mask: maskOf(trace, answer.value.ids), failure: null };
  } catch (error) {
    matched.value = { trace, text, mask: null, failure: /** @type {Error} */ (error) };
  } finally {
    done();
  }
}

/** Forgets what was asked and answered. */
export function noMatch() {
  latest.cancel();
  matched.value = null;
}

/**
 * A text without any sign of the language is looked for as it is.
 * @param {string} text
 */
function asSearch(text) {
  text = text.trim();
  if (/[:=<>~"{}()]/.test(text)) return text;
  const quoted = `"${text.replace(/[\\"]/g, '\\$&')}"`;
  return `${quoted} OR has:${quoted}`;
}

/**
 * @param {Trace} t
 * @param {string} ids 16 hex digits each
 */
function maskOf(t, ids) {
  const all = new Set();
  for (let at = 0; at < ids.length; at += 16) all.add(ids.slice(at, at + 16));
  return Uint8Array.from({ length: t.count }, (_, i) => (all.has(spanID(t, i)) ? 1 : 0));
}
