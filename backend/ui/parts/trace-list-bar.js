// SPDX-License-Identifier: Apache-2.0

import { get } from '../app/api.js';
import { pick, picking } from '../app/compare-pick.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { Latest } from '../lib/latest.js';
import { LitElement, css, html } from '../vendor/lit.js';

/** Tags shown as columns, at most: as /api/search. */
const maxColumns = 20;

/**
 * How a list of traces is ordered and grouped, and which tags are its columns.
 *
 * @fires change with { order }, { group } or { col }
 */
export class TraceListBar extends LitElement {
  static properties = { order: {}, group: {}, columns: { attribute: false }, keys: { state: true } };

  static styles = [controls, css`
    :host { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; }
    input { width: 8em; }
    select { max-width: 12em; }
    @media (max-width: 719px) {
      form, select { flex: 1 1 120px; min-width: 0; }
      select, input[type='text'] { width: 100%; padding-inline: 4px; }
    }
  `];

  constructor() {
    super();
    this.order = 'newest';
    this.group = '';
    /** @type {string[]} */
    this.columns = [];
    /** Names of tags that begin with what is being typed. @type {string[]} */
    this.keys = [];
    this.latest = new Latest();
    watch(this, picking);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
  }

  render() {
    const groups = ['', 'service', 'operation', ...this.columns.filter((c) => c !== 'service' && c !== 'operation')];
    if (!groups.includes(this.group)) groups.push(this.group);
    return html`
      <button aria-pressed=${picking.value !== null} title="Compare two traces (c)" @click=${() => (picking.value ? (picking.value = null) : pick(null))}>Compare</button>
      <select aria-label="Order" @change=${(/** @type {any} */ e) => this.#change({ order: e.target.value })}>
        ${[['newest', 'newest first'], ['longest', 'longest first'], ['spans', 'most spans first']].map(([name, text]) => html`<option value=${name} .selected=${name === this.order}>${text}</option>`)}
      </select>
      <select aria-label="Group by" @change=${(/** @type {any} */ e) => this.#change({ group: e.target.value })}>
        ${groups.map((name) => html`<option value=${name} .selected=${name === this.group}>${name ? `by ${name}` : 'not grouped'}</option>`)}
      </select>
      <form @submit=${this.#add}>
        <input type="text" name="key" list="keys" autocomplete="off" spellcheck="false" maxlength="256" placeholder="Add column" aria-label="Add a tag as column" title="A tag, whose values become a column"
          ?disabled=${this.columns.length >= maxColumns} @focus=${this.#suggest} @input=${this.#typed}>
        <datalist id="keys">${this.keys.map((k) => html`<option value=${k}></option>`)}</datalist>
      </form>`;
  }

  /** @param {InputEvent} event */
  #typed(event) {
    // A chosen suggestion is no typing: it comes as a whole.
    if (event.inputType === 'insertReplacementText' || !event.inputType) this.#add(event);
    else this.#suggest();
  }

  async #suggest() {
    try {
      const answer = await this.latest.run((signal) => get('/api/keys', { prefix: this.#input.value, limit: 50 }, signal));
      if (answer) this.keys = answer.value.keys;
    } catch {
      this.keys = []; // the list says that the server is away
    }
  }

  /** @param {Event} event */
  #add(event) {
    event.preventDefault();
    const key = this.#input.value.trim();
    this.#input.value = '';
    if (key && !this.columns.includes(key)) this.#change({ col: [...this.columns, key] });
  }

  get #input() {
    return /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('input'));
  }

  /** @param {Record<string, unknown>} detail */
  #change(detail) {
    this.dispatchEvent(new CustomEvent('change', { detail }));
  }
}
customElements.define('trace-list-bar', TraceListBar);
