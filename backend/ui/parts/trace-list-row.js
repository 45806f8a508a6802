// SPDX-License-Identifier: Apache-2.0

/** @import { TraceSummary } from '../types.js' */
/** @import { TraceGroup } from '../lib/grouping.js' */
import { address } from '../app/base.js';
import { serviceColor } from '../lib/color.js';
import { count, duration, number, time } from '../lib/format.js';
import { href } from '../lib/url.js';
import { css, html, nothing } from '../vendor/lit.js';
import { setStyle } from './set-style.js';

/** Services that a row names. */
const named = 8;

/**
 * Where a row is.
 * @typedef {{ index: number, top: number, active: boolean }} Place
 */

/**
 * @param {TraceSummary} t
 * @param {Place} at
 * @param {{ barEnd: number, zone: string, today: Date, theme: 'light' | 'dark', columns: string[], level: number, narrow: boolean, picked: string }} list
 */
export function traceRow(t, at, { barEnd, zone, today, theme, columns, level, narrow, picked }) {
  const ns = Number(t.duration);
  const services = t.services.toSorted((a, b) => b.spans - a.spans);
  const all = t.services.map((s) => `${s.service}: ${count(s.spans, 'span')}${s.errors ? `, ${count(s.errors, 'error')}` : ''}`).join('\n');
  const more = services.length - Math.min(services.length, named) + (t.moreServices ?? 0);
  const value = (/** @type {number} */ i) => t.columns?.[i] || html`<span class="soft">–</span>`;
  return html`<div role="row" id=${`line${at.index}`} class="row trace ${t.traceID === picked ? 'picked' : ''}" data-trace=${t.traceID} aria-rowindex=${at.index + 2} aria-selected=${at.active} aria-level=${level || nothing} ${setStyle({ top: `${at.top}px` })}>
    <span role="gridcell" class="time">${when(t.start, zone, today)}</span>
    <span role="gridcell" class="duration"><span>${duration(ns)}</span><i class="track" aria-hidden="true"><i class="bar ${ns > barEnd ? 'cut-off' : ''}" ${setStyle({ width: `${Math.max(Math.min(ns / barEnd, 1) * 100, 0.5).toFixed(2)}%`, background: serviceColor(t.rootService, theme) })}></i></i></span>
    <span role="gridcell" class="name cut"><a tabindex="-1" href=${address(href('trace', {}, t.traceID))} title=${short([`${t.rootService}: ${t.rootName}`, t.traceID, '', all, ...columns.map((c, i) => `${c}: ${t.columns?.[i] || 'none'}`)].join('\n'))}><i class="swatch" ${setStyle({ background: serviceColor(t.rootService, theme) })}></i><b>${t.rootService}</b> <bdi>${t.rootName}</bdi></a> <span class="soft mono">${t.traceID.slice(0, 7)}</span>${t.partial ? html` <em title="The first span of the trace has not arrived: this is the earliest that has.">partial</em>` : nothing}${t.traceID === picked ? html` <em class="pick">picked</em>` : nothing}</span>
    <span role="gridcell" class="spans">${count(t.spans, 'span')}</span>
    <span role="gridcell" class="errors">${t.errors ? html`<span class="bad">${count(t.errors, 'error')}</span>` : nothing}</span>
    <span role="gridcell" class="services cut">${narrow ? columns.map((c, i) => html`<span class="service"><span class="soft">${c}</span> <bdi>${value(i)}</bdi></span> `) : nothing}${services.slice(0, named).map((s) => html`<span class="service"><i class="swatch" ${setStyle({ background: serviceColor(s.service, theme) })}></i><bdi>${s.service}</bdi> <span class="soft">${number(s.spans)}</span>${s.errors ? html`<span class="error">!</span>` : nothing}</span> `)}${more ? html`<span class="soft">and ${number(more)} more</span>` : nothing}</span>
    ${narrow ? nothing : columns.map((_, i) => html`<span role="gridcell" class="column cut"><bdi>${value(i)}</bdi></span>`)}
  </div>`;
}

/**
 * @param {TraceGroup} g
 * @param {Place} at
 * @param {boolean} open
 * @param {() => void} toggle
 */
export function groupRow(g, at, open, toggle) {
  return html`<div role="row" id=${`line${at.index}`} class="row group" aria-rowindex=${at.index + 2} aria-selected=${at.active} aria-level="1" aria-expanded=${open} @click=${toggle} ${setStyle({ top: `${at.top}px` })}>
    <span role="gridcell" class="cut"><span class="arrow" aria-hidden="true">${open ? '▾' : '▸'}</span> <b title=${short(g.name)}>${g.name}</b></span>
    <span role="gridcell" class="cut">${count(g.rows.length, 'trace')}${g.failed ? html`, <span class="error">${number(g.failed)} with errors</span>` : nothing} <span class="soft">median ${duration(g.median)}, longest ${duration(g.longest)}</span></span>
  </div>`;
}

