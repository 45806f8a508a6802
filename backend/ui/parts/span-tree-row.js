// SPDX-License-Identifier: Apache-2.0

/** @import { MemberTags } from '../app/member-tags.js' */
/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Usual } from '../app/usual.js' */
/** @import { Group, TimeScale } from '../types.js' */
import { rowHeight, theme } from '../app/theme.js';
import { usualOf } from '../app/usual.js';
import { serviceColor } from '../lib/color.js';
import { count, duration, number } from '../lib/format.js';
import { kinds } from '../search/words.js';
import { shareOf } from '../trace/time-scale.js';
import { unusual } from '../trace/usual.js';
import { classMap, css, html, nothing } from '../vendor/lit.js';
import { setStyle } from './set-style.js';

/** Names are hostile: what is longer is cut. */
const cut = (/** @type {string} */ s) => (s.length > 300 ? s.slice(0, 300) + '…' : s);

/**
 * A text in which what was found is underlined.
 * @param {string} text
 * @param {string} find
 */
function underlined(text, find) {
  const shown = cut(text);
  const at = find ? shown.toLowerCase().indexOf(find) : -1;
  return at < 0 ? shown : html`${shown.slice(0, at)}<mark>${shown.slice(at, at + find.length)}</mark>${shown.slice(at + find.length)}`;
}

/**
 * Where a row of a level begins, px. Deep ones begin no farther than leaves room
 * for their names.
 * @param {number} level
 * @param {number} names width of the names, px
 */
export function indent(level, names) {
  const [step, room] = names < 300 ? [8, 140] : [14, 190];
  return 6 + Math.min(level * step, Math.max(0, names - room));
}

export const rowStyles = css`
  .row { position: absolute; left: 0; right: 0; height: var(--row); line-height: var(--row); display: grid; grid-template-columns: var(--names) minmax(0, 1fr); cursor: default; white-space: nowrap; }
  .row:hover { background: color-mix(in srgb, var(--text) 6%, transparent); }
  .row.at { box-shadow: inset 3px 0 var(--accent), inset 0 0 0 1px var(--line-strong); }
  .name { display: flex; align-items: center; gap: 5px; min-width: 0; overflow: hidden; padding-right: 6px; }
  .service { color: var(--text-soft); }
  .service.hop { color: var(--text); font-weight: 600; }
  .service, .op, .member { unicode-bidi: isolate; }
  .op { margin-left: 5px; }
  .marked .service, .marked .member, .marked .label { color: var(--text); text-shadow: none; }
  mark { background: none; color: inherit; text-decoration: underline 2px var(--warning); }
  .member { font-size: var(--small); color: var(--text-soft); }
  .member b { font-weight: 400; color: var(--text); }
  .deep { flex: none; font-size: 11px; color: var(--text-soft); font-variant-numeric: tabular-nums; }
  .badge { flex: none; font-size: 11px; line-height: 15px; padding: 0 4px; border-radius: 8px; background: var(--bg-raised); border: 1px solid var(--line); color: var(--text-soft); font-variant-numeric: tabular-nums; }
  .bad { flex: none; width: 14px; height: 14px; line-height: 14px; text-align: center; border-radius: 50%; font-size: 11px; font-weight: 700; background: var(--error); color: var(--bg); }
  .bad.below { background: none; box-shadow: inset 0 0 0 1.5px var(--error); color: var(--error); }
  .time { position: relative; overflow: hidden; }
  .label { position: absolute; text-shadow: 0 0 2px var(--bg), 0 0 2px var(--bg), 0 0 3px var(--bg); font-size: var(--small); color: var(--text-soft); font-variant-numeric: tabular-nums; }
  .odd { margin-left: 6px; font-weight: 400; color: var(--warning); }
`;

/**
 * Where rows are and what is special about them.
 * @typedef {object} Place
 * @property {TraceView} view
 * @property {TimeScale} scale
 * @property {number} names width of the names, px
 * @property {number} left of the bars in the second column, px
 * @property {number} width of the bars, px
 * @property {number} at the row where the keyboard is, -1: none
 * @property {{ place: Int32Array, size: Int32Array }} siblings
 * @property {ReadonlySet<number>} collapsed
 * @property {MemberTags | null} tags
 * @property {Usual} usual
 * @property {string} odd how unusual durations are marked: "long", "short", "" not
 * @property {string} find what is looked for, in small letters
 */

/**
 * A row of the tree: a span, or a group of equal ones.
 * @param {number} n the row
 * @param {Place} p
 */
export function row(n, p) {
  const value = p.view.rows.rows[n];
  return value < 0 ? groupRow(n, p, p.view.rows.groups[~value]) : spanRow(n, p, value);
}

/**
 * @param {number} n
 * @param {Place} p
 * @param {number} span
 */
