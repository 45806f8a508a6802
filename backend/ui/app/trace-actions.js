// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
/** @import { TraceView } from './trace-view.js' */
import { expandAbove } from '../trace/collapse.js';
import { spanID } from '../trace/trace.js';
import { stretch } from '../trace/zoom.js';
import { adjust, changed, navigate, route } from './router.js';
import { change, state } from './trace-state.js';

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
export function reveal({ trace, folds, focus }, span) {
  if (focus >= 0 && (span < focus || span >= trace.end[focus])) adjust({ focus: '', from: 0, to: 0 });
  const now = state.value;
  if (!now) return;
  const collapsed = expandAbove(trace, now.collapsed, span);
  const open = new Set(now.open);
  for (let i = span; i >= 0; i = trace.parent[i]) if (folds.of[i] >= 0) open.add(folds.members[folds.first[folds.of[i]]]);
  if (collapsed !== now.collapsed || open.size !== now.open.size) change({ collapsed, open });
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
 * @param {TraceView} view
 * @param {number} fold
 */
export function toggleGroup({ folds }, fold) {
  const open = new Set(state.value?.open);
  const first = folds.members[folds.first[fold]];
  if (!open.delete(first)) open.add(first);
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
