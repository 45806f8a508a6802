// SPDX-License-Identifier: Apache-2.0

/** @import { Usual } from '../app/usual.js' */
/** @import { Trace } from '../types.js' */
import { address } from '../app/base.js';
import { adjust, changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { usual, usualOf } from '../app/usual.js';
import { watch } from '../app/watch.js';
import { duration, number, since } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import { kinds } from '../search/words.js';
import { spanID } from '../trace/trace.js';
import { times, unusual } from '../trace/usual.js';
import { LitElement, css, html, nothing, repeat } from '../vendor/lit.js';
import './service-name.js';
import { sorting } from './table.js';
import './virtual-rows.js';

const columns = /** @type {const} */ ([['name', 'Span'], ['start', 'Start'], ['duration', 'Duration'], ['self', 'Self'], ['usual', 'Of usual'], ['kind', 'Kind'], ['status', 'Status']]);
const statuses = ['', 'ok', 'error'];

/** All spans of a trace as rows that can be sorted: the slowest, say, first. */
export class SlowSpans extends LitElement {
  static properties = { trace: { attribute: false }, top: { type: Number }, without: { attribute: false }, self: { attribute: false } };

  static styles = [controls, css`
    :host { display: grid; min-height: 0; min-width: 0; container-type: inline-size; }
    .all { display: grid; grid-template-rows: auto minmax(0, 1fr); min-height: 0; }
    .row { display: grid; grid-template-columns: minmax(0, 1fr) 84px 84px 84px 110px 88px 56px; gap: 0 16px; height: var(--row); line-height: var(--row); padding: 0 16px; font-size: 13px; color: var(--text); white-space: nowrap; font-variant-numeric: tabular-nums; }
    .row > :nth-child(n + 2):nth-child(-n + 5) { text-align: right; }
    .names { height: auto; background: var(--bg-raised); border-bottom: 1px solid var(--line); font-weight: 600; scrollbar-gutter: stable; overflow: hidden; }
    .names button { min-height: 28px; padding: 2px 0; border: 0; background: none; font-weight: inherit; width: 100%; text-align: inherit; }
    virtual-rows { scrollbar-gutter: stable; }
    .row { position: relative; }
    .row:hover:not(.names) { background: var(--bg-hover); }
    .row[aria-current] { background: var(--bg-selected); }
    a { color: inherit; }
    a::after { content: ''; position: absolute; inset: 0; }
    a:hover { text-decoration: none; }
    a:focus-visible { outline: none; }
    a:focus-visible::after { outline: var(--focus); outline-offset: -2px; }
    .odd { margin-right: 8px; color: var(--warning); font-size: var(--small); }
    .name { overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate; }
    @container (max-width: 620px) {
      .row { grid-template-columns: minmax(0, 1fr) 64px 60px 40px; gap: 0 8px; }
      .row > :nth-child(2), .row > :nth-child(5), .row > :nth-child(6) { display: none; }
    }
  `];

  constructor() {
    super();
    /** @type {Trace | null} */
    this.trace = null;
    /** The span whose subtree alone is shown, or -1. */
    this.top = -1;
    /** 1 for spans that are not. @type {Uint8Array | null} */
    this.without = null;
    /** Self times, ns. */
    this.self = new Float64Array(0);
    this.sorted = memo(sorted);
    this.sight = { first: 0, end: 0 };
    watch(this, route, usual);
  }

  render() {
    const t = this.trace;
    if (!t) return nothing;
    const { column, up } = sorting(columns.map(([c]) => c), 'self');
    const self = this.self;
    const spans = this.sorted(t, self, this.top, this.without, column, up, column === 'usual' ? usual.value : null);
    return html`<div class="all" role="table" aria-label="Spans" aria-rowcount=${spans.length + 1}>
      <div class="row names" role="row" aria-rowindex="1">${columns.map(([c, text]) => html`<span role="columnheader" aria-sort=${c === column ? (up ? 'ascending' : 'descending') : nothing}><button title=${c === 'usual' ? 'Duration, as a multiple of how long half of the operation’s stored spans take at most' : nothing}
        @click=${() => adjust({ sort: c === column ? (up ? `-${c}` : c) : c === 'name' || c === 'start' ? c : `-${c}` })}>${text}<span aria-hidden="true">${c === column ? (up ? ' ▴' : ' ▾') : ''}</span></button></span>`)}</div>
      <virtual-rows tabindex="0" role="rowgroup" .count=${spans.length} @rows=${(/** @type {CustomEvent} */ e) => { this.sight = e.detail; this.requestUpdate(); }}>
        ${repeat(spans.subarray(this.sight.first, this.sight.end), (i) => i, (i, n) => this.#row(t, i, self[i], this.sight.first + n + 2))}
      </virtual-rows>
    </div>`;
  }

  /**
   * @param {Trace} t
   * @param {number} i
   * @param {number} self
   * @param {number} index of the row
   */
  #row(t, i, self, index) {
    const id = spanID(t, i);
    const name = t.names[t.name[i]];
    return html`<div class="row" role="row" aria-rowindex=${index} aria-current=${id === route.value.params.span ? 'true' : nothing}>
      <span role="rowheader" class="name" title=${name.slice(0, 500)}><a href=${address(changed({ span: id }))}><service-name .name=${t.services[t.service[i]].slice(0, 100)}></service-name> ${name.slice(0, 300)}</a></span>
      <span role="cell">${since(t.starts[i])}</span><span role="cell">${duration(t.durations[i])}</span><span role="cell">${duration(self)}</span><span role="cell">${this.#usual(t, i)}</span><span role="cell">${kinds[t.kind[i]]}</span>
      <span role="cell" class=${t.status[i] === 2 ? 'error' : ''}>${statuses[t.status[i]]}</span></div>`;
  }

  /**
   * How many times as long as the operation's span in the middle.
   * @param {Trace} t
   * @param {number} i
   */
  #usual(t, i) {
    const rates = usualOf(usual.value, t, t.service[i], t.name[i]);
    const [ratio, odd] = [times(t.durations[i], rates), unusual(t.durations[i], rates)];
    return ratio ? html`${odd ? html`<span class="odd">> ${odd}</span> ` : nothing}${number(Number(ratio.toPrecision(2)))} ×` : '–';
  }
}
customElements.define('slow-spans', SlowSpans);

