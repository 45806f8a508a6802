// SPDX-License-Identifier: Apache-2.0

/** @import { LinkPattern, LinkSource, Tag } from '../types.js' */
import { address } from '../app/base.js';
import { copy } from '../app/clipboard.js';
import { sample } from '../app/link-patterns.js';
import { changed } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { cut } from '../lib/format.js';
import { href } from '../lib/url.js';
import { withCondition } from '../search/edit.js';
import { condition, has } from '../search/write.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { menuStyle, openMenu } from './menu.js';

/** Longer values are not searched for: a search has at most 8 KiB. */
const longest = 2000;

/** What can be done with a tag: search for it, exclude it, copy it, link it. */
export class TagMenu extends LitElement {
  static properties = { tag: { attribute: false }, service: {}, of: {}, source: { attribute: false }, tags: { attribute: false }, said: { state: true } };

  static styles = [controls, menuStyle, css`
    .what { padding: 4px 10px 6px; font-size: var(--small); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
  `];

  constructor() {
    super();
    /** @type {Tag | null} */
    this.tag = null;
    /** Of the span that has the tag. */
    this.service = '';
    /** What the tag is of. @type {LinkPattern['type']} */
    this.of = 'tags';
    /** Where values of its links come from; null: it has no links. @type {LinkSource | null} */
    this.source = null;
    /** The tag and those beside it. @type {Tag[]} */
    this.tags = [];
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
    const here = (/** @type {Record<string, string | boolean>} */ params) => address(changed({ view: 'tree', ...params }));
    const traces = (/** @type {string} */ q, /** @type {string[]} */ col = []) => address(href('traces', { q, col }));
    const service = condition('service', ':', this.service);
    const name = cut(this.service, 30);
    const it = tag.text.length > longest ? '' : condition(tag.key, '=', tag.text, { tag: true });
    const [last] = settings.value.history;
    return html`
      <div class="what mono">${cut(`${tag.key}=${tag.text}`, 300)}</div>
      ${it ? html`
        <div class="title">In this trace</div>
        <a href=${here({ find: it })}>Find the spans that have it</a>
        <a href=${here({ find: it, only: true })}>Show only those</a>
        <a href=${here({ find: `-${it}`, only: true })}>Show only the others</a>` : nothing}
      <div class="title">In all traces</div>
      ${it ? html`
        <a href=${traces(it)}>Search for it</a>
        <a href=${traces(`${service} ${it}`)}>Search ${name} for it</a>
        <a href=${traces(`${service} -${it}`)}>Search ${name} without it</a>
        ${last ? html`
          <a href=${traces(withCondition(last, it))} title=${cut(last, 300)}>Add it to the last search</a>
          <a href=${traces(withCondition(last, `-${it}`))} title=${cut(last, 300)}>Exclude it from the last search</a>` : nothing}` : nothing}
      <a href=${traces(has(tag.key), [tag.key])}>Search for ${cut(tag.key, 30)}, as a column</a>
      <hr>
      <button @click=${() => this.#copy(tag.text)}>Copy the value</button>
      ${it ? html`<button @click=${() => this.#copy(it)}>Copy as a search</button>` : nothing}
      ${this.source ? html`<button @click=${() => this.#link(tag)}>Link this tag…</button>` : nothing}
      <div class="said" role="status">${this.said}</div>`;
  }

  /** @param {Tag} tag */
  #link(tag) {
    this.close();
    if (this.source) sample.value = { source: this.source, type: this.of, tags: this.tags, tag };
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
