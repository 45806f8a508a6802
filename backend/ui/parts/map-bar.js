// SPDX-License-Identifier: Apache-2.0

import { adjust, changed, navigate, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { LitElement, css, html, live, nothing } from '../vendor/lit.js';
import './search-range.js';

const depths = [[1, '1 call away'], [2, '2 calls away'], [3, '3 calls away'], [0, 'however far']];

/** What of the map is shown, and how. */
export class MapBar extends LitElement {
  static properties = { names: { attribute: false }, said: {} };

  static styles = [controls, css`
    :host { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; padding: 8px 16px; border-bottom: 1px solid var(--line); }
    .group { display: flex; }
    .group button:first-child { border-radius: var(--radius) 0 0 var(--radius); }
    .group button:last-child { border-radius: 0 var(--radius) var(--radius) 0; margin-left: -1px; }
    input { width: 170px; }
    [list] { width: 190px; }
    .said { color: var(--text-soft); font-size: var(--small); font-variant-numeric: tabular-nums; }
    .push { flex: 1; }
    .pause { min-width: 66px; }
    @media (max-width: 480px) { :host { gap: 6px; } input { flex: 1 1 140px; width: 0; } .push { display: none; } }
  `];

  constructor() {
    super();
    /** Of all services. @type {string[]} */
    this.names = [];
    /** How many of them match what is looked for. */
    this.said = '';
    watch(this, route);
  }

  /** Goes to the field. */
  find() {
    /** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector('#find'))?.select();
  }

  render() {
    if (route.value.page !== 'map') return nothing;
    const { view, find, service, depth, errors, since, until, live: on } = route.value.params;
    const value = (/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).value;
    return html`
      <div class="group" role="group" aria-label="View">${[['graph', 'Graph'], ['table', 'Table']].map(([v, text]) => html`<button aria-pressed=${(view === 'table') === (v === 'table')} @click=${() => navigate(changed({ view: v }))}>${text}</button>`)}</div>
      <input id="find" type="search" placeholder="Find a service ( / )" aria-label="Find a service" maxlength="200" autocomplete="off" spellcheck="false" .value=${live(String(find))}
        @input=${(/** @type {Event} */ e) => adjust({ find: value(e) })} @keydown=${this.#escape}>
      ${this.said ? html`<span class="said" role="status">${this.said}</span>` : nothing}
      <input type="search" list="names" placeholder="Around a service" aria-label="Around a service" maxlength="1000" autocomplete="off" spellcheck="false" .value=${live(String(service))}
        @change=${(/** @type {Event} */ e) => navigate(changed({ service: value(e).trim() }))}>
      <datalist id="names">${this.names.slice(0, 2000).map((name) => html`<option value=${name}></option>`)}</datalist>
      ${service ? html`<select aria-label="How far from it" @change=${(/** @type {Event} */ e) => navigate(changed({ depth: Number(value(e)) }))}>
        ${depths.map(([n, text]) => html`<option value=${n} .selected=${n === depth}>${text}</option>`)}
        ${depths.some(([n]) => n === depth) ? nothing : html`<option value=${depth} selected>${depth} calls away</option>`}
      </select>` : nothing}
      <button aria-pressed=${errors === true} title="Only calls of which some fail" @click=${() => navigate(changed({ errors: !errors }))}>Errors only</button>
      <span class="push"></span>
      <search-range .window=${{ since: String(since), until: String(until) }} @range=${(/** @type {CustomEvent} */ e) => navigate(changed(e.detail))}></search-range>
      <button class="pause" aria-pressed=${!on} ?disabled=${until !== ''} title=${until ? 'A time that has ended does not change' : 'Ask no longer every 5 s'} @click=${() => adjust({ live: !on })}>${on ? 'Pause' : 'Go on'}</button>`;
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    if (event.key !== 'Escape') return;
    adjust({ find: '' });
    /** @type {HTMLElement} */ (event.target).blur();
  }
}
customElements.define('map-bar', MapBar);
