// SPDX-License-Identifier: Apache-2.0

/** @import { StatusJSON } from '../types.js' */
import { get } from '../app/api.js';
import { controls } from '../app/styles.js';
import { count } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import '../parts/note-box.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** What the process does and what became of the spans that it got. */
export class StatusPage extends LitElement {
  static properties = { status: { state: true }, failure: { state: true } };

  static styles = [controls, css`:host { display: block; padding: 16px; }`];

  constructor() {
    super();
    /** @type {StatusJSON | null} */
    this.status = null;
    /** @type {Error | null} */
    this.failure = null;
    this.latest = new Latest();
  }

  connectedCallback() {
    super.connectedCallback();
    this.#load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
  }

  async #load() {
    this.failure = null;
    try {
      const answer = await this.latest.run((signal) => get('/api/status', {}, signal));
      if (answer) this.status = answer.value;
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  render() {
    if (this.failure) return html`<note-box kind="failed" heading="The status cannot be shown" detail=${this.failure.message} @again=${() => this.#load()}></note-box>`;
    if (!this.status) return nothing;
    return html`<h2>Status</h2><p>${count(this.status.store.spans, 'span')} in ${this.status.store.engine}</p>`;
  }
}
customElements.define('status-page', StatusPage);
