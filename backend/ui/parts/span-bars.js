// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { ratio } from '../app/pixels.js';
import { theme, token } from '../app/theme.js';
import { serviceColor } from '../lib/color.js';

/** So many spans a line of pixels are drawn; the rest would only be drawn over. */
const perLine = 24;

/**
 * The middle of a span's bar in a small picture, px from its top.
 * @param {number} n how many spans are before it
 * @param {number} count how many there are
 * @param {number} height of the picture, px
 */
export function barMiddle(n, count, height) {
  return 2 + (n + 0.5) * lineHeight(count, height);
}

/** @param {number} count @param {number} height */
function lineHeight(count, height) {
  return Math.min(6, (height - 4) / count);
}

/**
 * Draws spans small, a line each, from the top in the order of the tree, and
 * those that failed over the others.
 * @param {CanvasRenderingContext2D} g
 * @param {Trace} t
 * @param {(time: number) => number} x where a time is, px
 * @param {number} height px
 * @param {number} [first] of the spans
 * @param {number} [end]
 */
export function drawBars(g, t, x, height, first = 0, end = t.count) {
  const n = end - first;
  const line = lineHeight(n, height);
  const colors = t.services.map((s) => serviceColor(s, theme.value));
  const bar = (/** @type {number} */ i, /** @type {number} */ least) => {
    const from = x(t.starts[i]);
    g.fillRect(from, 2 + (i - first) * line, Math.max(least, x(t.starts[i] + t.durations[i]) - from), Math.max(1 / ratio.value, line > 3 ? line - 1 : line));
  };
  const step = Math.max(1, n / (height * ratio.value * perLine));
  for (let i = 0; i < n; i += step) {
    const span = first + Math.floor(i);
    g.fillStyle = colors[t.service[span]];
    bar(span, 1 / ratio.value);
  }
  g.fillStyle = token('--error');
  for (let i = first; i < end; i++) if (t.status[i] === 2) bar(i, 2);
}
