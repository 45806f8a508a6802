// SPDX-License-Identifier: Apache-2.0

/** @import { Peer } from './peers.js' */
import { Atom } from '../lib/atom.js';
import { href } from '../lib/url.js';
import { navigate } from './router.js';

/**
 * Two traces are being picked in the list; first: the one that is, null: none yet.
 * null: nothing is picked.
 * @type {Atom<{ first: Peer | null } | null>}
 */
export const picking = new Atom(/** @type {{ first: Peer | null } | null} */ (null));

/**
 * Picks a trace, no longer picks it, or compares it with the one that was picked.
 * The older one is a.
 * @param {Peer | null} trace null: begins to pick
 */
export function pick(trace) {
  const first = picking.value?.first;
  if (!trace || !first || first.traceID === trace.traceID) {
    picking.value = { first: first ? null : trace };
    return;
  }
  picking.value = null;
  const [a, b] = BigInt(trace.start) < BigInt(first.start) ? [trace, first] : [first, trace];
  navigate(href('compare', { a: a.traceID, b: b.traceID }));
}
