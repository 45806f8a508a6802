// SPDX-License-Identifier: Apache-2.0

/** @import { CompareView } from '../app/compare-view.js' */
import { address } from '../app/base.js';
import { adjust, changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { onKeys, watch } from '../app/watch.js';
import { count, number } from '../lib/format.js';
import { LitElement, css, html, live, nothing } from '../vendor/lit.js';
import { viewsStyle } from './views.js';

const keys = ['/', 'Ctrl+f'].map((keys) => ({ keys, does: 'Find a service or name', page: 'compare' }));

const filters = /** @type {const} */ ([
  ['new', 'Paths that only b has'], ['gone', 'Paths that only a has'],
  ['slower', 'Paths that took more time in b: by more than 10 % and by more than 1 % of the longer trace'],
  ['faster', 'Paths that took less time in b: by more than 10 % and by more than 1 % of the longer trace'],
  ['failing', 'Paths of which more spans failed in b'],
]);

/** Which paths of a comparison are shown, and how. */
export class CompareBar extends LitElement {
  static properties = { view: { attribute: false } };

  static styles = [controls, viewsStyle, css`
    :host { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 6px 16px 8px; }
    input { flex: 1 1 130px; min-width: 100px; max-width: 320px; }
    .filters { display: flex; flex-wrap: wrap; gap: 6px; }
    .filters button { padding: 3px 8px; font-variant-numeric: tabular-nums; }
    .said { font-size: var(--small); color: var(--text-soft); white-space: nowrap; }
    .push { flex: 1; }
    .choices { display: flex; gap: 12px; white-space: nowrap; }
    @media (max-width: 700px) {
      .filters { gap: 4px; }
      .filters button { padding: 3px 5px; }
      .choices { flex: 1 0 100%; gap: 6px; }
      label { flex: 1; min-width: 0; }
      label span { position: absolute; clip-path: inset(50%); }
      select { width: 100%; }
    }
  `];

  constructor() {
    super();
    /** @type {CompareView | null} */
    this.view = null;
    watch(this, route);
    onKeys(this, keys, () => this.renderRoot.querySelector('input')?.select());
  }

  render() {
    const { view } = this;
    if (!view || route.value.page !== 'compare') return nothing;
    const { only, find, sort, by, view: shown } = route.value.params;
    const { counts } = view.sums;
    const choice = (/** @type {'sort' | 'by'} */ key, /** @type {string} */ now, /** @type {string[][]} */ all) => html`<select @change=${(/** @type {any} */ e) => adjust({ [key]: e.target.value })}>
      ${all.map(([value, text]) => html`<option value=${value} .selected=${value === now}>${text}</option>`)}</select>`;
    return html`
      <nav aria-label="Views of the comparison">${[['merged', 'Numbers'], ['beside', 'Timelines']].map(([v, text]) => html`<a href=${address(changed({ view: v }))} aria-current=${v === shown ? 'page' : nothing}>${text}</a>`)}</nav>
      <div class="filters" role="group" aria-label="Only paths that are">
        ${filters.map(([name, about]) => html`<button aria-pressed=${only === name} ?disabled=${!counts[name] && only !== name} title=${about} @click=${() => adjust({ only: only === name ? '' : name })}>${number(counts[name])} ${name}</button>`)}
      </div>
      <input type="search" placeholder="Find ( / )" aria-label="Find a service or name" autocomplete="off" spellcheck="false" maxlength="500" .value=${live(String(find))}
        @input=${(/** @type {any} */ e) => adjust({ find: e.target.value })} @keydown=${this.#key}>
      <span class="said" role="status">${only || find ? `${number(view.count)} of ` : ''}${count(view.c.count, 'path')}</span>
      <span class="push"></span>
      <div class="choices"><label><span>Compare</span> ${choice('by', String(by), [['self', 'self time'], ['critical', 'critical path']])}</label>
      <label><span>Order</span> ${choice('sort', String(sort), [['', 'as called'], ['time', 'largest difference']])}</label></div>`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    adjust({ find: '' });
    /** @type {HTMLElement} */ (event.currentTarget).blur();
  }
}
customElements.define('compare-bar', CompareBar);
