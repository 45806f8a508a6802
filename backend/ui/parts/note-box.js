// SPDX-License-Identifier: Apache-2.0

import { controls } from '../app/styles.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/**
 * What a page says instead of its content: that something failed, and offers to
 * try again; that it is loading, and offers to stop; that there is nothing, and
 * what to do about it (as its child elements).
 *
 * @fires again
 * @fires stop
 */
export class NoteBox extends LitElement {
  static properties = { kind: {}, heading: {}, detail: {} };

  static styles = [controls, css`
    :host { display: block; padding: 24px 16px; max-width: 60em; }
    h2 { font-size: 1.15em; margin: 0 0 6px; }
    p { margin: 0 0 12px; overflow-wrap: anywhere; }
    .failed { border-left: 4px solid var(--error); padding-left: 16px; }
  `];

  constructor() {
    super();
    /** @type {'failed' | 'loading' | 'empty'} */
    this.kind = 'empty';
    this.heading = '';
    this.detail = '';
  }

  render() {
    const failed = this.kind === 'failed';
    return html`<div class=${this.kind} role=${failed ? 'alert' : 'status'}>
      <h2>${this.heading}</h2>
      ${this.detail ? html`<p>${this.detail}</p>` : nothing}
      <slot></slot>
      ${failed ? html`<button @click=${() => this.dispatchEvent(new Event('again'))}>Try again</button>` : nothing}
      ${this.kind === 'loading' ? html`<button @click=${() => this.dispatchEvent(new Event('stop'))}>Stop</button>` : nothing}
    </div>`;
  }
}
customElements.define('note-box', NoteBox);
