// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { TimeScale } from '../types.js' */
import { fit, ratio } from '../app/pixels.js';
import { rowHeight, theme, token } from '../app/theme.js';
import { serviceColor } from '../lib/color.js';
import { memo } from '../lib/memo.js';
import { labels } from '../trace/axis.js';
import { shareOf } from '../trace/time-scale.js';
import { indent } from './span-tree-row.js';

/**
 * Some rows of the tree and where they are drawn.
 * @typedef {object} Part
 * @property {TraceView} view
 * @property {TimeScale} scale
 * @property {number} first the first row
 * @property {number} last the row behind the last one
 * @property {number} names width of the names, px
 * @property {number} left of the bars, px
 * @property {number} width of the bars, px
 */

const inset = 6; // above and below a bar, px

const inks = memo((/** @type {string} */ _theme) => ({
  line: token('--line'), soft: token('--text-soft'), error: token('--error'), critical: token('--critical'), accent: token('--accent'), mark: token('--bg-mark'), selected: token('--bg-selected'),
}));
const colorsOf = memo((/** @type {string[]} */ services, /** @type {'light' | 'dark'} */ theme) => services.map((s) => serviceColor(s, theme)));

/**
 * Draws bars and what is behind them, the first row at the top of the canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Part} part
 * @param {number} canvasWidth px
 */
export function drawRows(canvas, part, canvasWidth) {
  const { view, scale, first, last, names, left, width } = part;
  const { trace: t, rows } = view;
  const height = (last - first) * rowHeight;
  const g = fit(canvas, canvasWidth, height);
  const ink = inks(theme.value);
  const colors = colorsOf(t.services, theme.value);

  for (let n = first; n < last; n++) {
    const chosen = rows.rows[n] >= 0 && rows.rows[n] === part.view.chosen;
    if (!chosen && !marked(part.view, rows.rows[n])) continue;
    g.fillStyle = chosen ? ink.selected : ink.mark;
    g.fillRect(0, (n - first) * rowHeight, canvasWidth, rowHeight);
  }
  g.fillStyle = ink.line;
  for (const { x } of labels(scale, width)) g.fillRect(Math.round(left + x), 0, 1, height);
  for (const gap of scale.gaps) hatch(g, left + shareOf(scale, gap.from) * width, left + shareOf(scale, gap.to) * width, height, ink.line);
  guides(g, part, ink.line);

  g.save();
  g.beginPath();
  g.rect(left, 0, width + 3, height);
  g.clip();
  const x = (/** @type {number} */ time) => snap(left + shareOf(scale, time) * width);
  for (let n = first; n < last; n++) {
    const row = rows.rows[n];
    const y = (n - first) * rowHeight;
    if (row < 0) group(g, part, ~row, y, x, colors, ink.error);
    else bar(g, part, row, y, x, colors, ink);
  }
  drawMeasure(g, view, x, height, ink.accent);
  g.restore();
  g.fillStyle = ink.line;
  g.fillRect(names, 0, 0, height);
}

/**
 * Whether find matches a row.
 * @param {TraceView} view
 * @param {number} row
 */
function marked({ found, rows }, row) {
  if (!found) return false;
  if (row >= 0) return found.mask[row] === 1;
  return !rows.groups[~row].open && rows.groups[~row].members.some((i) => found.mask[i]);
}

/** @param {number} x */
function snap(x) {
  return Math.round(Math.max(-1e5, Math.min(1e5, x)) * ratio.value) / ratio.value;
}

/**
 * Diagonals where time is shrunk.
 * @param {CanvasRenderingContext2D} g
 * @param {number} from
 * @param {number} to
 * @param {number} height
 * @param {string} color
 */
export function hatch(g, from, to, height, color) {
  g.save();
  g.beginPath();
  g.rect(from, 0, to - from, height);
  g.clip();
  g.strokeStyle = color;
  g.lineWidth = 1;
  g.beginPath();
  for (let y = -(to - from); y < height; y += 8) {
    g.moveTo(from, y + (to - from));
    g.lineTo(to, y);
  }
  g.stroke();
  g.restore();
}

/**
 * The lines that lead from a span down to its children.
 * @param {CanvasRenderingContext2D} g
 * @param {Part} part
 * @param {string} color
 */
function guides(g, { view: { rows }, first, last, names }, color) {
  g.fillStyle = color;
  for (let n = first; n < last; n++) {
    let before = -1;
    for (let level = 0; level < rows.levels[n]; level++) {
      const x = indent(level, names) + 7;
      if (x === before) break;
      g.fillRect(x, (n - first) * rowHeight, 1, rowHeight);
      before = x;
    }
  }
}

