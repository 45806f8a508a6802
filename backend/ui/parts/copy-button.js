// SPDX-License-Identifier: Apache-2.0

import { copy } from '../app/clipboard.js';
import { controls } from '../app/styles.js';
import { LitElement, css, html } from '../vendor/lit.js';

/** A button that copies a text, and says for two seconds that it did. */
export class CopyButton extends LitElement {
  static properties = { text: {}, label: {}, what: {}, said: { state: true } };

  static styles = [controls, css`
    :host { display: inline-block; }
    button.quiet { min-height: 24px; padding: 1px 6px; font-size: var(--small); }
  `];

  constructor() {
    super();
    this.text = '';
    /** What the button says. */
    this.label = 'Copy';
    /** What it copies, for those who cannot see where the button is. */
    this.what = '';
    this.said = '';
  }

  render() {
    return html`<button class="quiet" aria-label=${this.what ? `${this.label} ${this.what}` : this.label} @click=${() => this.#copy()}>${this.said || this.label}</button>
      <span class="sr" role="status">${this.said}</span>`;
  }

  async #copy() {
    try {
      await copy(this.text);
      this.said = 'Copied';
    } catch {
      this.said = 'Not allowed';
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.said = ''; }, 2000);
  }
}
customElements.define('copy-button', CopyButton);
