// SPDX-License-Identifier: Apache-2.0

/** @import { Tag } from '../types.js' */
import { controls } from '../app/styles.js';
import { LitElement, css, html } from '../vendor/lit.js';
import './tag-menu.js';
import './tag-value.js';

/** Tags beside their values. A key opens what can be done with its tag. */
export class TagList extends LitElement {
  static properties = { tags: { attribute: false }, service: {}, label: {} };

  static styles = [controls, css`
    :host { display: block; }
    table { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: 13px; line-height: 1.4; }
    th { width: 36%; text-align: left; vertical-align: top; font-weight: normal; padding: 0 8px 0 0; }
    td { vertical-align: top; padding: 2px 0; overflow-wrap: anywhere; }
    tr + tr > * { border-top: 1px solid var(--line); }
    button { display: block; width: fit-content; min-height: 0; max-width: 100%; padding: 2px 4px; margin-left: -4px; border: 0; background: none; text-align: left; white-space: normal; overflow-wrap: anywhere; color: var(--text-soft); }
    button span { unicode-bidi: isolate; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
    button:hover, button:focus-visible { color: var(--link); }
  `];

  constructor() {
    super();
    /** @type {Tag[]} */
    this.tags = [];
    /** Of the span that has them. */
    this.service = '';
    /** What they are, for those who cannot see it: "Tags of the span". */
    this.label = '';
  }

  render() {
    return html`<table aria-label=${this.label}>${this.tags.map((tag) => html`<tr>
        <th scope="row"><button aria-haspopup="true" title=${tag.key.slice(0, 200)} @click=${(/** @type {Event} */ e) => this.#open(tag, e)}><span>${tag.key.slice(0, 500)}</span></button></th>
        <td><tag-value .tag=${tag}></tag-value></td>
      </tr>`)}</table>
      <tag-menu .service=${this.service}></tag-menu>`;
  }

  /**
   * @param {Tag} tag
   * @param {Event} event
   */
  #open(tag, event) {
    /** @type {import('./tag-menu.js').TagMenu} */ (this.renderRoot.querySelector('tag-menu')).open(tag, /** @type {HTMLElement} */ (event.currentTarget));
  }
}
customElements.define('tag-list', TagList);
