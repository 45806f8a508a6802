// SPDX-License-Identifier: Apache-2.0

/** @import { Key } from '../app/keys.js' */
import { active } from '../app/keys.js';
import { controls } from '../app/styles.js';
import { onKeys } from '../app/watch.js';
import { LitElement, css, html } from '../vendor/lit.js';

/** @type {Key} */
const key = { keys: '?', does: 'show these keys', page: '' };

/** How keys are written on keyboards. @type {Record<string, string>} */
const signs = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc', PageUp: 'Page ↑', PageDown: 'Page ↓' };

/** A button, and the key "?", that show which keys work on this page. */
export class KeyHelp extends LitElement {
  static properties = { keys: { state: true } };

  static styles = [controls, css`
    dialog { width: min(680px, calc(100vw - 32px)); max-height: calc(100vh - 64px); padding: 16px 24px 24px; border: 1px solid var(--line-strong); border-radius: var(--radius); background: var(--bg); color: var(--text); box-shadow: var(--shadow); }
    dialog::backdrop { background: #0006; }
    .title { display: flex; justify-content: space-between; align-items: center; }
    h2 { font-size: 1.15em; margin: 0; }
    h3 { font-size: 1em; margin: 16px 0 4px; }
    dl { display: grid; grid-template-columns: minmax(7em, max-content) 1fr; gap: 4px 24px; margin: 0; }
    dt { text-align: right; }
    dd { margin: 0; }
    kbd { font: inherit; padding: 0 6px; border: 1px solid var(--line-strong); border-radius: 3px; background: var(--bg-raised); white-space: nowrap; }
  `];

  constructor() {
    super();
    /** @type {Key[]} */
    this.keys = [];
    onKeys(this, [key], () => this.#show());
  }

  async #show() {
    this.keys = active();
    await this.updateComplete;
    this.#dialog().showModal();
  }

  #dialog() {
    return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
  }

  render() {
    const pages = [...new Set(this.keys.map((k) => k.page))];
    return html`
      <button class="quiet" aria-label="Keys" title="Keys (?)" aria-haspopup="dialog" @click=${() => this.#show()}>?</button>
      <dialog aria-labelledby="title" @click=${this.#outside} @keydown=${this.#close}>
        <div class="title"><h2 id="title">Keys</h2><button autofocus @click=${() => this.#dialog().close()}>Close</button></div>
        ${pages.map((page) => html`
          <h3>${page ? `On the page ${page[0].toUpperCase()}${page.slice(1)}` : 'On all pages'}</h3>
          <dl>${[...Map.groupBy(this.keys.filter((k) => k.page === page), (k) => k.does)].map(([does, keys]) => html`<dt>${keys.map((k, i) => html`${i ? ' or ' : ''}${pressed(k.keys)}`)}</dt><dd>${does}</dd>`)}</dl>`)}
      </dialog>`;
  }

  /** @param {MouseEvent} event */
  #outside(event) {
    if (event.target === event.currentTarget) this.#dialog().close();
  }

  /** @param {KeyboardEvent} event */
  #close(event) {
    if (event.key !== key.keys) return;
    event.preventDefault();
    this.#dialog().close();
  }
}
customElements.define('key-help', KeyHelp);

/** @param {string} keys "Shift+ArrowUp", "g t" */
function pressed(keys) {
  return keys.split(' ').map((one) => one.split('+').filter(Boolean).map((part, i, all) => html`<kbd>${signs[part] ?? part}</kbd>${i < all.length - 1 ? ' ' : ''}`)).map((one, i) => html`${i ? ' then ' : ''}${one.length ? one : html`<kbd>+</kbd>`}`);
}
