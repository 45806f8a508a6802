// SPDX-License-Identifier: Apache-2.0

/** @import { TagValues } from '../app/tag-values.js' */
/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Statistics, Trace } from '../types.js' */
import { address } from '../app/base.js';
import { changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { longest } from '../app/tag-values.js';
import { usual, usualOf, wantUsual } from '../app/usual.js';
import { watch } from '../app/watch.js';
import { count, duration, number, percent } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import { condition, has } from '../search/write.js';
import { selfTimes } from '../trace/self-time.js';
import { statistics } from '../trace/statistics.js';
import { few } from '../trace/usual.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './service-name.js';
import { setStyle } from './set-style.js';
import './slow-spans.js';
import './table-by.js';
import { heading, sorting, tableStyle } from './table.js';
import './trace-hide.js';
import './trace-notes.js';

/** Rows that are shown at first, and with each press of the button. */
const some = 200;

/** @typedef {'name' | 'count' | 'errors' | 'total' | 'self' | 'average' | 'min' | 'p50' | 'p95' | 'max' | 'usual50' | 'usual95'} Column */
const columns = /** @type {[Column, string, string][]} */ ([
  ['count', 'Spans', 'How many they are'],
  ['errors', 'Errors', 'How many of them failed'],
  ['total', 'Total', 'The sum of their durations'],
  ['self', 'Self', 'The sum of the times in which a span ran and none of its children did'],
  ['average', 'Average', 'Total, divided by the number of spans'],
  ['min', 'Min', 'The shortest of them'],
  ['p50', 'p50', 'Half of them took no longer'],
  ['p95', 'p95', '95 % of them took no longer'],
  ['max', 'Max', 'The longest of them'],
]);
const usualColumns = /** @type {[Column, string, string][]} */ ([
  ['usual50', 'usual p50', 'Of all stored spans of the operation half took no longer'],
  ['usual95', 'usual p95', 'Of all stored spans of the operation 95 % took no longer'],
]);

/** The spans of a trace in groups, with the numbers of each. */
export class SpanTable extends LitElement {
  static properties = { view: { attribute: false }, shown: { state: true }, values: { state: true } };

  static styles = [controls, tableStyle, css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr); min-width: 0; min-height: 0; }
    .head { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; min-height: 40px; padding: 4px 16px; border-bottom: 1px solid var(--line); }
    .head > [role='status'] { font-size: var(--small); color: var(--text-soft); font-variant-numeric: tabular-nums; }
    .scroll { overflow: auto; }
    thead th { white-space: nowrap; }
    th[scope='row'] { min-width: 180px; width: 28%; }
    td.of { padding-left: 0; text-align: left; color: var(--text-soft); }
    .share div { display: grid; grid-template-columns: 40px 1fr; align-items: center; }
    .share i { height: 8px; min-width: 1px; border-radius: 1px; background: var(--accent); }
    tbody th:has(.of) service-name { color: var(--text-soft); }
    .more { margin: 8px 16px; }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    this.shown = some;
    /** What was read of the tag by whose values the spans are grouped. @type {TagValues | null} */
    this.values = null;
    this.self = memo(selfTimes);
    // read: how many spans have their value, which is written into by as it comes
    this.statistics = memo((/** @type {Trace} */ t, /** @type {'service' | 'operation' | 'both' | Int32Array} */ by, /** @type {number} */ focus, /** @type {Uint8Array | null} */ hidden, /** @type {number} */ _read) => statistics(t, by, { self: this.self(t), focus, hidden }));
    watch(this, route, usual);
  }

  render() {
    const { view } = this;
    if (!view || route.value.page !== 'trace') return nothing; // it is about to be left
    const { trace: t, focus } = view;
    const by = String(route.value.params.by);
    const hidden = view.hidden?.mask ?? null;
    const tag = by.startsWith('tag:') ? by.slice(4) : '';
    const values = tag && this.values?.trace === t && this.values.key === tag ? this.values : null;
    const grouping = values ? values.of : by === 'service' || by === 'operation' ? by : 'both';
    const groups = by === 'span' || (by.startsWith('tag:') && !values) ? [] : this.statistics(t, grouping, focus, hidden, values?.read ?? 0);
    const spans = groups.reduce((sum, s) => sum + s.count, 0);
    return html`
      <div class="head">
        <table-by .trace=${t} @by=${() => { this.shown = some; }} @values=${(/** @type {CustomEvent<TagValues>} */ e) => { this.values = e.detail; }}></table-by>
        ${groups.length ? html`<span role="status">${count(groups.length, 'row')} of ${count(spans, 'span')}</span>` : nothing}
        <trace-hide .view=${view}></trace-hide>
        <trace-notes .view=${view}></trace-notes>
      </div>
      ${by === 'span' ? html`<slow-spans .trace=${t} .self=${this.self(t)} .top=${focus} .without=${hidden}></slow-spans>` : groups.length ? this.#groups(t, by, groups, values) : nothing}`;
  }

  updated() {
    const t = this.view?.trace;
    if (t && !/^(service$|operation$|tag:)/.test(String(route.value.params.by))) wantUsual(t, t.services.keys());
  }

  /**
   * @param {Trace} t
   * @param {string} by
   * @param {Statistics[]} all
   * @param {TagValues | null} values
   */
  #groups(t, by, all, values) {
    const usually = !values && by !== 'service' && by !== 'operation';
    const shown = usually ? [...columns, ...usualColumns] : columns;
    const order = sorting(/** @type {Column[]} */ (['name', ...shown.map(([c]) => c)]), 'self');
    const { column, up } = order;
    const known = usual.value;
    const usualNs = (/** @type {Statistics} */ s, /** @type {'p50' | 'p95'} */ q) => {
      const rates = usualOf(known, t, s.service, s.name);
      return rates && rates.spans >= few ? Number(rates.durations[q]) : 0;
    };
    const value = (/** @type {Statistics} */ s) => (column === 'name' ? nameOf(t, s, values) : column === 'usual50' ? usualNs(s, 'p50') : column === 'usual95' ? usualNs(s, 'p95') : s[column]);
    const sorted = all.toSorted((a, b) => (up ? 1 : -1) * compare(value(a), value(b)));
    const self = all.reduce((sum, s) => sum + s.self, 0) || 1;
    const what = values ? values.key : { service: 'Service', operation: 'Operation' }[by] ?? 'Service and operation';
    const often = (/** @type {number} */ ns) => (ns ? duration(ns) : html`<span class="soft" title="Fewer than ${few} spans are stored, or it is not known yet">–</span>`);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers of the groups">
      <table>
        <thead><tr>${heading('name', what.slice(0, 100), order, { rising: true })}${shown.map(([c, text, about]) => html`${heading(c, text, order, { about })}${
          c === 'total' ? html`<th scope="col" class="plain" title="Total beside the duration of the trace: more than 100 % where they ran at the same time">of trace</th>`
            : c === 'self' ? html`<th scope="col" class="plain" title="Self time beside that of all rows">of all</th>` : nothing}`)}</tr></thead>
        <tbody>${sorted.slice(0, this.shown).map((s) => html`<tr>
          <th scope="row">${this.#name(t, s, values)}</th>
          <td>${number(s.count)}</td>
          <td class=${s.errors ? 'error' : 'soft'}>${number(s.errors)}</td>
          <td>${duration(s.total)}</td><td class="soft">${percent(s.total / (t.duration || 1))}</td>
          <td>${duration(s.self)}</td>
          <td class="share"><div><i ${setStyle({ width: `${(100 * s.self) / self}%` })}></i>${percent(s.self / self)}</div></td>
          <td>${duration(s.average)}</td><td>${duration(s.min)}</td><td>${duration(s.p50)}</td><td>${duration(s.p95)}</td><td>${duration(s.max)}</td>
          ${usually ? html`<td>${often(usualNs(s, 'p50'))}</td><td>${often(usualNs(s, 'p95'))}</td>` : nothing}
        </tr>`)}</tbody>
      </table>
      ${sorted.length > this.shown ? html`<button class="more" @click=${() => { this.shown += some * 5; }}>Show ${count(Math.min(some * 5, sorted.length - this.shown), 'more row')} of ${number(sorted.length - this.shown)}</button>` : nothing}
    </div>`;
  }

  /**
   * What the spans of a row have in common, and the way to them.
   * @param {Trace} t
   * @param {Statistics} s
   * @param {TagValues | null} values
   */
  #name(t, s, values) {
    const name = nameOf(t, s, values);
    const text = values ? html`<span class=${s.value ? '' : 'soft'}>${s.value ? name.slice(0, 300) || '""' : 'without it'}</span>`
      : html`${s.service >= 0 ? html`<service-name .name=${t.services[s.service]}></service-name>` : nothing} ${s.name >= 0 ? html`<span class="of">${t.names[s.name].slice(0, 300)}</span>` : nothing}`;
    const find = !values ? name.slice(0, 200) : s.value ? condition(values.key, '=', name, { tag: true }) : `-${has(values.key)}`;
    return values && name.length > longest ? text : html`<a href=${address(changed({ view: 'tree', find, only: true }))} title=${name.slice(0, 500)}>${text}</a>`;
  }
}
customElements.define('span-table', SpanTable);

/**
 * @param {Trace} t
 * @param {Statistics} s
 * @param {TagValues | null} values
 */
function nameOf(t, s, values) {
  return values ? values.values[s.value] : [s.service >= 0 ? t.services[s.service] : '', s.name >= 0 ? t.names[s.name] : ''].filter(Boolean).join(' ');
}

/**
 * @param {string | number} a
 * @param {string | number} b
 */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
