// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { foldSiblings } from '../trace/fold.js';
import { spanID } from '../trace/trace.js';

/**
 * What a reader opened and closed in a trace, and where they are in it.
 * @typedef {object} TraceState
 * @property {Trace} trace
 * @property {ReadonlySet<number>} collapsed spans whose subtree is not shown
 * @property {ReadonlySet<number>} open groups of equal spans whose members are shown: trace/fold.js
 * @property {number} top how far the tree is scrolled, px
 */

/** The traces whose state is kept, for those who go to another one and come back: so many, of so many spans in all. */
const [most, mostSpans] = [20, 500_000];

/** @type {Map<string, TraceState>} */
const states = new Map();

/**
 * The row where the reader is: a span, or ~ a group of equal ones. Setting it
 * scrolls there.
 * @type {Atom<{ at: number } | null>}
 */
export const cursor = new Atom(/** @type {{ at: number } | null} */ (null));

/** The state of the trace that is shown. @type {Atom<TraceState | null>} */
export const state = new Atom(/** @type {TraceState | null} */ (null));

/**
 * Makes a trace the one that is shown. When it was loaded again, and has more
 * spans now, what was collapsed and open stays so.
 * @param {Trace} trace
 */
export function show(trace) {
  const old = states.get(trace.id);
  if (state.value?.trace.id !== trace.id) cursor.value = null;
  /** @type {TraceState} */
  const next = { trace, collapsed: new Set(), open: new Set(), top: old?.top ?? 0 };
  if (old) {
    const moved = places(old.trace, trace);
    next.collapsed = new Set([...old.collapsed].map(moved).filter((i) => i >= 0));
    if (old.open.size) {
      const [before, after] = [foldSiblings(old.trace), foldSiblings(trace)];
      const spans = [...old.open].map((fold) => moved(before.members[before.first[fold]]));
      next.open = new Set(spans.filter((i) => i >= 0 && after.of[i] >= 0).map((i) => after.of[i]));
    }
    if (state.value === old && cursor.value && cursor.value.at >= 0) cursor.value = { at: moved(cursor.value.at) };
  }
  put(next);
}

/**
 * Where the spans of a trace are in a later state of it; -1: not there.
 * @param {Trace} before
 * @param {Trace} after
 * @returns {(span: number) => number}
 */
function places(before, after) {
  if (before === after) return (span) => span;
  /** @type {Map<string, number>} */
  const byID = new Map();
  for (let i = 0; i < after.count; i++) byID.set(spanID(after, i), i);
  return (span) => byID.get(spanID(before, span)) ?? -1;
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
  let spans = 0;
  for (const s of states.values()) spans += s.trace.count;
  for (const [id, s] of states) {
    if (s === next || (states.size <= most && spans <= mostSpans)) break;
    states.delete(id);
    spans -= s.trace.count;
  }
  state.value = next;
}
