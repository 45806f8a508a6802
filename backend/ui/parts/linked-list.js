// SPDX-License-Identifier: Apache-2.0

/** @import { LaneLink, LinkedTraces } from '../types.js' */
import { controls } from '../app/styles.js';
import { cut, duration, number } from '../lib/format.js';
import { waitOf } from '../trace/linked.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { addressOf } from './linked-lane.js';
import './service-name.js';
import { tableStyle } from './table.js';

/** How many links are in the table until more are asked for. */
const atFirst = 50;

/** The links between traces as a table, the longest wait first: what the lines between lanes show. */
export class LinkedList extends LitElement {
  static properties = { linked: { attribute: false }, all: { state: true } };

  static styles = [controls, tableStyle, css`
    :host { display: block; }
    table { table-layout: fixed; }
    th:first-child, th[scope='row'] { width: 132px; }
    thead th:first-child { padding-left: 16px; text-align: right; }
    thead th + th, td { text-align: left; }
    tbody th[scope='row'] { max-width: none; padding: 0 8px; text-align: right; white-space: nowrap; }
    td a { display: block; overflow: hidden; text-overflow: ellipsis; color: var(--text); }
    p { margin: 0; padding: 6px 16px; font-size: var(--small); }
    @media (max-width: 600px) { th:first-child, th[scope='row'] { width: 96px; } }
  `];

  constructor() {
    super();
    /** @type {LinkedTraces | null} */
    this.linked = null;
    this.all = false;
  }

  render() {
    const { linked, all } = this;
    if (!linked) return nothing;
    const { links, moreLinks } = linked;
    return html`<table>
      <caption class="sr">Links between the traces, the longest wait first</caption>
      <thead><tr><th scope="col" class="plain" title="From the end of the span that is linked to, to the start of the one that links to it">Waited</th><th scope="col" class="plain">after</th><th scope="col" class="plain">before</th></tr></thead>
      <tbody>${(all ? links : links.slice(0, atFirst)).map((l) => html`<tr><th scope="row">${wait(l)}</th><td>${this.#span(l.to, l.target)}</td><td>${this.#span(l.lane, l.span)}</td></tr>`)}</tbody>
    </table>
    ${!all && links.length > atFirst ? html`<p><button @click=${() => { this.all = true; }}>Show all ${number(links.length)} links</button></p>` : nothing}
    ${moreLinks ? html`<p class="soft">${number(moreLinks)} more links are left out: their waits are shorter, or there are too many to read.</p>` : nothing}`;
  }

  /**
   * @param {number} lane
   * @param {number} span
   */
  #span(lane, span) {
    const linked = /** @type {LinkedTraces} */ (this.linked);
    const { trace: t, service, name } = linked.lanes[lane];
    const there = t && span >= 0;
    const root = there && t.parent[span] !== -1 ? html` <span class="soft">in ${cut(name, 100)}</span>` : nothing;
    return html`<a href=${addressOf(linked, lane, span)}><service-name .name=${cut(there ? t.services[t.service[span]] : service, 60)}></service-name> <bdi>${cut(there ? t.names[t.name[span]] : name, 200)}</bdi>${there ? root : html` <span class="soft">(its trace)</span>`}</a>`;
  }
}
customElements.define('linked-list', LinkedList);

/** @param {LaneLink} link */
function wait(link) {
  const ns = waitOf(link);
  return ns >= 0 ? duration(ns) : html`<span class="soft" title="It began before the other ended">${duration(ns)}</span>`;
}
