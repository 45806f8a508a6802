// SPDX-License-Identifier: Apache-2.0

/** @import { Rates } from '../types.js' */
import { APIError, get } from '../app/api.js';
import { controls } from '../app/styles.js';
import { count, duration, percent } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { few, longer, quantiles } from '../trace/usual.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** How a span's duration compares with those of its operation. */
export class SpanPanelUsual extends LitElement {
  static properties = { service: {}, operation: {}, duration: { type: Number }, usual: { state: true }, failure: { state: true } };

  static styles = [controls, css`
    :host { display: block; min-height: 2.9em; font-size: var(--small); }
    p { margin: 0; }
    dl { display: flex; flex-wrap: wrap; gap: 0 12px; margin: 0; color: var(--text-soft); font-variant-numeric: tabular-nums; }
    div { display: flex; gap: 4px; white-space: nowrap; }
    dd { margin: 0; }
    .whole { white-space: nowrap; }
  `];

  constructor() {
    super();
    this.service = '';
    this.operation = '';
    /** ns. */
    this.duration = 0;
    /** @type {Rates | null} */
    this.usual = null;
    /** @type {Error | null} */
    this.failure = null;
    this.latest = new Latest();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('service') || changed.has('operation')) this.#load();
  }

  async #load() {
    this.usual = null;
    this.failure = null;
    if (!this.service || !this.operation) return;
    try {
      const answer = await this.latest.run((signal) => get('/api/usual', { service: this.service, operation: this.operation }, signal));
      if (answer) this.usual = answer.value;
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  render() {
    const unsupported = this.failure instanceof APIError && this.failure.status === 501;
    if (this.failure) return html`<p>How long this operation usually takes is not known: ${this.failure.message}${unsupported ? nothing : html` <button class="quiet" @click=${() => this.#load()}>Try again</button>`}</p>`;
    const u = this.usual;
    if (!u) return nothing;
    if (u.spans < few) return html`<p class="soft">Only ${count(u.spans, 'span')} of this operation ${u.spans === 1 ? 'is' : 'are'} stored: too few to say what is usual.</p>`;
    const above = quantiles.findLast(([name]) => longer(this.duration, u.durations[name]));
    return html`<p>${above ? `Longer than ${above[1]} % of` : 'No longer than half of'} ${count(u.spans, 'span')} of this operation${u.errors ? html`; <span class="whole">${percent(u.errors / u.spans)} failed</span>` : nothing}</p>
      <dl>${quantiles.map(([name]) => html`<div><dt>${name}</dt><dd>${duration(Number(u.durations[name]))}</dd></div>`)}</dl>`;
  }
}
customElements.define('span-panel-usual', SpanPanelUsual);
