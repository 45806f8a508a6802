// SPDX-License-Identifier: Apache-2.0

/** @import { JSONNode, StackLine, Tag } from '../types.js' */
import { controls } from '../app/styles.js';
import { bytes, number } from '../lib/format.js';
import { jsonOf } from '../trace/json.js';
import { parseStack } from '../trace/stack.js';
import { LitElement, css, html } from '../vendor/lit.js';
import './json-value.js';
import './stack-trace.js';

/** Characters that are shown before somebody asks for the rest. */
const long = 600;

/** A tag's value: what is JSON can be folded, a stack trace is read, an address leads there. */
export class TagValue extends LitElement {
  static properties = { tag: { attribute: false }, whole: { state: true } };

  static styles = [controls, css`
    :host { display: block; }
    .text { font-family: var(--mono); font-size: 0.93em; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
    button.quiet { display: block; min-height: 24px; padding: 2px 0; font: var(--small) var(--font); }
  `];

  constructor() {
    super();
    /** @type {Tag | null} */
    this.tag = null;
    this.whole = false;
    /** What the text is. @type {JSONNode | null} */
    this.json = null;
    /** @type {StackLine[] | null} */
    this.stack = null;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('tag') || !this.tag) return;
    this.whole = false;
    this.json = jsonOf(this.tag);
    this.stack = this.tag.type === 'string' ? parseStack(this.tag.text.slice(0, 200_000)) : null;
  }

  render() {
    const tag = this.tag;
    if (!tag) return html``;
    const { type, text } = tag;
    if (type === 'empty' || text === '') return html`<span class="soft">${type === 'empty' ? 'no value' : 'empty text'}</span>`;
    if (this.json) return html`<json-value .node=${this.json}></json-value>`;
    if (this.stack) return html`<stack-trace .lines=${this.stack}></stack-trace>`;
    if (type !== 'string') return html`<span class="text" title=${type === 'bytes' ? `base64 of ${bytes(Math.floor(text.length * 0.75))}` : type}>${this.#cut(text)}</span>`;
    if (/^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text)) return html`<a class="text" href=${text} target="_blank" rel="noopener noreferrer">${text.length > long ? text.slice(0, long) + '…' : text}</a>`;
    return html`<span class="text">${this.#cut(text)}</span>`;
  }

  /** @param {string} text */
  #cut(text) {
    if (text.length <= long * 1.5) return text;
    if (this.whole) return html`${text}<button class="quiet" @click=${() => { this.whole = false; }}>Show less</button>`;
    return html`${text.slice(0, long)}…<button class="quiet" @click=${() => { this.whole = true; }}>Show all ${number(text.length)} characters</button>`;
  }
}
customElements.define('tag-value', TagValue);