function spanRow(n, p, span) {
  const { view: { trace: t, chosen, errors, found }, collapsed, siblings } = p;
  const below = t.end[span] - span - 1;
  const closed = collapsed.has(span);
  const failedBelow = errors[t.end[span]] - errors[span + 1];
  const service = t.services[t.service[span]];
  const name = t.names[t.name[span]];
  const parent = t.parent[span];
  const kind = kinds[t.kind[span]];
  const level = p.view.rows.levels[n];
  return html`<div role="row" id="r${n}" data-row=${n}
    class=${classMap({ row: true, at: n === p.at, marked: found?.mask[span] === 1 })}
    aria-rowindex=${n + 2} aria-level=${level + 1} aria-posinset=${siblings.place[span]} aria-setsize=${siblings.size[span]}
    aria-expanded=${below ? String(!closed) : nothing} aria-selected=${String(span === chosen)}
    ${setStyle({ top: `${n * rowHeight}px` })}>
    <div class="name" role="gridcell" title="${cut(service)}: ${cut(name)}${t.kind[span] ? `\n${kind}` : ''}" ${setStyle({ 'padding-left': `${indent(level, p.names)}px` })}>
      <i class="toggle ${below ? (closed ? '' : 'open') : 'none'}"></i>
      ${indent(level, p.names) === indent(level - 1, p.names) && level ? html`<span class="deep" title="Level ${number(level + 1)}">${number(level + 1)}</span>` : nothing}
      <i class="swatch" ${setStyle({ background: serviceColor(service, theme.value) })}></i>
      ${parent === -2 ? html`<span class="badge" title="Its parent was not sent, is yet to come, or is below it.">no parent</span>` : nothing}
      ${t.status[span] === 2 ? html`<span class="bad" role="img" aria-label="error" title="It failed">!</span>` : nothing}
      ${closed && failedBelow ? html`<span class="bad below" role="img" aria-label="${count(failedBelow, 'error')} below" title="${count(failedBelow, 'error')} below">!</span>` : nothing}
      <span class="texts">${memberTag(p, span) ?? html`<span class="service ${parent < 0 || t.service[parent] !== t.service[span] ? 'hop' : ''}">${underlined(service, p.find)}</span>`}<span class="op">${underlined(name, p.find)}</span></span>
      ${closed && below ? html`<span class="badge" title="${count(below, 'span')} below">+${number(below)}</span>` : nothing}
    </div>
    <div class="time" role="gridcell">${label(p, t.starts[span], t.starts[span] + t.durations[span], duration(t.durations[span]), odd(p, [span]))}</div>
  </div>`;
}

/**
 * @param {number} n
 * @param {Place} p
 * @param {Group} group
 */
function groupRow(n, p, group) {
  const { view: { trace: t } } = p;
  const service = t.services[group.service];
  const name = t.names[group.name];
  let end = 0;
  let sum = 0;
  for (const i of group.members) {
    end = Math.max(end, t.starts[i] + t.durations[i]);
    sum += t.durations[i];
  }
  const start = t.starts[group.members[0]];
  const size = group.members.length;
  return html`<div role="row" id="r${n}" data-row=${n} class=${classMap({ row: true, at: n === p.at })}
    aria-rowindex=${n + 2} aria-level=${p.view.rows.levels[n] + 1} aria-expanded=${String(group.open)}
    ${setStyle({ top: `${n * rowHeight}px` })}>
    <div class="name" role="gridcell" title="${cut(service)}: ${cut(name)}\n${count(size, 'equal span')}, ${duration(sum)} together" ${setStyle({ 'padding-left': `${indent(p.view.rows.levels[n], p.names)}px` })}>
      <i class="toggle ${group.open ? 'open' : ''}"></i>
      <i class="swatch" ${setStyle({ background: serviceColor(service, theme.value) })}></i>
      ${group.errors && !group.open ? html`<span class="bad below" role="img" aria-label=${count(group.errors, 'error')} title=${count(group.errors, 'error')}>!</span>` : nothing}
      <span class="texts"><span class="service">${underlined(service, p.find)}</span><span class="op">${underlined(name, p.find)}</span></span>
      <span class="badge">× ${number(size)}</span>
    </div>
    <div class="time" role="gridcell">${label(p, start, end, duration(end - start), odd(p, group.members))}</div>
  </div>`;
}

/**
 * What tells a span from the others of its group, whose service they share;
 * null when it is no member of one, or not known.
 * @param {Place} p
 * @param {number} span
 */
function memberTag({ tags, view }, span) {
  const value = tags?.values.get(span);
  return value ? html`<span class="member">${tags?.keys.get(view.folds.of[span])}=<b>${value}</b></span>` : null;
}

/**
 * The duration, right of the bar or at the edge beyond which the bar is.
 * @param {Place} p
 * @param {number} from
 * @param {number} to
 * @param {string} text
 * @param {unknown} odd
 */
function label({ scale, left, width }, from, to, text, odd) {
  const end = from > scale.to ? 1 : to < scale.from ? 0 : Math.max(0, Math.min(1, shareOf(scale, to)));
  return html`<span class="label" ${setStyle({ left: `${Math.round(left + end * width) + (to < scale.from ? 10 : 6)}px` })}>${text}${odd}</span>`;
}

/**
 * A mark of spans of one operation that took longer than most others of it do.
 * @param {Place} p
 * @param {ArrayLike<number>} spans
 */
function odd({ view: { trace: t }, usual, odd }, spans) {
  const rates = odd ? usualOf(usual, t, t.service[spans[0]], t.name[spans[0]]) : undefined;
  if (!rates) return nothing;
  let [most, n] = ['', 0];
  for (let i = 0; i < spans.length; i++) {
    const one = unusual(t.durations[spans[i]], rates);
    if (one) n++;
    if (one > most) most = one;
  }
  if (!n) return nothing;
  const { p50, p95, p99 } = rates.durations;
  const title = `${spans.length > 1 ? `${number(n)} of them: longer` : 'Longer'} than ${most.slice(1)} % of ${count(rates.spans, 'span')} of this operation (p50 ${duration(Number(p50))}, p95 ${duration(Number(p95))}, p99 ${duration(Number(p99))})`;
  return html`<b class="odd" title=${title}>${spans.length > 1 ? `${number(n)} ` : ''}${odd === 'long' ? `> ${most}` : html`<span role="img" aria-label="longer than usual">▲</span>`}</b>`;
}

/**
 * The services of the spans in some rows.
 * @param {TraceView} view
 * @param {{ first: number, last: number }} part
 */
export function servicesOf({ trace, rows }, { first, last }) {
  return new Set(Array.from(rows.rows.subarray(first, last), (row) => (row < 0 ? rows.groups[~row].service : trace.service[row])));
}
