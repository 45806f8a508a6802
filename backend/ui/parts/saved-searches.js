// SPDX-License-Identifier: Apache-2.0

import { forgetRecent, mostSaved, remove, save } from '../app/searches.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count } from '../lib/format.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { menuStyle, openMenu } from './menu.js';

const shownRecent = 8;

/**
 * The searches that were saved under a name, and the latest ones.
 *
 * @fires search with detail { q } when one is chosen
 */
export class SavedSearches extends LitElement {
  static properties = { q: {} };

  static styles = [controls, menuStyle, css`
    :host { display: block; }
    .opener { max-width: 16em; overflow: hidden; text-overflow: ellipsis; }
    .menu { width: min(420px, calc(100vw - 16px)); max-width: none; }
    form { display: flex; gap: 6px; padding: 6px; }
    form input { flex: 1; min-width: 0; }
    .menu form button { width: auto; min-height: 30px; padding: 3px 10px; border: 1px solid var(--line-strong); border-radius: var(--radius); }
    h2 { margin: 0; padding: 8px 10px 2px; font-size: var(--small); font-weight: 600; color: var(--text-soft); }
    .row { display: flex; }
    .row button:first-child { flex: 1; min-width: 0; }
    .menu .delete { flex: none; width: 28px; padding: 0; text-align: center; color: var(--text-soft); }
    code { color: var(--text-soft); margin-left: 4px; }
    .recent code { color: inherit; margin: 0; }
  `];

  constructor() {
    super();
    this.q = '';
    watch(this, settings);
  }

  render() {
    const { saved, history } = settings.value;
    const current = saved.find((s) => s.q === this.q);
    const recent = history.filter((h) => h !== this.q).slice(0, shownRecent);
    return html`
      <button class="opener" aria-haspopup="dialog" title="Saved and recent searches" @click=${this.#open}>${current ? `★ ${current.name}` : '☆ Saved'} ▾</button>
      <div class="menu" popover role="dialog" aria-label="Saved and recent searches">
        ${this.q && !current && saved.length >= mostSaved ? html`<div class="said">${count(saved.length, 'search', 'searches')} are saved, which is all that are kept: delete one to save this.</div>`
          : this.q && !current ? html`<form @submit=${this.#save}>
          <input type="text" required maxlength="80" aria-label="Name of this search" placeholder="Name of this search"><button>Save</button></form>` : nothing}
        ${saved.map((s) => html`<div class="row">
          <button title=${s.q} aria-current=${s === current ? 'true' : nothing} @click=${() => this.#choose(s.q)}>${s.name} <code>${s.q}</code></button>
          <button class="delete" aria-label="Delete ${s.name}" title="Delete" @click=${() => remove(s.name)}>×</button></div>`)}
        ${!saved.length && !this.q ? html`<div class="said">Search for something: then it can be saved here under a name.</div>` : nothing}
        ${recent.length ? html`<h2>Recent</h2>
          <div class="recent">${recent.map((q) => html`<button title=${q} @click=${() => this.#choose(q)}><code>${q}</code></button>`)}</div>
          <hr><button @click=${forgetRecent}>Forget recent searches</button>` : nothing}
      </div>`;
  }

  get #menu() {
    return /** @type {HTMLElement} */ (this.renderRoot.querySelector('[popover]'));
  }

  /** @param {Event} event */
  #open(event) {
    openMenu(this.#menu, /** @type {HTMLElement} */ (event.currentTarget));
    this.#menu.querySelector('input')?.focus();
  }

  /** @param {SubmitEvent} event */
  #save(event) {
    event.preventDefault();
    const name = /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('input')).value.trim();
    if (!name) return;
    save(name, this.q);
    this.#menu.hidePopover();
  }

  /** @param {string} q */
  #choose(q) {
    this.#menu.hidePopover();
    this.dispatchEvent(new CustomEvent('search', { detail: { q } }));
  }
}
customElements.define('saved-searches', SavedSearches);