/**
 * The spans in order.
 * @param {Trace} t
 * @param {Float64Array} self
 * @param {number} top
 * @param {Uint8Array | null} without
 * @param {string} column
 * @param {boolean} up
 * @param {Usual | null} usual
 */
function sorted(t, self, top, without, column, up, usual) {
  const [first, end] = top < 0 ? [0, t.count] : [top, t.end[top]];
  const spans = new Int32Array(end - first);
  let n = 0;
  for (let i = first; i < end; i++) if (!without?.[i]) spans[n++] = i;
  const sign = up ? 1 : -1;
  const values = { start: t.starts, duration: t.durations, self, kind: t.kind, status: t.status, usual: usual && t.durations.map((ns, i) => times(ns, usualOf(usual, t, t.service[i], t.name[i]))) }[column] ?? nameOrder(t);
  return spans.subarray(0, n).sort((a, b) => sign * (values[a] - values[b]) || a - b);
}

/** A number for each span by which they are in the order of service and name. @param {Trace} t */
function nameOrder(t) {
  const rank = (/** @type {string[]} */ names) => {
    const order = names.map((_, i) => i).sort((a, b) => (names[a] < names[b] ? -1 : 1));
    const ranks = new Float64Array(names.length);
    order.forEach((i, place) => { ranks[i] = place; });
    return ranks;
  };
  const [services, names] = [rank(t.services), rank(t.names)];
  return Float64Array.from(t.name, (name, i) => services[t.service[i]] * t.names.length + names[name]);
}
