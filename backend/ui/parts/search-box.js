// SPDX-License-Identifier: Apache-2.0

import { navigate } from '../app/router.js';
import { remember } from '../app/searches.js';
import { controls } from '../app/styles.js';
import { onKeys } from '../app/watch.js';
import { href } from '../lib/url.js';
import { windowOf, withWindow } from '../search/edit.js';
import { lookup } from '../search/values.js';
import { LitElement, css, html } from '../vendor/lit.js';
import './saved-searches.js';
import './search-input.js';
import './search-range.js';

const keys = [{ keys: '/', does: 'Search', page: 'traces' }];

/**
 * Where searches are written. A trace id alone opens the trace.
 *
 * @fires search with detail { q }
 */
export class SearchBox extends LitElement {
  static properties = { q: {} };

  static styles = [controls, css`
    :host { display: flex; flex-wrap: wrap; align-items: start; gap: 8px; }
    search-input { flex: 1 1 260px; }
  `];

  constructor() {
    super();
    this.q = '';
    onKeys(this, keys, () => this.#input.focus());
  }

  get #input() {
    return /** @type {import('./search-input.js').SearchInput} */ (this.renderRoot.querySelector('search-input'));
  }

  render() {
    return html`
      <search-input .q=${this.q} recent label="Search for traces" placeholder="service:cart dur>1s or a trace id" @search=${this.#search}></search-input>
      <search-range .window=${windowOf(this.q)} @range=${this.#range}></search-range>
      <saved-searches .q=${this.q} @search=${this.#search}></saved-searches>
      <button class="main" @click=${() => this.#input.submit()}>Search</button>`;
  }

  /** @param {CustomEvent<{ q: string }>} event */
  #search(event) {
    const { q } = event.detail;
    const id = lookup(q);
    if (id) {
      navigate(href('trace', {}, id));
      return;
    }
    remember(q);
    this.dispatchEvent(new CustomEvent('search', { detail: { q } }));
  }

  // Of what stands in the field, which may be more than what was searched for.
  /** @param {CustomEvent<{ since: string, until: string }>} event */
  #range(event) {
    this.#input.text = withWindow(this.#input.text, event.detail);
    this.#input.submit();
  }
}
customElements.define('search-box', SearchBox);
