// SPDX-License-Identifier: Apache-2.0

/** @import { Reading } from '../app/red-feed.js' */
/** @import { Curves, Frame } from '../lib/red.js' */
import { address } from '../app/base.js';
import { atLeast, atMost, failed, kindChoices, searchOf } from '../app/red-search.js';
import { adjust, navigate, route } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { linear, logarithmic } from '../lib/chart.js';
import { duration, number, percent, time, zoneName } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import { coveredInAll, curves, partial, rate } from '../lib/red.js';
import { href } from '../lib/url.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { tableStyle } from './table.js';
import './time-chart.js';

const percentiles = /** @type {const} */ (['p50', 'p95', 'p99']);

/** Rate, errors and durations of a service, or an operation of it, over time. */
export class ServicesCharts extends LitElement {
  static properties = { reading: { attribute: false }, at: { state: true }, open: { state: true } };

  static styles = [controls, tableStyle, css`
    :host { display: block; padding: 0 16px; min-width: 0; }
    .name { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 16px; min-height: 24px; margin-top: 6px; font-variant-numeric: tabular-nums; white-space: nowrap; }
    h3 { margin: 0; font-size: 1em; font-weight: 600; min-width: 84px; }
    .when { margin-left: auto; white-space: normal; }
    @media (max-width: 480px) { .when { flex: 100%; font-size: var(--small); } } /* in all of its forms one line */
    .name button { min-height: 24px; }
    details { margin: 4px 0; }
    summary { width: fit-content; color: var(--link); cursor: pointer; }
    .scroll { max-height: 320px; overflow: auto; border: 1px solid var(--line); }
    th[scope='row'] { max-width: none; width: auto; }
    thead th { padding: 0 8px; line-height: 24px; }
  `];

  constructor() {
    super();
    /** @type {Reading | null} */
    this.reading = null;
    /** The step pointed at, -1: none. */
    this.at = -1;
    /** The table is shown. */
    this.open = false;
    this.curves = memo(curves);
    watch(this, route, settings);
  }

