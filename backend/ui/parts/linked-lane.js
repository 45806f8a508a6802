// SPDX-License-Identifier: Apache-2.0

/** @import { Lane, LinkedTraces, Stretch, TimeScale } from '../types.js' */
import { address } from '../app/base.js';
import { theme } from '../app/theme.js';
import { changed } from '../app/router.js';
import { serviceColor } from '../lib/color.js';
import { count, cut, duration, number, since } from '../lib/format.js';
import { href } from '../lib/url.js';
import { shareOf } from '../trace/time-scale.js';
import { spanID, spanOf } from '../trace/trace.js';
import { classMap, css, html, nothing } from '../vendor/lit.js';
import './service-name.js';
import { setStyle } from './set-style.js';

/** Height of a trace's row, px; that of a span is as in the tree. */
export const laneHeight = 44;

/** A row: a trace, or a span of it. @typedef {{ lane: number, span: number, top: number, height: number, more: number }} LaneRow span: -1 for the trace; more: how many spans of it have no row, in its last row */

/** What is added to the rows of the tree. */
export const laneStyles = css`
  .lane { border-top: 1px solid var(--line); }
  .own { background: color-mix(in srgb, var(--bg-selected) 45%, transparent); }
  .chosen { background: var(--bg-selected); }
  .name { padding-left: 6px; }
  .span .name { padding-left: 26px; font-size: 13px; }
  .texts { flex: 1; line-height: 19px; }
  .texts > *, .span a { display: block; overflow: hidden; text-overflow: ellipsis; min-width: 0; }
  .name a { color: var(--text); }
  .name a:focus-visible { outline-offset: -2px; }
  .facts, .more { font-size: var(--small); color: var(--text-soft); font-variant-numeric: tabular-nums; }
  .more { flex: 0 1000 auto; overflow: hidden; text-overflow: ellipsis; }
  .time canvas, .bar { position: absolute; }
  .bar { top: 6px; height: 12px; min-width: 2px; }
  .failed { border: solid var(--error); border-width: 2px 0; top: 4px; height: 16px; }
`;

/**
 * The span of a lane that an address means: of the trace itself by its id alone,
 * of another with the trace's before it; null: there is none.
 * @param {LinkedTraces} linked
 * @param {string} ref
 */
export function refOf({ lanes, own }, ref) {
  const [id, trace = ''] = ref.split(':').reverse();
  const lane = trace ? lanes.findIndex((l) => l.id === trace) : own;
  const t = lanes[lane]?.trace;
  const span = t ? spanOf(t, id) : -1;
  return span < 0 ? null : { lane, span };
}

/**
 * How an address says a span, as refOf reads it.
 * @param {LinkedTraces} linked
 * @param {number} lane
 * @param {number} span
 */
export function refTo({ lanes, own }, lane, span) {
  const { trace: t, id } = lanes[lane];
  return t ? (lane === own ? '' : id + ':') + spanID(t, span) : '';
}

/**
 * When a span begins and ends, as lanes do.
 * @param {LinkedTraces} linked
 * @param {{ lane: number, span: number }} at
 * @returns {Stretch}
 */
export function timeOf({ lanes }, { lane, span }) {
  const { trace: t, from, to } = lanes[lane];
  return t && span >= 0 ? { from: from + t.starts[span], to: from + t.starts[span] + t.durations[span] } : { from, to };
}

/**
 * The name of a lane's span, or of its trace.
 * @param {Lane} lane
 * @param {number} span -1: its trace
 */
export function nameOf({ trace: t, service, name }, span) {
  const at = t && span >= 0;
  return `${cut(at ? t.services[t.service[span]] : service, 60)}: ${cut(at ? t.names[t.name[span]] : name, 100)}`;
}

/**
 * Where a lane's span, or its trace, is opened.
 * @param {LinkedTraces} linked
 * @param {number} lane
 * @param {number} span -1: the trace
 */
export function addressOf({ lanes, own }, lane, span) {
  const { trace: t, id } = lanes[lane];
  if (!t || span < 0) return address(href('trace', {}, id));
  const chosen = { span: spanID(t, span) };
  return address(lane === own ? changed(chosen) : href('trace', chosen, id));
}

/**
 * @param {LaneRow} row
 * @param {number} n its place
 * @param {{ linked: LinkedTraces, scale: TimeScale, left: number, width: number, at: number, chosen: string, measured: string, open: ReadonlySet<string>, rows: LaneRow[] }} p left and width of the bars, px; at: the row where the keyboard is
 */
export function laneRow(row, n, p) {
  const { linked, scale, left, width } = p;
  const lane = linked.lanes[row.lane];
  const t = lane.trace;
  const own = row.lane === linked.own;
  const classes = { row: true, at: n === p.at };
  const place = setStyle({ top: `${row.top}px`, height: `${row.height}px` });
  const name = nameOf(lane, row.span);
  if (row.span < 0 || !t) {
    const open = p.open.has(lane.id);
    const away = lane.from - linked.lanes[linked.own].from;
    return html`<div role="row" id="r${n}" data-row=${n} class=${classMap({ ...classes, lane: true, own })} aria-level="1" aria-expanded=${t ? String(open) : nothing} aria-rowindex=${n + 2} ${place}>
      <div class="name" role="gridcell" title=${name}>
        <i class="toggle ${t ? (open ? 'open' : '') : 'none'}"></i>
        <span class="texts"><a href=${addressOf(linked, row.lane, -1)} tabindex="-1"><service-name .name=${cut(lane.service, 60)}></service-name> <bdi>${cut(lane.name, 100)}</bdi></a>
          <span class="facts">${own ? 'this trace' : html`<span title="Its start after that of this trace">${since(away)}</span>`} · ${duration(lane.to - lane.from)}${lane.errors ? html` · <span class="error">${count(lane.errors, 'error')}</span>` : nothing} · ${count(lane.spans, 'span')}${t ? nothing : ' · too many to be drawn here'}</span></span>
      </div>
      <div class="time" role="gridcell"><canvas data-lane=${row.lane} aria-hidden="true"></canvas></div>
    </div>`;
  }
  const { from, to } = timeOf(linked, row);
  const x = (/** @type {number} */ time) => left + Math.max(-1, Math.min(2, shareOf(scale, time))) * width;
  const failed = t.status[row.span] === 2;
  const ref = refTo(linked, row.lane, row.span);
  return html`<div role="row" id="r${n}" data-row=${n} class=${classMap({ ...classes, span: true, chosen: ref === p.chosen || ref === p.measured })} aria-level="2" aria-selected=${String(ref === p.chosen)} aria-rowindex=${n + 2} ${place}>
    <div class="name" role="gridcell" title=${name}>
      ${failed ? html`<span class="bad" role="img" aria-label="error" title="It failed">!</span>` : nothing}
      <a href=${addressOf(linked, row.lane, row.span)} tabindex="-1"><service-name .name=${cut(t.services[t.service[row.span]], 60)}></service-name> <bdi>${cut(t.names[t.name[row.span]], 100)}</bdi></a>
      ${row.more ? html`<span class="more">and ${number(row.more)} more</span>` : nothing}
    </div>
    <div class="time" role="gridcell">
      <i class="bar ${failed ? 'failed' : ''}" ${setStyle({ left: `${x(from)}px`, width: `${x(to) - x(from)}px`, background: serviceColor(t.services[t.service[row.span]], theme.value) })}></i>
      <span class="label" ${setStyle({ left: `${Math.min(Math.max(x(to), left), left + width) + 6}px` })}>${duration(to - from)}</span>
    </div>
  </div>`;
}
