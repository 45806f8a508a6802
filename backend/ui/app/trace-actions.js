// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
/** @import { TraceView } from './trace-view.js' */
import { reveal as shown } from '../trace/collapse.js';
import { spanID } from '../trace/trace.js';
import { centred, stretch, within } from '../trace/zoom.js';
import { adjust, changed, navigate, route } from './router.js';
import { change, cursor, state } from './trace-state.js';
import { setZoom, zoom } from './zoom.js';

// What can be done on the page of a trace.

/**
 * Opens the panel of a span, or closes it.
 * @param {Trace} t
 * @param {number} span -1: none
 */
export function choose(t, span) {
  adjust({ span: span < 0 ? '' : spanID(t, span) });
}

/**
 * Opens what is collapsed or folded above a span, so that it has a row, unless a
 * filter hides it.
 * @param {TraceView} view
 * @param {number} span
 */
function reveal({ trace, folds, focus }, span) {
  if (focus >= 0 && (span < focus || span >= trace.end[focus])) adjust({ focus: '', from: 0, to: 0 });
  const now = state.value;
  if (!now) return;
  const next = shown(trace, span, { ...now, folds });
  if (next.collapsed.size !== now.collapsed.size || next.open.size !== now.open.size) change(next);
}

/**
 * Goes to a span, opens what hides it and moves the stretch that is shown when
 * the span is outside of it. When a panel is open, it shows the span.
 * @param {TraceView} view
 * @param {number} span
 */
export function goTo(view, span) {
  reveal(view, span);
  cursor.value = { at: span };
  const { starts, durations, duration } = view.trace;
  const seen = within(zoom.value, duration);
  if (starts[span] + durations[span] < seen.from || starts[span] > seen.to) setZoom(centred(seen, starts[span], duration));
  if (view.chosen >= 0) choose(view.trace, span);
}

/**
 * Goes to the next span, or the one before, of which something is true; behind
 * the last comes the first.
 * @param {TraceView} view
 * @param {1 | -1} by
 * @param {(span: number) => boolean} is
 */
export function seek(view, by, is) {
  const n = view.trace.count;
  const at = view.chosen >= 0 ? view.chosen : cursor.value?.at ?? -1;
  const from = at >= 0 ? at : by > 0 ? -1 : n;
  for (let k = 1; k <= n; k++) {
    const i = (((from + by * k) % n) + n) % n;
    if (is(i)) return goTo(view, i);
  }
}

/**
 * Collapses a span, or opens it.
 * @param {number} span
 */
export function toggle(span) {
  const collapsed = new Set(state.value?.collapsed);
  if (!collapsed.delete(span)) collapsed.add(span);
  change({ collapsed });
}

/**
 * Shows the members of a group, or the group alone.
 * @param {number} fold trace/fold.js
 */
export function toggleGroup(fold) {
  const open = new Set(state.value?.open);
  if (!open.delete(fold)) open.add(fold);
  change({ open });
}

/**
 * Shows a subtree alone, and its time; or all again.
 * @param {Trace} t
 * @param {number} span -1: all
 */
export function focusOn(t, span) {
  if (span < 0) return navigate(changed({ focus: '', from: 0, to: 0 }));
  let end = 0;
  for (let i = span; i < t.end[span]; i++) end = Math.max(end, t.starts[i] + t.durations[i]);
  navigate(changed({ focus: spanID(t, span), ...stretch(t.starts[span], end, t.duration) }));
}

/**
 * Measures from a span to the one that is chosen next; or no longer.
 * @param {Trace} t
 * @param {number} span -1: none
 */
export function measureFrom(t, span) {
  adjust({ from_span: span < 0 ? '' : spanID(t, span) });
}

/**
 * Hides spans, or shows them again.
 * @param {string} what as in the address: "service:cart", "kind:client", "shorter:1ms"
 */
export function hide(what) {
  const hidden = /** @type {string[]} */ (route.value.params.hide);
  adjust({ hide: hidden.includes(what) ? hidden.filter((h) => h !== what) : [...hidden, what] });
}