/**
 * The bar of a span, with what is on the critical path, and whether it failed.
 * @param {CanvasRenderingContext2D} g
 * @param {Part} part
 * @param {number} span
 * @param {number} y
 * @param {(time: number) => number} x
 * @param {string[]} colors
 * @param {{ soft: string, critical: string, error: string }} ink
 */
function bar(g, { view: { trace: t, critical }, scale, left, width }, span, y, x, colors, ink) {
  const [from, to] = [t.starts[span], t.starts[span] + t.durations[span]];
  if (to < scale.from) return beyond(g, left, y, -1, ink.soft);
  if (from > scale.to) return beyond(g, left + width, y, 1, ink.soft);
  const clip = (/** @type {number} */ time) => Math.max(left - 2, Math.min(left + width + 2, x(time)));
  const a = clip(from);
  const length = Math.max(clip(to) - a, 2);
  g.fillStyle = colors[t.service[span]];
  g.fillRect(a, y + inset, length, rowHeight - 2 * inset);
  if (critical) {
    g.fillStyle = ink.critical;
    for (let c = critical.first[span]; c < critical.first[span + 1]; c++) {
      const start = clip(critical.from[c]);
      const end = clip(critical.to[c]);
      if (end - start >= 1) g.fillRect(start, y + rowHeight / 2 - 1, end - start, 2);
    }
  }
  if (t.status[span] === 2) failed(g, a, y, length, ink.error);
}

/**
 * The bars of a group in one row; those that begin where one is already drawn
 * are too short to be seen.
 * @param {CanvasRenderingContext2D} g
 * @param {Part} part
 * @param {number} index
 * @param {number} y
 * @param {(time: number) => number} x
 * @param {string[]} colors
 * @param {string} errorColor
 */
function group(g, { view: { trace: t, rows }, scale, left, width }, index, y, x, colors, errorColor) {
  const { members, service } = rows.groups[index];
  let drawn = -Infinity;
  for (const i of members) {
    const [from, to] = [t.starts[i], t.starts[i] + t.durations[i]];
    if (from > scale.to) break;
    if (to < scale.from) continue;
    const a = Math.max(x(from), left - 2);
    const b = Math.min(Math.max(x(to), a + 1), left + width + 2);
    if (b > drawn) {
      g.fillStyle = colors[service];
      g.fillRect(Math.max(a, drawn), y + inset, b - Math.max(a, drawn), rowHeight - 2 * inset);
      drawn = b;
    }
    if (t.status[i] === 2) failed(g, a, y, Math.max(b - a, 2), errorColor);
  }
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {string} color
 */
function failed(g, x, y, width, color) {
  g.fillStyle = color;
  g.fillRect(x, y + inset - 2, width, 2);
  g.fillRect(x, y + rowHeight - inset, width, 2);
}

/**
 * A mark at the edge: the bar is farther there.
 * @param {CanvasRenderingContext2D} g
 * @param {number} x
 * @param {number} y
 * @param {1 | -1} side
 * @param {string} color
 */
function beyond(g, x, y, side, color) {
  const [tip, base, middle] = [side < 0 ? x + 1 : x - 1, side < 0 ? x + 6 : x - 6, y + rowHeight / 2];
  g.fillStyle = color;
  g.beginPath();
  g.moveTo(tip, middle);
  g.lineTo(base, middle - 4);
  g.lineTo(base, middle + 4);
  g.fill();
}

/**
 * Where the spans between which is measured begin and end, and the time between
 * them.
 * @param {CanvasRenderingContext2D} g
 * @param {TraceView} view
 * @param {(time: number) => number} x
 * @param {number} height
 * @param {string} color
 */
export function drawMeasure(g, { trace: t, measured, chosen }, x, height, color) {
  if (measured < 0) return;
  g.fillStyle = color;
  g.globalAlpha = 0.6;
  const ends = (/** @type {number} */ span) => [t.starts[span], t.starts[span] + t.durations[span]];
  for (const span of chosen < 0 ? [measured] : [measured, chosen]) for (const at of ends(span)) g.fillRect(x(at), 0, 1, height);
  if (chosen >= 0) {
    const from = Math.min(ends(measured)[1], ends(chosen)[1]);
    const to = Math.max(t.starts[measured], t.starts[chosen]);
    g.globalAlpha = 0.15;
    if (to > from) g.fillRect(x(from), 0, x(to) - x(from), height);
  }
  g.globalAlpha = 1;
}
