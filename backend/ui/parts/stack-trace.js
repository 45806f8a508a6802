// SPDX-License-Identifier: Apache-2.0

/** @import { StackLine } from '../types.js' */
import { controls } from '../app/styles.js';
import { count } from '../lib/format.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** Lines that are shown before somebody asks for the rest. */
const some = 10;

/** A stack trace: what each frame calls, and where that is. */
export class StackTrace extends LitElement {
  static properties = { lines: { attribute: false }, whole: { state: true } };

  static styles = [controls, css`
    :host { display: block; }
    ol { list-style: none; margin: 0; padding: 0; font-family: var(--mono); font-size: var(--small); line-height: 1.45; }
    li { overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: isolate; }
    .frame { padding-left: 2em; text-indent: -1em; }
    .message { font-weight: 600; }
    .place { color: var(--text-soft); }
    button.quiet { padding: 2px 0; min-height: 24px; font-size: var(--small); }
  `];

  constructor() {
    super();
    /** @type {StackLine[]} */
    this.lines = [];
    this.whole = false;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('lines')) this.whole = false;
  }

  render() {
    const all = this.lines.slice(0, 2000);
    const cut = !this.whole && all.length > some + 3;
    return html`<ol>${(cut ? all.slice(0, some) : all).map((line) => this.#line(line))}</ol>
      ${cut ? html`<button class="quiet" @click=${() => { this.whole = true; }}>Show ${count(all.length - some, 'more line')}</button>` : nothing}`;
  }

  /** @param {StackLine} line */
  #line({ kind, text, function: name, place }) {
    if (kind !== 'frame') return html`<li class=${kind}>${text.slice(0, 2000)}</li>`;
    return html`<li class="frame">${name.slice(0, 500)}${name && place ? ' ' : ''}<span class="place">${place.slice(0, 500)}</span></li>`;
  }
}
customElements.define('stack-trace', StackTrace);
