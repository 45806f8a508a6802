// SPDX-License-Identifier: Apache-2.0

/** @import { LaneLink, LinkedTraces, TimeScale } from '../types.js' */
/** @import { LaneRow } from './linked-lane.js' */
import { duration } from '../lib/format.js';
import { waitOf } from '../trace/linked.js';
import { shareOf } from '../trace/time-scale.js';
import { css, nothing, svg } from '../vendor/lit.js';
import { laneHeight } from './linked-lane.js';
import { barMiddle } from './span-bars.js';

/** Height of the small bars in a trace's row, px, and where they begin. */
export const pictureHeight = 36;
export const pictureTop = 4;

export const wireStyles = css`
  svg { position: absolute; top: 0; overflow: hidden; pointer-events: none; }
  path { fill: none; stroke: var(--text-soft); stroke-width: 1; }
  path.tip { fill: var(--text-soft); stroke: none; }
  .many g:not(.lit) path { opacity: 0.3; }
  .lit path { stroke: var(--accent); stroke-width: 2; }
  .lit path.tip { fill: var(--accent); stroke: none; }
  text { font-size: 11px; font-weight: 600; fill: var(--text); stroke: var(--bg); stroke-width: 3px; paint-order: stroke; text-anchor: middle; font-variant-numeric: tabular-nums; }
`;

/**
 * Lines from the end of each span that is linked to, to the start of the one that
 * links, with the time between them where there is room.
 * @param {LinkedTraces} linked
 * @param {LaneRow[]} rows
 * @param {TimeScale} scale
 * @param {number} width of the bars, px
 * @param {LaneRow | undefined} at the row whose links are lit
 */
export function wires(linked, rows, scale, width, at) {
  const places = new Map(rows.map((r) => [`${r.lane} ${r.span}`, r]));
  const y = (/** @type {number} */ lane, /** @type {number} */ span) => middle(linked, places, lane, span);
  const x = (/** @type {number} */ time) => Math.round(Math.max(-2, Math.min(3, shareOf(scale, time))) * width) + 0.5;
  const isAt = (/** @type {number} */ lane, /** @type {number} */ span) => lane === at?.lane && (at.span < 0 || at.span === span);
  const said = new Set();
  return linked.links.map((link) => {
    const lit = isAt(link.lane, link.span) || isAt(link.to, link.target);
    const to = { x: x(link.start), y: y(link.lane, link.span) };
    const from = { x: Math.min(x(link.end), to.x), y: y(link.to, link.target) };
    // In a row there is room for the longest wait, which comes first.
    const text = said.has(to.y) ? '' : label(link, from.x, to.x, width);
    if (text) said.add(to.y);
    return svg`<g class=${lit ? 'lit' : nothing}><path d=${line(from, to)}></path><path class="tip" d=${tip(from, to)}></path>${text ? svg`<text x=${(Math.max(from.x, 0) + Math.min(to.x, width)) / 2} y=${to.y - 3}>${text}</text>` : nothing}</g>`;
  });
}

/**
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 */
function line(from, to) {
  return `M${from.x} ${from.y}V${to.y}H${to.x}`;
}

/**
 * The tip of an arrow: from the left, or from above or below where there is no room.
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 */
function tip(from, to) {
  if (to.x - from.x >= 5) return `M${to.x} ${to.y}l-5 -3v6z`;
  return `M${to.x} ${to.y}l-3 ${to.y > from.y ? -5 : 5}h6z`;
}

/**
 * The wait of a link, "": there is no room for it.
 * @param {LaneLink} link
 * @param {number} from px
 * @param {number} to px
 * @param {number} width px
 */
function label(link, from, to, width) {
  const text = duration(waitOf(link));
  return waitOf(link) > 0 && Math.min(to, width) - Math.max(from, 0) > 7 * text.length + 12 ? text : '';
}

/**
 * The middle of a span's bar, px: in its own row, or in that of its trace.
 * @param {LinkedTraces} linked
 * @param {Map<string, LaneRow>} places
 * @param {number} lane
 * @param {number} span
 */
function middle({ lanes }, places, lane, span) {
  const own = places.get(`${lane} ${span}`);
  if (own && span >= 0) return own.top + own.height / 2 + 0.5;
  const row = /** @type {LaneRow} */ (places.get(`${lane} -1`));
  const t = lanes[lane].trace;
  const inside = t && span >= 0 ? pictureTop + barMiddle(span, t.count, pictureHeight) : laneHeight / 2;
  return Math.round(row.top + inside) + 0.5;
}
