// SPDX-License-Identifier: Apache-2.0

/** @import { Reading } from '../app/red-feed.js' */
/** @import { Column, Row } from '../lib/red.js' */
import { address } from '../app/base.js';
import { atLeast, failed, searchOf } from '../app/red-search.js';
import { changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { linear, logarithmic } from '../lib/chart.js';
import { count, duration, number, percent } from '../lib/format.js';
import { curves, keepOrder, order, partial, rate } from '../lib/red.js';
import { href } from '../lib/url.js';
import { LitElement, css, html, nothing, repeat } from '../vendor/lit.js';
import './service-name.js';
import { sparkline, curveStyle } from './sparkline.js';
import { heading, sorting, tableStyle } from './table.js';

/** Rows that are shown at first, and with each press of the button. */
const some = 200;

const columns = /** @type {[Column, string, string][]} */ ([
  ['spans', '/s', 'How many there are a second. Each curve has a scale of its own, from 0.'],
  ['share', 'Error rate', 'Which share of them failed. The scale of each curve goes from 0 to 5 % or more.'],
  ['errors', 'Errors', 'How many of them failed'],
  ['p50', 'p50', 'Half of them took no longer'],
  ['p95', 'p95', '95 % of them took no longer. The curves are p50, p95 and p99, each row with a logarithmic scale of its own.'],
  ['p99', 'p99', '99 % of them took no longer'],
]);
const sortable = /** @type {Column[]} */ (['name', ...columns.map(([c]) => c)]);

/**
 * Services, or the operations of one, with their rates, errors and durations. New
 * numbers change rows where they are.
 */
export class ServicesTable extends LitElement {
  static properties = { reading: { attribute: false }, shown: { state: true } };

  static styles = [controls, tableStyle, curveStyle, css`
    :host { display: block; min-width: 0; container-type: inline-size; }
    .head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; min-height: 38px; padding: 4px 16px; font-variant-numeric: tabular-nums; }
    h2 { margin: 0; font-size: 1em; font-weight: 600; }
    .none { visibility: hidden; } /* it keeps its place */
    table { table-layout: fixed; }
    th[scope='row'] { max-width: none; width: auto; }
    .curve { width: 100px; }
    .curve:last-child { width: 108px; }
    .spans { width: 112px; }
    .share { width: 106px; }
    .errors { width: 84px; }
    .p50, .p95, .p99 { width: 84px; }
    td a { display: block; color: inherit; line-height: 24px; }
    thead button { width: 100%; text-align: right; }
    thead th:first-child button { text-align: left; }
    tr[aria-current] > * { background: var(--bg-selected); }
    tr.absent th a { color: var(--text-soft); }
    .more { margin: 8px 16px; }
    @container (max-width: 860px) {
      .curve, .errors { display: none; }
      .p50, .p95 { width: 74px; }
      .p99 { width: 82px; }
      td.p99 { padding-right: 16px; }
      th.p99 { padding-right: 8px; } /* its button has 8 more */
    }
    @container (max-width: 480px) {
      .p50, .p99 { display: none; }
      .spans { width: 108px; }
      .share { width: 88px; }
      .p95 { width: 76px; }
      th.p95 { padding-right: 8px; }
      td.p95 { padding-right: 16px; }
    }
  `];

  constructor() {
    super();
    /** @type {Reading | null} */
    this.reading = null;
    this.shown = some;
    /** Names in the order of the numbers of now. @type {string[]} */
    this.best = [];
    /** Names in the order that is shown. @type {string[]} */
    this.order = [];
    /** What that is the order of. */
    this.ordered = '';
    this.seen = () => { if (document.hidden) this.ordered = ''; };
    watch(this, route);
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.seen);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.seen);
  }

  /** Orders the rows by the numbers of now. */
  sortAnew() {
    this.ordered = '';
    this.requestUpdate();
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const { reading } = this;
    if (!reading) return;
    if (changed.get('reading')?.asked.service !== reading.asked.service && changed.has('reading')) this.shown = some;
    const { column, up } = sorting(sortable, 'spans');
    const key = JSON.stringify([reading.asked, column, up]);
    this.best = order(reading.rows, column, up);
    if (key !== this.ordered) {
      this.order = this.best;
    } else if (changed.has('reading')) {
      this.order = keepOrder(this.order, reading.rows);
    }
    this.ordered = key;
  }

  render() {
    const { reading: r } = this;
    if (!r || route.value.page !== 'services') return nothing;
    const by = r.asked.service ? 'operation' : 'service';
    const find = String(route.value.params.find).toLowerCase();
    const rows = new Map(r.rows.map((row) => [row.name, row]));
    const names = this.order.filter((name) => name.toLowerCase().includes(find));
    const sorted = sorting(sortable, 'spans');
    const other = this.best.some((name, i) => name !== this.order[i]);
    const absent = r.rows.filter((row) => !row.spans).length;
    return html`
      <div class="head">
        <h2>${find ? `${number(names.length)} of ` : ''}${count(r.rows.length, by)}${absent ? `, ${number(absent)} with none` : ''}</h2>
        <button class=${other ? '' : 'none'} title="The rows stay where they are while their numbers change (n)" @click=${() => this.sortAnew()}>Sort anew</button>
        ${r.fewer ? html`<span class="soft">These are many: ${r.frame.count > 2 ? 'the curves have fewer points' : 'there are no curves'}. A shorter time has more.</span>` : nothing}
      </div>
      <table aria-label=${by === 'service' ? 'Services' : 'Operations'}>
        <thead><tr>${heading('name', by === 'service' ? 'Service' : 'Operation', sorted, { rising: true })}${columns.map(([c, text, about]) => html`${heading(c, c === 'spans' ? (r.asked.kind === 'requests' ? 'Requests/s' : 'Spans/s') : text, sorted, { about })}${c === 'spans' || c === 'errors' || c === 'p99' ? html`<th class="plain curve" scope="col"><span class="sr">Curve</span></th>` : nothing}`)}</tr></thead>
        <tbody>${repeat(names.slice(0, this.shown), (name) => name, (name) => this.#row(r, /** @type {Row} */ (rows.get(name)), by))}</tbody>
      </table>
      ${names.length > this.shown ? html`<button class="more" @click=${() => { this.shown += some; }}>Show ${count(Math.min(some, names.length - this.shown), 'more row')} of ${number(names.length - this.shown)}</button>` : nothing}
      ${names.length ? nothing : html`<p class="head soft">No name contains what is looked for.</p>`}`;
  }

  /**
   * @param {Reading} r
   * @param {Row} row
   * @param {string} by
   */
  #row(r, row, by) {
    const scope = by === 'service' ? { ...r.asked, service: row.name, op: '' } : { ...r.asked, op: row.name };
    /** @type {Record<string, string>} */
    const to = by === 'service' ? { service: row.name, op: '', find: '' } : { op: row.name };
    const search = (/** @type {string[]} */ more, /** @type {string} */ text, order = 'newest') => html`<a title="Their traces" href=${address(href('traces', { q: searchOf(scope, r.frame, more), order }))}>${text}</a>`;
    const slow = (/** @type {'p50' | 'p95' | 'p99'} */ q) => html`<td class=${q}>${search([atLeast(row[q])], duration(row[q]), 'longest')}</td>`;
    const name = html`<th scope="row"><a href=${address(changed(to))} title=${row.name.slice(0, 500)}>${by === 'service' ? html`<service-name .name=${row.name}></service-name>` : row.name.slice(0, 300)}</a></th>`;
    if (!row.spans) return html`<tr class="absent">${name}<td class="spans soft">none</td>${['curve', 'share', 'errors', 'curve', 'p50', 'p95', 'p99', 'curve'].map((c) => html`<td class=${c}></td>`)}</tr>`;
    const c = curves(row.series, r.frame);
    const flat = (/** @type {Float64Array} */ values, /** @type {number} */ least) => linear(Math.max(least, ...values.filter((v) => v >= 0)), 1, 1);
    const open = (/** @type {number} */ i) => partial(r.frame, i);
    const few = r.frame.count <= 2;
    const spark = (/** @type {() => unknown} */ draw) => html`<td class="curve">${few ? nothing : draw()}</td>`;
    return html`<tr aria-current=${by === 'operation' && row.name === r.asked.op ? 'true' : nothing}>${name}
      <td class="spans">${search([], rate(row.rate))}</td>${spark(() => sparkline([[c.rate, 'rate']], flat(c.rate, 0), open))}
      <td class="share ${row.errors ? 'error' : 'soft'}">${percent(row.share)}</td><td class="errors ${row.errors ? 'error' : 'soft'}">${row.errors ? search([failed], number(row.errors)) : '0'}</td>${spark(() => (row.errors ? sparkline([[c.share, 'failed']], flat(c.share, 0.05), open) : nothing))}
      ${slow('p50')}${slow('p95')}${slow('p99')}${spark(() => sparkline([[c.p50, 'p50'], [c.p99, 'p99'], [c.p95, 'p95']], logarithmic(Math.min(...c.p50.filter((v) => v >= 0)), Math.max(...c.p99.filter((v) => v >= 0)), 9), open))}
    </tr>`;
  }
}
customElements.define('services-table', ServicesTable);
