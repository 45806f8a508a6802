// SPDX-License-Identifier: Apache-2.0

/** @import { Folds, Marked, Route, Rows, Segments, Stretch, TimeScale, Trace } from '../types.js' */
/** @import { Matched } from './trace-match.js' */
/** @import { TraceState } from './trace-state.js' */
import { memo } from '../lib/memo.js';
import { criticalPath } from '../trace/critical-path.js';
import { hiddenSpans } from '../trace/filter.js';
import { find } from '../trace/find.js';
import { foldSiblings } from '../trace/fold.js';
import { errorsBefore, visible } from '../trace/rows.js';
import { idleGaps, timeScale } from '../trace/time-scale.js';
import { spanOf } from '../trace/trace.js';

/**
 * A trace as the address and its reader want to see it.
 * @typedef {object} TraceView
 * @property {Trace} trace
 * @property {Rows} rows
 * @property {Folds} folds groups of equal siblings, also when they are not folded
 * @property {Int32Array} errors trace/rows.js errorsBefore
 * @property {Stretch[]} gaps all idle gaps, also when they are not shrunk
 * @property {TimeScale} all the scale of the whole trace
 * @property {Segments | null} critical null: it is not shown
 * @property {Marked | null} hidden the spans that are hidden; null: none
 * @property {Marked | null} found what find matches; null: nothing is looked for
 * @property {number} chosen the span whose panel is open, -1: none
 * @property {number} measured the span from which is measured, -1: none
 * @property {number} focus the span whose subtree alone is shown, -1: all
 */

/**
 * Makes views of traces; what has not changed is not computed again, and when
 * nothing has, the view is the same object.
 * @returns {(trace: Trace, state: TraceState, params: Route['params'], matched: Matched | null) => TraceView}
 */
export function traceViewer() {
  const folds = memo(foldSiblings);
  const errors = memo(errorsBefore);
  const gaps = memo(idleGaps);
  const critical = memo(criticalPath);
  const hidden = memo((/** @type {Trace} */ t, /** @type {string} */ hide) => hiddenSpans(t, JSON.parse(hide)));
  const found = memo(find);
  const rows = memo(visibleRows);
  const scale = memo((/** @type {Trace} */ t, /** @type {Stretch[] | undefined} */ shrunk) => timeScale(0, t.duration, shrunk));
  const view = memo(newView);
  return (trace, state, params, matched) => {
    const focus = spanOf(trace, String(params.focus));
    const text = String(params.find);
    const marked = text.trim() ? found(trace, text, (matched?.trace === trace && matched.text === text && matched.ids) || '') : null;
    const idle = gaps(trace, focus);
    const unseen = hidden(trace, JSON.stringify(params.hide));
    return view(
      trace,
      rows(trace, state, focus, unseen, params.only ? marked : null, folds(trace), Boolean(params.fold)),
      folds(trace),
      errors(trace),
      idle,
      scale(trace, params.gaps ? idle : undefined),
      params.critical ? critical(trace, focus) : null,
      unseen,
      marked,
      spanOf(trace, String(params.span)),
      spanOf(trace, String(params.from_span)),
      focus,
    );
  };
}

/**
 * @param {Trace} trace
 * @param {TraceState} state
 * @param {number} focus
 * @param {Marked | null} hidden
 * @param {Marked | null} only
 * @param {Folds} folds
 * @param {boolean} fold
 */
function visibleRows(trace, state, focus, hidden, only, folds, fold) {
  return visible(trace, {
    collapsed: state.collapsed,
    focus,
    hidden: hidden?.mask,
    only: only?.mask,
    folds: fold ? folds : null,
    open: state.open,
  });
}

/**
 * @param {Trace} trace
 * @param {Rows} rows
 * @param {Folds} folds
 * @param {Int32Array} errors
 * @param {Stretch[]} gaps
 * @param {TimeScale} all
 * @param {Segments | null} critical
 * @param {Marked | null} hidden
 * @param {Marked | null} found
 * @param {number} chosen
 * @param {number} measured
 * @param {number} focus
 * @returns {TraceView}
 */
function newView(trace, rows, folds, errors, gaps, all, critical, hidden, found, chosen, measured, focus) {
  return { trace, rows, folds, errors, gaps, all, critical, hidden, found, chosen, measured, focus };
}
