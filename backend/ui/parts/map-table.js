// SPDX-License-Identifier: Apache-2.0

/** @import { MapCall, ServiceMap } from '../types.js' */
import { address } from '../app/base.js';
import { changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, number, percent } from '../lib/format.js';
import { perSecond } from '../lib/graph.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './service-name.js';
import { heading, sorting, tableStyle } from './table.js';

/** Rows that are shown at first, and with each press of the button. */
const some = 200;

const columns = /** @type {const} */ ([['caller', 'Caller'], ['callee', 'Callee'], ['calls', 'Calls'], ['rate', 'Calls/s'], ['errors', 'Errors'], ['share', 'Error rate']]);
const names = columns.map(([c]) => c);

/** All calls of the map as rows that can be sorted. */
export class MapTable extends LitElement {
  static properties = { map: { attribute: false }, seconds: { type: Number }, chosen: { attribute: false }, shown: { state: true } };

  static styles = [controls, tableStyle, css`
    :host { display: block; min-width: 0; min-height: 0; overflow: auto; }
    thead th:nth-child(2) { text-align: left; }
    th[scope='row'], td.name { max-width: 0; width: 28%; padding: 0 8px 0 16px; text-align: left; }
    td.name { padding-left: 8px; overflow: hidden; text-overflow: ellipsis; }
    tr[aria-current] > * { background: var(--bg-selected); }
    .more { margin: 8px 16px; }
    @media (max-width: 600px) { tr > :nth-child(3), tr > :nth-child(5) { display: none; } }
  `];

  constructor() {
    super();
    /** @type {ServiceMap} */
    this.map = { services: [], calls: [] };
    this.seconds = 1;
    /** Names of the caller and the callee. @type {string[]} */
    this.chosen = [];
    this.shown = some;
    watch(this, route);
  }

  render() {
    if (route.value.page !== 'map') return nothing;
    const { services, calls, noErrors } = this.map;
    const head = columns.filter(([c]) => !noErrors || c !== 'errors' && c !== 'share');
    const sorted = sorting(names, 'calls');
    const name = (/** @type {number} */ i) => services[i].name;
    const value = (/** @type {MapCall} */ c) => ({ caller: c.from, callee: c.to, calls: c.calls, rate: c.calls, errors: c.errors, share: c.errors / c.calls })[sorted.column];
    const rows = calls.toSorted((a, b) => (sorted.up ? 1 : -1) * (value(a) - value(b)) || a.from - b.from || a.to - b.to);
    const current = (/** @type {MapCall} */ c) => this.chosen[0] === name(c.from) && this.chosen[1] === name(c.to);
    return html`<table aria-label="Calls between services">
      <thead><tr>${head.map(([c, text]) => heading(c, text, sorted, { rising: c === 'caller' || c === 'callee' }))}</tr></thead>
      <tbody>${rows.slice(0, this.shown).map((c) => html`<tr aria-current=${current(c) ? 'true' : nothing}>
        <th scope="row"><a href=${address(changed({ chosen: [name(c.from), name(c.to)] }))} title=${name(c.from).slice(0, 500)}><service-name .name=${name(c.from).slice(0, 100)}></service-name></a></th>
        <td class="name" title=${name(c.to).slice(0, 500)}><service-name .name=${name(c.to).slice(0, 100)}></service-name></td>
        <td>${number(c.calls)}</td><td>${perSecond(c.calls, this.seconds)}</td>
        ${noErrors ? nothing : html`<td class=${c.errors ? 'error' : 'soft'}>${number(c.errors)}</td><td class=${c.errors ? 'error' : 'soft'}>${percent(c.errors / c.calls)}</td>`}
      </tr>`)}</tbody>
    </table>
    ${rows.length > this.shown ? html`<button class="more" @click=${() => { this.shown += some * 5; }}>Show ${count(Math.min(some * 5, rows.length - this.shown), 'more row')} of ${number(rows.length - this.shown)}</button>` : nothing}`;
  }
}
customElements.define('map-table', MapTable);
