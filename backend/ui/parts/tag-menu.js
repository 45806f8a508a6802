// SPDX-License-Identifier: Apache-2.0

/** @import { Tag } from '../types.js' */
import { address } from '../app/base.js';
import { copy } from '../app/clipboard.js';
import { changed } from '../app/router.js';
import { controls } from '../app/styles.js';
import { href } from '../lib/url.js';
import { condition, has } from '../search/write.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { menuStyle, openMenu } from './menu.js';

/** Longer values are not searched for: a search has at most 8 KiB. */
const longest = 2000;

/** What can be done with a tag: search for it, exclude it, copy it. */
export class TagMenu extends LitElement {
  static properties = { tag: { attribute: false }, service: {}, said: { state: true } };

  static styles = [controls, menuStyle, css`
    .what { padding: 4px 10px 6px; font-size: var(--small); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
  `];

  constructor() {
    super();
    /** @type {Tag | null} */
    this.tag = null;
    /** Of the span that has the tag. */
    this.service = '';
    this.said = '';
  }

  /**
   * @param {Tag} tag
   * @param {HTMLElement} opener what was pressed: the menu is put below it
   */
  async open(tag, opener) {
    this.tag = tag;
    this.said = '';
    await this.updateComplete;
    openMenu(this.#menu, opener);
  }

  close() {
    this.#menu.hidePopover();
  }

  get #menu() {
    return /** @type {HTMLElement} */ (this.renderRoot.querySelector('.menu'));
  }

  render() {
    return html`<div class="menu" popover role="group" aria-label="What to do with the tag" @click=${(/** @type {Event} */ e) => {
      if (e.target instanceof HTMLAnchorElement) this.close();
    }}>${this.tag ? this.#items(this.tag) : nothing}</div>`;
  }

  /** @param {Tag} tag */
  #items(tag) {
    const traces = (/** @type {string} */ q, /** @type {string[]} */ col = []) => address(href('traces', { q, col }));
    const service = condition('service', ':', this.service);
    const name = short(this.service);
    const it = tag.text.length > longest ? '' : condition(tag.key, '=', tag.text, { tag: true });
    return html`
      <div class="what mono">${`${tag.key}=${tag.text}`.slice(0, 300)}</div>
      ${it ? html`
        <a href=${traces(it)}>Traces that have it</a>
        <a href=${traces(`${service} ${it}`)}>Traces where ${name} has it</a>
        <a href=${traces(`${service} -${it}`)}>Traces where ${name} has it not</a>` : nothing}
      <a href=${traces(has(tag.key), [tag.key])}>Traces with ${short(tag.key)} as a column</a>
      <a href=${address(changed({ find: tag.text.slice(0, 200) }))}>Find in this trace</a>
      <hr>
      <button @click=${() => this.#copy(tag.text)}>Copy the value</button>
      ${it ? html`<button @click=${() => this.#copy(it)}>Copy as a search</button>` : nothing}
      <div class="said" role="status">${this.said}</div>`;
  }

  /** @param {string} text */
  async #copy(text) {
    try {
      await copy(text);
      this.close();
    } catch (error) {
      this.said = /** @type {Error} */ (error).message;
    }
  }
}
customElements.define('tag-menu', TagMenu);

/** @param {string} name */
function short(name) {
  return name.length > 30 ? name.slice(0, 29) + '…' : name;
}
