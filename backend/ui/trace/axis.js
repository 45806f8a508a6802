// SPDX-License-Identifier: Apache-2.0

/** @import { Stretch, TimeScale } from '../types.js' */
import { tickLabel, tickStep, ticks } from '../lib/ticks.js';
import { shareOf } from './time-scale.js';

/** Ticks are so far apart, px, and labels near a gap's. */
const labelWidth = 84;
/** Room for a label and the space behind it, px. */
export const room = (/** @type {string} */ text) => 14 + 7 * text.length;

/**
 * The ticks of a scale: round times in what is drawn evenly, none in shrunk
 * gaps. Those too near to the label before them, or of a gap, have none.
 * @param {TimeScale} scale
 * @param {number} width px
 * @returns {{ x: number, text: string }[]}
 */
export function labels(scale, width) {
  const idle = scale.gaps.reduce((sum, g) => sum + g.to - g.from, 0);
  const step = tickStep(scale.to - scale.from - idle, Math.max(2, Math.floor(width / labelWidth)));
  const middles = scale.gaps.map((g) => gapMiddle(scale, g) * width);
  const all = [];
  let free = 0;
  for (let i = 0; i + 1 < scale.times.length; i++) {
    const [from, to] = [scale.times[i], scale.times[i + 1]];
    if (scale.gaps.some((g) => g.from === from && g.to === to)) continue;
    for (const at of ticks(from, to, step)) {
      const x = shareOf(scale, at) * width;
      const said = x >= free && x <= width + 1 && !middles.some((m) => x < m + labelWidth / 2 - 4 && x + labelWidth > m - labelWidth / 2 + 4);
      const text = said ? tickLabel(at, step, scale.to) : '';
      all.push({ x, text });
      if (said) free = x + room(text);
    }
  }
  return all;
}

/**
 * Where the middle of a shrunk gap is, as a share of the width.
 * @param {TimeScale} scale
 * @param {Stretch} gap
 */
export function gapMiddle(scale, gap) {
  return (shareOf(scale, gap.from) + shareOf(scale, gap.to)) / 2;
}
