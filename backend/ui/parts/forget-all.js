// SPDX-License-Identifier: Apache-2.0

import { request } from '../app/api.js';
import { controls } from '../app/styles.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/**
 * The button that removes everything from the store, after a second question.
 *
 * @fires forgotten
 */
export class ForgetAll extends LitElement {
  static properties = { failure: { state: true }, working: { state: true } };

  static styles = [controls, css`
    dialog { max-width: 30em; padding: 20px 24px; color: var(--text); background: var(--bg); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); }
    dialog::backdrop { background: #0006; }
    h2 { margin: 0 0 8px; font-size: 1.15em; }
    p { margin: 0 0 16px; }
    .buttons { display: flex; gap: 8px; justify-content: flex-end; }
    button.danger { background: var(--bg-error); border-color: var(--error); color: var(--error); font-weight: 600; }
  `];

  constructor() {
    super();
    /** @type {Error | null} */
    this.failure = null;
    this.working = false;
  }

  render() {
    return html`<button @click=${() => this.#dialog.showModal()}>Forget all…</button>
      <dialog aria-labelledby="forget" @close=${() => { this.failure = null; }}>
        <h2 id="forget">Forget all traces?</h2>
        <p>Every trace in the store is removed, of all users, also what was imported or archived. It cannot be undone.</p>
        ${this.failure ? html`<p class="error" role="alert">It failed: ${this.failure.message}</p>` : nothing}
        <div class="buttons">
          <button autofocus @click=${() => this.#dialog.close()}>Keep them</button>
          <button class="danger" ?disabled=${this.working} @click=${this.#forget}>${this.working ? 'Forgetting' : this.failure ? 'Try again' : 'Forget all'}</button>
        </div>
      </dialog>`;
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
  }

  async #forget() {
    this.working = true;
    this.failure = null;
    try {
      await request('/api/traces', {}, { method: 'DELETE' });
      this.#dialog.close();
      this.dispatchEvent(new Event('forgotten'));
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    } finally {
      this.working = false;
    }
  }
}
customElements.define('forget-all', ForgetAll);
