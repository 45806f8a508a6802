// SPDX-License-Identifier: Apache-2.0

import { address } from '../app/base.js';
import { pick } from '../app/compare-pick.js';
import { changed, navigate } from '../app/router.js';
import { controls } from '../app/styles.js';
import { href } from '../lib/url.js';
import { LitElement, css, html } from '../vendor/lit.js';
import './note-box.js';

/** How two traces are chosen, and two fields for their ids. */
export class CompareChoose extends LitElement {
  static properties = { a: {}, b: {} };

  static styles = [controls, css`
    form { display: grid; grid-template-columns: auto minmax(0, 30em) auto; justify-content: start; gap: 8px; align-items: center; margin: 0 0 16px; }
    label { font-weight: 600; }
    input { width: 100%; font-family: var(--mono); }
    ul { margin: 0; padding-left: 20px; max-width: 46em; }
    li { margin-bottom: 6px; }
    a { text-decoration: underline; }
    kbd { font: inherit; padding: 0 6px; border: 1px solid var(--line-strong); border-radius: 3px; background: var(--bg-raised); }
  `];

  constructor() {
    super();
    this.a = '';
    this.b = '';
  }

  render() {
    const field = (/** @type {'a' | 'b'} */ key, /** @type {string} */ about) => html`<label for=${key}>${key}</label>
      <input id=${key} type="text" required .value=${this[key]} placeholder=${about} maxlength="2000" autocomplete="off" spellcheck="false">`;
    return html`<note-box heading="Choose two traces to compare">
      <form @submit=${this.#compare}>
        ${field('a', 'id or link of a trace')}<span></span>
        ${field('b', 'id or link of a slower one, say')}<button class="main">Compare</button>
      </form>
      <ul>
        <li>In the <a href=${address(href('traces'))} @click=${() => pick(null)}>list of traces</a>, <b>Compare</b> lets you click two; or press <kbd>c</kbd> on one row and then on another.</li>
        <li>On the page of a trace, <b>Compare</b> offers the one before it and the usual one of the same operation.</li>
        <li>A file of Jaeger’s JSON or OTLP that is dropped on this page is stored: compare it as any other.</li>
      </ul>
    </note-box>`;
  }

  /** @param {SubmitEvent} event */
  #compare(event) {
    event.preventDefault();
    const value = (/** @type {string} */ id) => idOf(/** @type {HTMLInputElement} */ (this.renderRoot.querySelector(id)).value);
    navigate(changed({ a: value('#a'), b: value('#b'), path: '' }));
  }
}
customElements.define('compare-choose', CompareChoose);

/** The trace of an id, or of a link to its page. @param {string} text */
function idOf(text) {
  return (/\/trace\/([^/?#\s]+)/.exec(text)?.[1] ?? text).trim();
}
