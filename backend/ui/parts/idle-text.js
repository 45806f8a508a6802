// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Idle, Stretch, Trace } from '../types.js' */
import { goTo } from '../app/trace-actions.js';
import { setZoom } from '../app/zoom.js';
import { cut, duration } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import { idleAt, idleTimes, spanAround } from '../trace/idle.js';
import { stretch } from '../trace/zoom.js';

const timesOf = memo(idleTimes);

/**
 * The idle times of what is shown of a trace, by time.
 * @param {TraceView} view
 */
export function idleOf({ trace, focus }) {
  return timesOf(trace, focus);
}

/**
 * A span's name for a sentence: "cart: save".
 * @param {Trace} t
 * @param {number} span
 */
export function spanText(t, span) {
  return `${cut(t.services[t.service[span]], 60)}: ${cut(t.names[t.name[span]], 80)}`;
}

/**
 * Between which spans a time lies, and what ran meanwhile.
 * @param {Trace} t
 * @param {Idle} idle
 */
export function idleText(t, idle) {
  const around = spanAround(t, idle);
  const where = [idle.before >= 0 ? `after ${spanText(t, idle.before)}` : '', idle.after >= 0 ? `before ${spanText(t, idle.after)}` : ''].filter(Boolean).join(', ');
  return { where, around: around >= 0 ? spanText(t, around) : '' };
}

/**
 * What to say of an idle gap of a trace.
 * @type {(t: Trace, gaps: Stretch[], focus: number) => (gap: Stretch) => string}
 */
const tellOf = memo((t, gaps, focus) => {
  /** @type {Map<Stretch, string>} */
  const told = new Map();
  return (part) => {
    const gap = gaps.find((g) => g.from <= part.from && g.to >= part.to) ?? part;
    let text = told.get(gap);
    if (text === undefined) {
      const idle = idleAt(timesOf(t, focus), (gap.from + gap.to) / 2) ?? { ...gap, before: -1, after: -1 };
      const { where, around } = idleText(t, { ...idle, ...gap });
      text = `${around ? `Only ${around} ran, and nothing below it,` : 'Nothing ran'} for ${duration(gap.to - gap.from)}${where ? ` ${where}` : ''}`;
      told.set(gap, text);
    }
    return text;
  };
});

/** What to say of an idle gap of what is shown of a trace. @param {TraceView} view */
export function tellIdle({ trace, gaps, focus }) {
  return tellOf(trace, gaps, focus);
}

/**
 * Goes to the span that ends an idle time, and shows the time with some before and
 * after it.
 * @param {TraceView} view
 * @param {Stretch} gap
 */
export function goToIdle(view, gap) {
  const idle = idleAt(idleOf(view), (gap.from + gap.to) / 2);
  const room = (gap.to - gap.from) / 4;
  setZoom(stretch(gap.from - room, gap.to + room, view.trace.duration));
  if (idle) goTo(view, idle.after >= 0 ? idle.after : idle.before);
}
