// SPDX-License-Identifier: Apache-2.0

/** @import { Flame, Paths } from '../types.js' */
import { fit, ratio } from '../app/pixels.js';
import { rowHeight, theme, token } from '../app/theme.js';
import { serviceColor } from '../lib/color.js';
import { duration, number } from '../lib/format.js';
import { memo } from '../lib/memo.js';

/**
 * What is drawn.
 * @typedef {object} Picture
 * @property {Paths} paths
 * @property {Flame} flame
 * @property {Float64Array} weight of each path, ns
 * @property {Int32Array | null} found how many spans of a path are found; null: nothing is looked for
 * @property {number} at the path where the keyboard is, -1: none
 * @property {number} chosen the path of the chosen span, -1: none
 * @property {number} over the box that is pointed at, -1: none
 * @property {number} top how far it is scrolled, px
 */

const [inset, strip] = [1, 3]; // px

const inks = memo((/** @type {string} */ _theme) => ({
  text: token('--text'), soft: token('--text-soft'), error: token('--error'), mark: token('--bg-mark'), accent: token('--accent'), line: token('--line-strong'), bg: token('--bg'),
}));

const colorsOf = memo((/** @type {string[]} */ services, /** @type {'light' | 'dark'} */ theme) => services.map((s) => serviceColor(s, theme)));

/**
 * Draws the boxes that are in sight: tinted, so that their texts can be read, above
 * a strip of the service's colour, which is dashed where they are drawn narrower.
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {number} width px
 * @param {number} height px
 */
export function drawFlame(canvas, picture, width, height) {
  const { paths, flame, weight, found, at, chosen, over, top } = picture;
  const { trace: t } = paths;
  const g = fit(canvas, width, height);
  const ink = inks(theme.value);
  const font = getComputedStyle(canvas).fontFamily;
  const colors = colorsOf(t.services, theme.value);
  const snap = (/** @type {number} */ x) => Math.round(x * ratio.value) / ratio.value;
  g.textBaseline = 'middle';
  g.font = `12px ${font}`;
  const first = Math.floor(top / rowHeight);
  const last = Math.min(flame.levels.length - 1, Math.ceil((top + height) / rowHeight));
  for (let level = first; level < last; level++) {
    const y = level * rowHeight - top;
    for (let i = flame.levels[level]; i < flame.levels[level + 1]; i++) {
      const [x, end] = [snap(flame.x[i]), snap(flame.x[i] + flame.width[i])];
      const w = Math.max(1 / ratio.value, end - x - (end - x > 3 ? 1 : 0)); // a gap of a pixel to the next
      const p = flame.path[i];
      if (flame.rest[i]) {
        g.fillStyle = ink.line;
        for (let dot = x + 1; dot < x + w; dot += 4) g.fillRect(dot, y + rowHeight - inset - strip, 1.5, strip);
        if (w > 60) text(g, `… ${number(flame.rest[i])} more`, x + 5, y + rowHeight / 2, w - 8, ink.soft);
        continue;
      }
      const hit = found ? found[p] > 0 : null;
      g.fillStyle = hit ? ink.mark : colors[paths.service[p]];
      g.globalAlpha = hit ? 1 : hit === false ? 0.08 : 0.2;
      g.fillRect(x, y + inset, w, rowHeight - 2 * inset);
      g.globalAlpha = hit === false ? 0.35 : 1;
      g.fillStyle = colors[paths.service[p]];
      if (w < 4) g.fillRect(x, y + inset, w, rowHeight - 2 * inset);
      else if (!flame.narrow[i]) g.fillRect(x, y + rowHeight - inset - strip, w, strip);
      else for (let dash = 0; dash < w; dash += 6) g.fillRect(x + dash, y + rowHeight - inset - strip, Math.min(4, w - dash), strip);
      g.globalAlpha = 1;
      if (paths.errors[p]) {
        g.fillStyle = ink.error;
        g.fillRect(x, y + inset, w, 2);
      }
      if (w > 24) label(g, picture, i, x + 5, y + rowHeight / 2 - 1, w - 8, ink, font, weight[p]);
      if (p === at || p === chosen || i === over) {
        g.strokeStyle = p === at ? ink.accent : ink.text;
        g.lineWidth = p === at ? 2 : 1;
        g.strokeRect(x + 0.5, y + inset + 0.5, Math.max(2, w - 1), rowHeight - 2 * inset - 1);
      }
    }
  }
}

/**
 * Its name, before it the service where another one called it, and behind it, if
 * there is room, how long it took.
 * @param {CanvasRenderingContext2D} g
 * @param {Picture} picture
 * @param {number} i the box
 * @param {number} x
 * @param {number} y
 * @param {number} room px
 * @param {{ text: string, soft: string, error: string }} ink
 * @param {string} font
 * @param {number} ns
 */
function label(g, { paths, flame }, i, x, y, room, ink, font, ns) {
  const { trace: t, service, name, parent, errors, spans } = paths;
  const p = flame.path[i];
  if (room > 150) {
    const time = (spans[p] > 1 ? `× ${number(spans[p])}  ` : '') + duration(ns);
    const w = g.measureText(time).width;
    if (w < room / 2) {
      g.fillStyle = ink.soft;
      g.fillText(time, x + room - w, y);
      room -= w + 8;
    }
  }
  if (errors[p]) {
    g.font = `700 12px ${font}`;
    const w = text(g, '!', x, y, room, ink.error) + 4;
    g.font = `12px ${font}`;
    [x, room] = [x + w, room - w];
  }
  if (room > 110 && (parent[p] < 0 || service[parent[p]] !== service[p])) {
    g.font = `600 12px ${font}`;
    const w = text(g, t.services[service[p]], x, y, room / 2, ink.text) + 5;
    g.font = `12px ${font}`;
    [x, room] = [x + w, room - w];
  }
  text(g, t.names[name[p]], x, y, room, ink.text);
}

/**
 * Writes as much of a text as there is room for, and tells how wide that is.
 * @param {CanvasRenderingContext2D} g
 * @param {string} whole
 * @param {number} x
 * @param {number} y
 * @param {number} room px
 * @param {string} color
 */
function text(g, whole, x, y, room, color) {
  const plain = whole.slice(0, Math.ceil(room)).replace(/[\u202a-\u202e\u2066-\u2069]/g, ''); // they would turn round what follows
  let shown = plain.slice(0, Math.ceil(room / 2));
  let w = g.measureText(shown).width;
  if (shown.length < plain.length || w > room) {
    let [n, most] = [0, shown.length];
    while (n < most) {
      const middle = Math.ceil((n + most) / 2);
      if (g.measureText(shown.slice(0, middle) + '…').width <= room) n = middle;
      else most = middle - 1;
    }
    if (!n) return 0;
    shown = shown.slice(0, n) + '…';
    w = g.measureText(shown).width;
  }
  g.fillStyle = color;
  g.fillText(shown, x, y);
  return w;
}
