// SPDX-License-Identifier: Apache-2.0

/** @import { SearchPage } from '../types.js' */
import { get } from '../app/api.js';
import { address } from '../app/base.js';
import { route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, duration } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { href } from '../lib/url.js';
import '../parts/note-box.js';
import '../parts/service-name.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** The list of traces that a search finds. */
export class TracesPage extends LitElement {
  static properties = { found: { state: true }, failure: { state: true } };

  static styles = [controls, css`
    :host { display: block; padding: 16px; }
    li { padding: 6px 0; border-bottom: 1px solid var(--line); }
    ul { list-style: none; padding: 0; }
  `];

  constructor() {
    super();
    /** @type {SearchPage | null} */
    this.found = null;
    /** @type {Error | null} */
    this.failure = null;
    this.latest = new Latest();
    this.asked = '';
    watch(this, route);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
    this.asked = '';
  }

  willUpdate() {
    const { q, order } = route.value.params;
    const asked = JSON.stringify([q, order]);
    if (route.value.page !== 'traces' || asked === this.asked) return;
    this.asked = asked;
    this.#search(String(q), String(order));
  }

  /**
   * @param {string} q
   * @param {string} order
   */
  async #search(q, order) {
    try {
      const answer = await this.latest.run((signal) => get('/api/search', { q, order, limit: 100 }, signal));
      if (!answer) return;
      this.found = answer.value;
      this.failure = null;
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  render() {
    if (this.failure) {
      return html`<note-box kind="failed" heading="The search failed" detail=${this.failure.message} @again=${() => { this.asked = ''; this.requestUpdate(); }}></note-box>`;
    }
    if (!this.found) return nothing;
    return html`<h1>${count(this.found.total, 'trace')}</h1>
      <ul>${this.found.traces.map((t) => html`<li>
        <a href=${address(href('trace', {}, t.traceID))}><service-name .name=${t.rootService}></service-name> ${t.rootName}</a>
        ${duration(Number(t.duration))} · ${count(t.spans, 'span')}${t.errors ? html` · <span class="error">${count(t.errors, 'error')}</span>` : nothing}
      </li>`)}</ul>`;
  }
}
customElements.define('traces-page', TracesPage);
