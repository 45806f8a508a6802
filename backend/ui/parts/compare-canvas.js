// SPDX-License-Identifier: Apache-2.0

/** @import { CompareView } from '../app/compare-view.js' */
/** @import { Paths, TimeScale } from '../types.js' */
import { fit, ratio } from '../app/pixels.js';
import { rowHeight, theme, token } from '../app/theme.js';
import { serviceColor } from '../lib/color.js';
import { memo } from '../lib/memo.js';
import { pathAt } from '../trace/compare.js';
import { labels } from '../trace/axis.js';
import { shareOf } from '../trace/time-scale.js';

const inks = memo((/** @type {string} */ _theme) => ({ line: token('--line'), soft: token('--text-soft'), error: token('--error') }));
/** Where the bars of a and of b are in a row, and how high both are, px. */
const [topA, topB, thick] = [3, 13, 8];

/**
 * Draws the spans of some paths: those of a, outlined, over those of b. Spans that
 * run at the same time, or are too short to be seen apart, are one bar.
 * @param {HTMLCanvasElement} canvas
 * @param {CompareView} view
 * @param {{ rows: Int32Array, scale: TimeScale, width: number }} part width: px
 */
export function drawBeside(canvas, { c, inA, inB }, { rows, scale, width }) {
  const height = rows.length * rowHeight;
  const g = fit(canvas, width, height);
  const ink = inks(theme.value);
  g.fillStyle = ink.line;
  for (const { x } of labels(scale, width)) g.fillRect(Math.round(x), 0, 1, height);
  const x = (/** @type {number} */ time) => Math.round(Math.max(-2, Math.min(width + 2, shareOf(scale, time) * width)) * ratio.value) / ratio.value;
  rows.forEach((at, n) => {
    const color = serviceColor(pathAt(c, at).service, theme.value);
    const y = n * rowHeight;
    bars(c.a, inA(), c.inA[at], y + topA, true);
    bars(c.b, inB(), c.inB[at], y + topB, false);

    /**
     * @param {Paths} paths
     * @param {{ first: Int32Array, members: Int32Array }} spans
     * @param {number} path
     * @param {number} top
     * @param {boolean} outlined
     */
    function bars({ trace: t }, { first, members }, path, top, outlined) {
      if (path < 0) return;
      let [from, to, failed] = [NaN, -Infinity, false];
      const put = () => {
        if (to < 0 || from > width) return;
        g.fillStyle = g.strokeStyle = color;
        if (outlined && to - from > 3) g.strokeRect(from + 0.5, top + 0.5, to - from - 1, thick - 1);
        else g.fillRect(from, top, to - from, thick);
        g.fillStyle = ink.error;
        if (failed) g.fillRect(from, top + thick - 2, to - from, 2);
      };
      for (let m = first[path]; m < first[path + 1]; m++) {
        const i = members[m];
        const start = x(t.starts[i]);
        const end = Math.max(start + 1, x(t.starts[i] + t.durations[i]));
        if (start > to) {
          put();
          [from, failed] = [start, false];
        }
        to = Math.max(to, end);
        failed ||= t.status[i] === 2;
      }
      put();
    }
  });
}
