// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Statistics, Trace } from '../types.js' */
import { address } from '../app/base.js';
import { adjust, changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, duration, number, percent } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import { selfTimes } from '../trace/self-time.js';
import { statistics } from '../trace/statistics.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './service-name.js';
import { setStyle } from './set-style.js';
import './slow-spans.js';
import { tableStyle } from './table.js';
import './trace-hide.js';
import './trace-notes.js';

/** Rows that are shown at first, and with each press of the button. */
const some = 200;

const groupings = /** @type {const} */ ([['both', 'Operation of a service'], ['service', 'Service'], ['operation', 'Operation'], ['span', 'Each span']]);

/** @typedef {'name' | 'count' | 'errors' | 'total' | 'self' | 'p50' | 'p95' | 'max'} Column */
const columns = /** @type {[Column, string, string][]} */ ([
  ['count', 'Spans', 'How many they are'],
  ['errors', 'Errors', 'How many of them failed'],
  ['total', 'Total', 'The sum of their durations'],
  ['self', 'Self', 'The sum of the times in which a span ran and none of its children did'],
  ['p50', 'p50', 'Half of them took no longer'],
  ['p95', 'p95', '95 % of them took no longer'],
  ['max', 'Max', 'The longest of them'],
]);

/** The spans of a trace in groups, with the numbers of each. */
export class SpanTable extends LitElement {
  static properties = { view: { attribute: false }, shown: { state: true } };

  static styles = [controls, tableStyle, css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr); min-width: 0; min-height: 0; }
    .head { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; min-height: 40px; padding: 4px 16px; border-bottom: 1px solid var(--line); }
    .scroll { overflow: auto; }
    .share { width: 118px; }
    tbody th:has(.of) service-name { color: var(--text-soft); }
    .share div { display: grid; grid-template-columns: 60px 1fr; align-items: center; }
    .share i { height: 8px; min-width: 1px; border-radius: 1px; background: var(--accent); }
    .more { margin: 8px 16px; }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    this.shown = some;
    this.self = memo(selfTimes);
    this.statistics = memo((/** @type {Trace} */ t, /** @type {'service' | 'operation' | 'both'} */ by, /** @type {number} */ focus, /** @type {Uint8Array | null} */ hidden) => statistics(t, by, { self: this.self(t), focus, hidden }));
    watch(this, route);
  }

  render() {
    const { view } = this;
    if (!view || route.value.page !== 'trace') return nothing; // it is about to be left
    const { trace: t, focus } = view;
    const { by } = route.value.params;
    const hidden = view.hidden?.mask ?? null;
    return html`
      <div class="head">
        <label>A row for <select @change=${(/** @type {any} */ e) => { this.shown = some; adjust({ by: e.target.value }); }}>
          ${groupings.map(([value, text]) => html`<option value=${value} ?selected=${value === by}>${text}</option>`)}
        </select></label>
        <trace-hide .view=${view}></trace-hide>
        <trace-notes .view=${view}></trace-notes>
      </div>
      ${by === 'span' ? html`<slow-spans .trace=${t} .self=${this.self(t)} .top=${focus} .without=${hidden}></slow-spans>` : this.#groups(t, String(by), focus, hidden)}`;
  }

  /**
   * @param {Trace} t
   * @param {string} by
   * @param {number} focus
   * @param {Uint8Array | null} hidden
   */
  #groups(t, by, focus, hidden) {
    const grouping = by === 'service' || by === 'operation' ? by : 'both';
    const all = this.statistics(t, grouping, focus, hidden);
    const { column, up } = order();
    const value = (/** @type {Statistics} */ s) => (column === 'name' ? nameOf(t, s) : s[column]);
    const sorted = all.toSorted((a, b) => (up ? 1 : -1) * compare(value(a), value(b)));
    const self = all.reduce((sum, s) => sum + s.self, 0);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers of the groups">
      <table>
        <thead><tr>${heading('name', { both: 'Service and operation', service: 'Service', operation: 'Operation' }[grouping], '', column, up)}${columns.map(([c, text, about]) => html`${heading(c, text, about, column, up)}${c === 'self' ? html`<th scope="col" class="plain">of all</th>` : nothing}`)}</tr></thead>
        <tbody>${sorted.slice(0, this.shown).map((s) => html`<tr>
          <th scope="row"><a href=${address(changed({ view: 'tree', find: nameOf(t, s).slice(0, 200), only: true }))} title=${nameOf(t, s).slice(0, 500)}>${
            s.service >= 0 ? html`<service-name .name=${t.services[s.service]}></service-name>` : nothing} ${s.name >= 0 ? html`<span class="of">${t.names[s.name].slice(0, 300)}</span>` : nothing}</a></th>
          <td>${number(s.count)}</td>
          <td class=${s.errors ? 'error' : 'soft'}>${number(s.errors)}</td>
          <td>${duration(s.total)}</td>
          <td>${duration(s.self)}</td>
          <td class="share"><div><i ${setStyle({ width: `${(100 * s.self) / (self || 1)}%` })}></i>${percent(s.self / (self || 1))}</div></td>
          <td>${duration(s.p50)}</td><td>${duration(s.p95)}</td><td>${duration(s.max)}</td>
        </tr>`)}</tbody>
      </table>
      ${sorted.length > this.shown ? html`<button class="more" @click=${() => { this.shown += some * 5; }}>Show ${count(Math.min(some * 5, sorted.length - this.shown), 'more row')} of ${number(sorted.length - this.shown)}</button>` : nothing}
    </div>`;
  }
}
customElements.define('span-table', SpanTable);

/** What the address says of the order: the column, and "-" in front for the largest first. */
function order() {
  const sort = String(route.value.params.sort);
  const column = sort.replace(/^-/, '');
  const known = column === 'name' || columns.some(([c]) => c === column);
  return { column: /** @type {Column} */ (known ? column : 'self'), up: known && !sort.startsWith('-') };
}

/**
 * @param {Column} column
 * @param {string} text
 * @param {string} about
 * @param {Column} sorted
 * @param {boolean} up
 */
function heading(column, text, about, sorted, up) {
  const mine = column === sorted;
  const next = mine ? (up ? `-${column}` : column) : column === 'name' ? column : `-${column}`;
  return html`<th scope="col" aria-sort=${mine ? (up ? 'ascending' : 'descending') : nothing}><button title=${about || nothing} @click=${() => adjust({ sort: next })}>${text}<span aria-hidden="true">${mine ? (up ? ' ▴' : ' ▾') : ''}</span></button></th>`;
}

/**
 * @param {Trace} t
 * @param {Statistics} s
 */
function nameOf(t, s) {
  return [s.service >= 0 ? t.services[s.service] : '', s.name >= 0 ? t.names[s.name] : ''].filter(Boolean).join(' ');
}

/**
 * @param {string | number} a
 * @param {string | number} b
 */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
