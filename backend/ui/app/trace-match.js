// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { Latest } from '../lib/latest.js';
import { pathIn, searchFor } from '../trace/find.js';
import { get } from './api.js';
import { busy } from './idle.js';

/**
 * Which spans of a trace the server finds with a text.
 * @typedef {object} Matched
 * @property {Trace} trace
 * @property {string} text
 * @property {string | null} ids of the spans, 16 hex digits each; null: not known yet
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
  if (pathIn(text)) {
    latest.cancel();
    matched.value = { trace, text, ids: '', failure: null }; // the server knows of no paths
    return;
  }
  matched.value = { trace, text, ids: null, failure: null };
  const done = busy();
  try {
    const answer = await latest.run(async (signal) => {
      await new Promise((resolve) => setTimeout(resolve, rest));
      if (signal.aborted) return { ids: '' };
      return /** @type {{ ids: string }} */ (await get(`/api/trace/${encodeURIComponent(trace.id)}/match`, { q: searchFor(text) }, signal));
    });
    if (answer) matched.value = { trace, text, ids: answer.value.ids, failure: null };
  } catch (error) {
    matched.value = { trace, text, ids: null, failure: /** @type {Error} */ (error) };
  } finally {
    done();
  }
}

/** Forgets what was asked and answered. */
export function noMatch() {
  latest.cancel();
  matched.value = null;
}
