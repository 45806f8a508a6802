// SPDX-License-Identifier: Apache-2.0

import { remember } from '../app/searches.js';
import { controls } from '../app/styles.js';
import { operations, services } from '../app/suggest.js';
import { Latest } from '../lib/latest.js';
import { fill, set, setOther } from '../search/form.js';
import { isDuration } from '../search/values.js';
import { kinds, statuses } from '../search/words.js';
import { LitElement, css, html, live, noChange, nothing } from '../vendor/lit.js';
import './search-input.js';

/** Names that a field offers: a list of many thousand would be slow. */
const offered = 1000;

const unfit = {
  '': '',
  wrong: 'Something is wrong with the search above. Once it is mended, this form shows it.',
  braces: 'The search above says in braces which conditions are of the same span, which this form cannot show.',
};

/**
 * The text of a search as a form: what it shows is read from the text, and what
 * is changed is written into it.
 *
 * @fires search with detail { q }
 */
export class SearchForm extends LitElement {
  static properties = { q: {}, services: { state: true }, operations: { state: true }, wrong: { state: true } };

  static styles = [controls, css`
    :host { display: block; padding: 0 16px 12px; }
    form { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 8px 12px; }
    .wide { grid-column: 1 / -1; }
    @media (max-width: 480px) { form { grid-template-columns: 1fr 1fr; } }
    .name { display: block; font-size: var(--small); color: var(--text-soft); }
    input, select { width: 100%; min-width: 0; }
    .pair { display: flex; align-items: center; gap: 6px; }
    p { margin: 0 0 8px; color: var(--text-soft); }
    .wrong { font-size: var(--small); color: var(--error); }
  `];

  constructor() {
    super();
    this.q = '';
    /** @type {string[]} */
    this.services = [];
    /** @type {string[]} */
    this.operations = [];
    /** Fields whose value is no duration. @type {Set<string>} */
    this.wrong = new Set();
    this.known = new Latest();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.known.cancel();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('q')) return;
    this.wrong = new Set();
    this.#load();
  }

  async #load() {
    const { service } = fill(this.q).values;
    try {
      const answer = await this.known.run(() => Promise.all([services(), operations(service ? [service] : [])]));
      if (answer) [this.services, this.operations] = answer.value;
    } catch {
      // then one writes them; the search itself will say that the server is gone
    }
  }

  render() {
    const { values, other, unfit: why } = fill(this.q);
    if (why) return html`<p>${unfit[why]}</p>`;
    return html`<form @submit=${(/** @type {Event} */ e) => e.preventDefault()}>
      ${this.#text('service', 'Service', values, this.services, 'all')}
      ${this.#text('operation', 'Operation', values, this.operations, 'all')}
      ${this.#select('status', 'Status', values, statuses)}
      ${this.#select('kind', 'Kind', values, kinds)}
      ${this.#durations('Span duration', 'longer', 'shorter', values)}
      ${this.#durations('Trace duration', 'traceLonger', 'traceShorter', values)}
      <div class="wide"><span class="name" aria-hidden="true">Tags and other conditions</span>
        <search-input .q=${other} label="Tags and other conditions" placeholder="http.status_code>=500 -retry" @search=${(/** @type {CustomEvent<{ q: string }>} */ e) => this.#search(setOther(this.q, e.detail.q))}></search-input></div>
    </form>`;
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {Record<string, string>} values
   * @param {string[]} known
   * @param {string} placeholder
   */
  #text(name, label, values, known, placeholder) {
    return html`<label><span class="name">${label}</span>
      <input type="text" list=${`${name}s`} placeholder=${placeholder} autocomplete="off" spellcheck="false" .value=${live(values[name])} @change=${this.#change(name)}>
      <datalist id=${`${name}s`}>${known.slice(0, offered).map((k) => html`<option value=${k}></option>`)}</datalist></label>`;
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {Record<string, string>} values
   * @param {string[]} choices
   */
  #select(name, label, values, choices) {
    return html`<label><span class="name">${label}</span>
      <select .value=${live(values[name])} @change=${this.#change(name)}>${['', ...choices].map((c) => html`<option value=${c} ?selected=${c === values[name]}>${c || 'all'}</option>`)}</select></label>`;
  }

  /**
   * @param {string} label
   * @param {string} longer
   * @param {string} shorter
   * @param {Record<string, string>} values
   */
  #durations(label, longer, shorter, values) {
    const field = (/** @type {string} */ name, /** @type {string} */ than, /** @type {string} */ example) => html`
      <input type="text" aria-label="${label} ${than}" placeholder=${example} autocomplete="off" spellcheck="false" .value=${this.wrong.has(name) ? noChange : live(values[name])}
        aria-invalid=${this.wrong.has(name) ? 'true' : nothing} aria-describedby=${this.wrong.has(name) ? `${name}-wrong` : nothing} @change=${this.#change(name, true)}>`;
    return html`<div role="group" aria-label=${label}><span class="name" aria-hidden="true">${label}</span>
      <div class="pair">${field(longer, 'more than', '> 10ms')}<span class="soft" aria-hidden="true">–</span>${field(shorter, 'less than', '< 1.5s')}</div>
      ${[longer, shorter].filter((n) => this.wrong.has(n)).map((n) => html`<span class="wrong" role="alert" id="${n}-wrong">Not a duration: write 10ms, 1.5s, 2h30m</span>`)}</div>`;
  }

  /**
   * @param {string} name
   * @param {boolean} [duration]
   */
  #change(name, duration = false) {
    return (/** @type {Event} */ event) => {
      const value = /** @type {HTMLInputElement} */ (event.target).value.trim();
      const wrong = duration && value !== '' && !isDuration(value);
      this.wrong = new Set([...this.wrong].filter((n) => n !== name).concat(wrong ? name : []));
      if (!wrong) this.#search(set(this.q, name, value));
    };
  }

  /** @param {string} q */
  #search(q) {
    if (q === this.q) return;
    remember(q);
    this.dispatchEvent(new CustomEvent('search', { detail: { q } }));
  }
}
customElements.define('search-form', SearchForm);