/**
 * The time, with its day unless that is today.
 * @param {string} start ns since 1970
 * @param {string} zone
 * @param {Date} today
 */
function when(start, zone, today) {
  const text = time(BigInt(start), zone);
  const day = time(BigInt(today.getTime()) * 1_000_000n, zone).slice(0, 10);
  return text.startsWith(day) ? text.slice(11) : html`<span class="soft">${text.slice(5, 10)}</span> ${text.slice(11)}`;
}

/** A text for a tooltip. @param {string} s */
function short(s) {
  return s.length > 1000 ? s.slice(0, 1000) + '…' : s;
}

export const listStyles = css`
  :host { display: block; }
  compare-strip { position: sticky; bottom: 0; z-index: 1; }
  [role='grid'], [role='treegrid'] { outline: none; }
  .row { display: grid; gap: 0 12px; padding: 0 16px; border-bottom: 1px solid var(--line); white-space: nowrap; font-variant-numeric: tabular-nums; }
  .wide .row { grid-template-columns: 140px 190px minmax(160px, 5fr) 78px 92px minmax(120px, 6fr); grid-auto-columns: minmax(70px, 2fr); grid-auto-flow: column; height: 30px; line-height: 29px; }
  .head { position: sticky; top: var(--list-head, 0px); z-index: 1; background: var(--bg); border-bottom-color: var(--line-strong); font-size: var(--small); color: var(--text-soft); }
  .head .column { display: flex; min-width: 0; }
  .head .column button { min-height: 0; line-height: 20px; margin-left: 2px; padding: 0 5px; align-self: center; color: var(--text-soft); }
  .body { position: relative; }
  .body .row { position: absolute; left: 0; right: 0; }
  .body .row:hover { background: var(--bg-hover); }
  :focus-visible .row[aria-selected='true'] { outline: var(--focus); outline-offset: -2px; background: var(--bg-selected); }
  .cut { overflow: hidden; text-overflow: ellipsis; min-width: 0; }
  .time { min-width: 0; overflow: hidden; }
  .time, .spans, .errors { text-align: right; }
  .bad { padding: 1px 6px; border-radius: 3px; background: var(--bg-error); color: var(--error); font-weight: 600; }
  .error { font-weight: 600; }
  .duration { display: flex; align-items: center; gap: 8px; }
  .duration > span { width: 64px; text-align: right; }
  .track { flex: 1; height: 10px; }
  .bar { display: block; height: 100%; border-radius: 2px; }
  .cut-off { mask-image: linear-gradient(to right, #000 70%, transparent); } /* it is longer than there is room for */
  .name a { color: var(--text); }
  .name a::after { content: ''; position: absolute; inset: 0; }
  .name a:hover { text-decoration: none; }
  .name b { font-weight: 600; }
  b { unicode-bidi: isolate; }
  em { font-style: normal; font-size: var(--small); padding: 1px 5px; border-radius: 3px; background: var(--bg-warning); color: var(--warning); }
  .picked { background: var(--bg-selected); }
  .pick { background: var(--accent); color: var(--on-accent); }
  .service { margin-right: 8px; }
  .swatch { display: inline-block; width: 8px; height: 8px; border-radius: 2px; margin-right: 5px; }
  .wide .row.group { grid-template-columns: minmax(0, auto) 1fr; background: var(--bg-raised); cursor: pointer; }
  .arrow { display: inline-block; width: 1em; }
  .narrow .row { grid-template: 'name name duration' 26px 'time spans errors' 22px 'services services services' 24px / minmax(92px, auto) 1fr auto; height: 76px; line-height: 26px; align-content: center; }
  .narrow .head { display: none; }
  .narrow .name { grid-area: name; }
  .narrow .time { grid-area: time; font-size: var(--small); text-align: left; }
  .narrow .spans { grid-area: spans; font-size: var(--small); text-align: left; }
  .narrow .errors { grid-area: errors; font-size: var(--small); }
  .narrow .duration { grid-area: duration; justify-content: end; }
  .narrow .services { grid-area: services; font-size: var(--small); }
  .narrow .track, .narrow .mono { display: none; }
  .narrow .row.group { grid-template: auto auto / 1fr; }
`;
