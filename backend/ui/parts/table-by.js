// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
/** @import { TagValues } from '../app/tag-values.js' */
import { get } from '../app/api.js';
import { adjust, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { readTag } from '../app/tag-values.js';
import { watch } from '../app/watch.js';
import { count, number } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

const groupings = /** @type {const} */ ([['both', 'operation of a service'], ['service', 'service'], ['operation', 'operation'], ['tag:', 'value of a tag'], ['span', 'span']]);

/** Values that are still in memory. @type {WeakMap<Trace, TagValues>} */
const known = new WeakMap();

/**
 * What a row of the table stands for. The values of a tag are read from the server.
 * @fires by when it is another
 * @fires values with the TagValues, again and again while they are read
 */
export class TableBy extends LitElement {
  static properties = { trace: { attribute: false }, keys: { state: true }, values: { state: true }, reading: { state: true }, failure: { state: true } };

  static styles = [controls, css`
    :host { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; }
    input { width: 14em; }
    p { margin: 0; font-size: var(--small); font-variant-numeric: tabular-nums; }
    p button { min-height: 24px; padding: 1px 8px; }
  `];

  constructor() {
    super();
    /** @type {Trace | null} */
    this.trace = null;
    /** Names of tags that begin with what is typed. @type {string[]} */
    this.keys = [];
    /** @type {TagValues | null} */
    this.values = null;
    this.reading = false;
    /** @type {Error | null} */
    this.failure = null;
    /** What was asked for. @type {unknown[]} */
    this.asked = [];
    this.latest = new Latest();
    this.suggesting = new Latest();
    watch(this, route);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
    this.suggesting.cancel();
    this.asked = [];
  }

  get tag() {
    const by = String(route.value.params.by);
    return by.startsWith('tag:') ? by.slice(4).trim() : null;
  }

  updated() {
    const { trace, tag } = this;
    if (!trace || (trace === this.asked[0] && tag === this.asked[1])) return;
    this.asked = [trace, tag];
    if (tag) this.#read(trace, tag);
    else this.latest.cancel();
  }

  /**
   * @param {Trace} trace
   * @param {string} tag
   */
  async #read(trace, tag) {
    this.failure = null;
    this.values = null;
    const before = known.get(trace);
    if (before?.key === tag) {
      this.values = before;
      return this.#stop();
    }
    this.reading = true;
    try {
      const done = await this.latest.run(async (signal) => {
        let next = 0; // each time twice as many, since all rows are made anew
        for await (const values of readTag(trace, tag, signal)) {
          if (signal.aborted) return;
          this.values = values;
          if (values.read < next && values.read < trace.count) continue;
          next = values.read * 2;
          this.#show(values);
        }
      });
      if (!done) return;
      if (this.values) known.set(trace, this.values);
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
    this.reading = false;
  }

  /** @param {TagValues} values */
  #show(values) {
    this.values = values;
    this.dispatchEvent(new CustomEvent('values', { detail: values }));
  }

  #stop() {
    this.latest.cancel();
    if (this.values) this.#show(this.values);
    this.reading = false;
  }

  render() {
    const t = this.trace;
    if (!t) return nothing;
    const { tag, values } = this;
    const by = tag === null ? route.value.params.by : 'tag:';
    return html`
      <label>A row for each <select @change=${(/** @type {any} */ e) => this.#by(e.target.value)}>
        ${groupings.map(([value, text]) => html`<option value=${value} .selected=${value === by}>${text}</option>`)}
      </select></label>
      ${tag === null ? nothing : html`<input type="text" list="keys" autocomplete="off" spellcheck="false" maxlength="256" placeholder="http.route" aria-label="Tag" .value=${tag}
          @focus=${this.#suggest} @input=${this.#suggest} @change=${(/** @type {any} */ e) => this.#by(`tag:${e.target.value.trim()}`)}>
        <datalist id="keys">${this.keys.map((k) => html`<option value=${k}></option>`)}</datalist>
        ${this.#said(t, tag, values)}`}`;
  }

  /**
   * How far it is read.
   * @param {Trace} t
   * @param {string} tag
   * @param {TagValues | null} values
   */
  #said(t, tag, values) {
    if (!tag) return html`<p class="soft">Name a tag of the spans or of their processes.</p>`;
    if (this.failure) return html`<p class="error" role="alert">The tags were not read: ${this.failure.message} <button @click=${() => this.#read(t, tag)}>Try again</button></p>`;
    const read = values?.read ?? 0;
    if (this.reading) return html`<p role="status">Reading ${number(read)} of ${count(t.count, 'span')} <button @click=${this.#stop}>Stop</button></p>`;
    if (read < t.count) return html`<p role="status">Only ${number(read)} of ${count(t.count, 'span')} were read <button @click=${() => this.#read(t, tag)}>Read all</button></p>`;
    return values && values.values.length < 2 ? html`<p role="status">No span has this tag.</p>` : nothing;
  }

  /** @param {string} by */
  #by(by) {
    this.dispatchEvent(new Event('by'));
    adjust({ by });
  }

  /** @param {Event} event */
  async #suggest(event) {
    const prefix = /** @type {HTMLInputElement} */ (event.currentTarget).value;
    try {
      const answer = await this.suggesting.run((signal) => get('/api/keys', { prefix, limit: 50 }, signal));
      if (answer) this.keys = answer.value.keys;
    } catch {
      this.keys = []; // reading says that the server is away
    }
  }
}
customElements.define('table-by', TableBy);