  render() {
    const { reading: r } = this;
    if (!r?.series) return nothing;
    const f = r.chart;
    const c = this.curves(r.series, f);
    const { total } = r.series;
    const at = Math.min(this.at, f.count - 1);
    const what = String(kindChoices.find(([k]) => k === r.asked.kind)?.[1] ?? kindChoices[0][1]);
    const log = route.value.params.axis !== 'linear';
    const value = (/** @type {Float64Array} */ of, /** @type {number} */ all) => (at < 0 ? all : of[at]);
    const spans = value(c.spans, total.spans);
    const errors = value(c.errors, total.errors);
    const max = (/** @type {Float64Array} */ values) => values.reduce((m, v) => (v > m ? v : m), 0);
    const lowest = c.p50.reduce((m, v) => (v < m ? v : m), Infinity);
    const durations = log ? logarithmic(lowest, max(c.p99), 5) : linear(max(c.p99), 1e6, 4);
    const chart = (/** @type {Record<string, any>} */ o) => html`<time-chart .frame=${f} .curves=${o.curves} .axis=${o.axis} .label=${o.label} .format=${o.format} .say=${(/** @type {number} */ i) => `${this.#when(f, i)}: ${o.say(i)}`}
      .at=${at} ?tall=${o.tall} ?times=${o.tall} @at=${(/** @type {CustomEvent} */ e) => { this.at = e.detail; }} @choose=${(/** @type {CustomEvent} */ e) => this.#choose(r, c, o.kind, e.detail)}></time-chart>`;
    return html`
      <div class="name"><h3>${what}</h3><span>${perSecond(value(c.rate, total.spans / coveredInAll(f)))}</span><span class="soft">${number(spans)} in all</span>
        <span class="when soft">${at < 0 ? `${range(f.from, f.to)}, a point ${f.step === 60 ? 'a minute' : `for ${duration(f.step * 1e9)}`}` : this.#when(f, at)}</span></div>
      ${chart({ kind: 'spans', label: `${what} a second`, curves: [{ name: 'rate', text: '', values: c.rate }], axis: linear(max(c.rate), 1, 3), format: perSecond, say: (/** @type {number} */ i) => `${perSecond(c.rate[i])}, ${number(c.spans[i])} in all` })}
      <div class="name"><h3>Errors</h3><span class=${errors ? 'error' : ''}>${share(errors / spans)}</span><span class="soft">${number(errors)} of ${number(spans)}</span></div>
      ${chart({ kind: 'errors', label: 'Share of errors', curves: [{ name: 'failed', text: '', values: c.share }], axis: linear(max(c.share), 0.04, 4), format: percent, say: (/** @type {number} */ i) => `${share(c.share[i])}, ${number(c.errors[i])} of ${number(c.spans[i])} failed` })}
      <div class="name"><h3>Durations</h3>${percentiles.map((q) => html`<span><span class="soft">${q}</span> ${took(value(c[q], Number(total.durations[q])))}</span>`)}
        <button class="quiet" title="How far apart the lines of the durations are" @click=${() => adjust({ axis: log ? 'linear' : 'log' })}>${log ? 'Axis from 0' : 'Logarithmic axis'}</button></div>
      ${chart({ kind: 'durations', label: 'Percentiles of durations', tall: true, curves: percentiles.map((q) => ({ name: q, text: q, values: c[q] })), axis: durations, format: duration,
        say: (/** @type {number} */ i) => percentiles.map((q) => `${q} ${took(c[q][i])}`).join(', ') })}
      ${this.#table(r, f, c)}`;
  }

  /** The same as a table, with links to the traces of each step. @param {Reading} r @param {Frame} f @param {Curves} c */
  #table(r, f, c) {
    const steps = this.open ? Array.from({ length: f.count }, (_, i) => i).filter((i) => c.rate[i] >= 0).reverse() : [];
    const link = (/** @type {number} */ i, /** @type {string[]} */ more, /** @type {string} */ text) => html`<a href=${address(href('traces', { q: this.#search(r, i, i, more) }))}>${text}</a>`;
    return html`<details @toggle=${(/** @type {any} */ e) => { this.open = e.target.open; }}><summary>As a table</summary>${this.open ? html`
      <div class="scroll" tabindex="0" role="region" aria-label="The points of the charts"><table>
        <thead><tr>${['Time', 'A second', 'Spans', 'Errors', 'Failed', ...percentiles].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${steps.map((i) => html`<tr><th scope="row">${link(i, [], this.#when(f, i))}</th>
          <td>${perSecond(c.rate[i])}</td><td>${number(c.spans[i])}</td><td>${c.errors[i] ? link(i, [failed], number(c.errors[i])) : '0'}</td><td>${share(c.share[i])}</td>
          ${percentiles.map((q) => html`<td>${c.spans[i] ? link(i, [atLeast(c[q][i])], duration(c[q][i])) : '–'}</td>`)}</tr>`)}</tbody>
      </table></div>` : nothing}</details>`;
  }

  /** A step in words. @param {Frame} f @param {number} i */
  #when(f, i) {
    const { from, to } = this.#times(f, i, i);
    return range(from, to) + (partial(f, i) ? ', a part of a step' : '');
  }

  /** @param {Frame} f @param {number} first @param {number} last */
  #times(f, first, last) {
    const ns = (/** @type {number} */ i) => BigInt(f.first + i * f.step) * 1_000_000_000n;
    const [from, to] = [ns(first), ns(last + 1)];
    return { from: from < f.from ? f.from : from, to: to > f.to ? f.to : to };
  }

  /** @param {Reading} r @param {number} first @param {number} last @param {string[]} more */
  #search(r, first, last, more) {
    return searchOf(r.asked, this.#times(r.chart, first, last), more);
  }

  /**
   * Shows the traces of what was chosen.
   * @param {Reading} r
   * @param {Curves} c
   * @param {string} kind of the chart
   * @param {{ first: number, last: number, curve: string, low?: number, high?: number }} chosen
   */
  #choose(r, c, kind, { first, last, curve, low, high }) {
    const q = percentiles.find((name) => name === curve);
    const least = low ?? (q && first === last ? c[q][first] : 0);
    const more = kind === 'errors' ? [failed] : kind === 'durations' ? [least ? atLeast(least) : '', high ? atMost(high) : ''].filter(Boolean) : [];
    navigate(href('traces', { q: this.#search(r, first, last, more), order: kind === 'durations' ? 'longest' : 'newest' }));
  }
}
customElements.define('services-charts', ServicesCharts);

/** @param {number} n */
function perSecond(n) {
  return n >= 0 ? `${rate(n)} /s` : '–';
}

/** @param {number} n */
function share(n) {
  return n >= 0 ? percent(n) : '–';
}

/** @param {number} ns */
function took(ns) {
  return ns >= 0 ? duration(ns) : '–';
}

/**
 * Two points in time, to the minute where they are whole ones.
 * @param {bigint} from ns since 1970
 * @param {bigint} to
 */
function range(from, to) {
  const { zone } = settings.value;
  const [a, b] = [from, to].map((t) => time(t, zone, { digits: 0 }).replace(/:00$/, ''));
  return `${a} – ${a.slice(0, 10) === b.slice(0, 10) ? b.slice(11) : b} ${zoneName(zone, new Date(Number(from / 1_000_000n)))}`;
}
