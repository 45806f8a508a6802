// SPDX-License-Identifier: Apache-2.0

/** @import { LinkPattern, LinkSource, SpanView, Tag, Trace } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { readPattern } from '../trace/link-pattern.js';
import { get } from './api.js';
import { address } from './base.js';
import { change, settings } from './settings.js';

/** So many of one's own are kept. */
export const mostOwn = 100;

/**
 * The patterns of the server; failure: why they could not be loaded.
 * @type {Atom<{ patterns: LinkPattern[], failure: Error | null }>}
 */
export const served = new Atom({ patterns: /** @type {LinkPattern[]} */ ([]), failure: /** @type {Error | null} */ (null) });

/** @type {Promise<void> | null} */
let asked = null;

/** Asks the server for its patterns, unless it has answered before. */
export function loadPatterns() {
  asked ??= get('/api/ui-config').then((answer) => {
    served.value = { patterns: answer.linkPatterns.map(readPattern), failure: null };
  }).catch((failure) => {
    asked = null;
    served.value = { patterns: [], failure };
  });
  return asked;
}

/** All patterns, the server's first. Watch served and settings. */
export function linkPatterns() {
  return [...served.value.patterns, ...settings.value.links];
}

/**
 * Where values come from of links of a trace, or of a span of it.
 * @param {Trace} trace
 * @param {SpanView | null} [view] the span
 * @param {SpanView | null} [root] the one above it
 * @returns {LinkSource}
 */
export function linkSource(trace, view = null, root = null) {
  return { trace, view, root, base: location.origin + address('/') };
}

/**
 * What the dialog of links begins with: a tag that is to get one, of what it is,
 * those beside it and where other values come from; null: it is closed.
 * @typedef {{ source: LinkSource, type?: LinkPattern['type'], tags?: Tag[], tag?: Tag }} Sample
 */

/** @type {Atom<Sample | null>} */
export const sample = new Atom(/** @type {Sample | null} */ (null));

/**
 * Keeps one's own patterns, the first mostOwn of them.
 * @param {LinkPattern[]} links
 */
export function keep(links) {
  change({ links: links.slice(0, mostOwn) });
}
