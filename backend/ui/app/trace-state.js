// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { spanID } from '../trace/trace.js';

/**
 * What a reader opened and closed in a trace, and where they are in it.
 * @typedef {object} TraceState
 * @property {Trace} trace
 * @property {ReadonlySet<number>} collapsed spans whose subtree is not shown
 * @property {ReadonlySet<number>} open groups of equal spans that are shown one by one, each by its first span
 * @property {number} top how far the tree is scrolled, px
 */

/** The traces whose state is kept, for those who go to another one and come back. */
const limit = 20;

/** @type {Map<string, TraceState>} */
const states = new Map();

/** The state of the trace that is shown. @type {Atom<TraceState | null>} */
export const state = new Atom(/** @type {TraceState | null} */ (null));

/**
 * Makes a trace the one that is shown. When it was loaded again, and has more
 * spans now, what was collapsed and open stays so.
 * @param {Trace} trace
 */
export function show(trace) {
  const old = states.get(trace.id);
  /** @type {TraceState} */
  const next = { trace, collapsed: new Set(), open: new Set(), top: old?.top ?? 0 };
  if (old) {
    /** @type {Map<string, number>} */
    const places = new Map();
    for (let i = 0; i < trace.count && old.collapsed.size + old.open.size > 0; i++) places.set(spanID(trace, i), i);
    const moved = (/** @type {ReadonlySet<number>} */ spans) => new Set([...spans].map((i) => places.get(spanID(old.trace, i)) ?? -1).filter((i) => i >= 0));
    next.collapsed = moved(old.collapsed);
    next.open = moved(old.open);
  }
  put(next);
}

/** @param {Partial<TraceState>} change */
export function change(change) {
  if (state.value) put({ ...state.value, ...change });
}

/**
 * Remembers where the tree is scrolled to; nobody needs to hear of it.
 * @param {number} top px
 */
export function scrolled(top) {
  if (state.value) state.value.top = top;
}

/** @param {TraceState} next */
function put(next) {
  states.delete(next.trace.id);
  states.set(next.trace.id, next);
  for (const id of states.keys()) if (states.size > limit) states.delete(id);
  state.value = next;
}
