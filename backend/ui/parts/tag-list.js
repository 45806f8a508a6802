// SPDX-License-Identifier: Apache-2.0

/** @import { LinkPattern, LinkSource, Tag } from '../types.js' */
import { linkPatterns, served } from '../app/link-patterns.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { linksOf } from '../trace/link.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { linkItems, linkStyle } from './link-items.js';
import './tag-menu.js';
import './tag-value.js';

/** Tags with their values and links. A key opens what can be done with its tag. */
export class TagList extends LitElement {
  static properties = { tags: { attribute: false }, service: {}, of: {}, source: { attribute: false } };

  static styles = [controls, linkStyle, css`
    :host { display: block; font-size: 13px; line-height: 1.4; }
    dl { margin: 0; }
    .tag { display: grid; grid-template-columns: minmax(0, 9fr) minmax(0, 16fr); gap: 0 8px; }
    .tag.wide { grid-template-columns: minmax(0, 1fr); padding-bottom: 2px; }
    .tag + .tag { border-top: 1px solid var(--line); }
    dd { margin: 0; padding: 3px 0 2px; overflow-wrap: anywhere; min-width: 0; }
    .wide dd { padding: 0 0 2px 12px; }
    button { display: block; width: fit-content; min-height: 24px; max-width: 100%; padding: 2px 4px; margin-left: -4px; border: 0; background: none; text-align: left; white-space: normal; overflow-wrap: anywhere; color: var(--text-soft); }
    button span { unicode-bidi: isolate; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
    button:hover, button:focus-visible { color: var(--link); }
  `];

  constructor() {
    super();
    /** @type {Tag[]} */
    this.tags = [];
    /** Of the span that has them. */
    this.service = '';
    /** What they are of. @type {LinkPattern['type']} */
    this.of = 'tags';
    /** Where values of their links come from; null: they have no links. @type {LinkSource | null} */
    this.source = null;
    watch(this, served, settings);
  }

  render() {
    return html`<dl>${this.tags.map((tag) => html`<div class=${wide(tag) ? 'tag wide' : 'tag'}>
        <dt><button aria-haspopup="true" title=${tag.key.slice(0, 200)} @click=${(/** @type {Event} */ e) => this.#open(tag, e)}><span>${tag.key.slice(0, 500)}</span></button></dt>
        <dd><tag-value .tag=${tag}></tag-value>${this.#links(tag)}</dd>
      </div>`)}</dl>
      <tag-menu .service=${this.service} .of=${this.of} .source=${this.source} .tags=${this.tags}></tag-menu>`;
  }

  /** @param {Tag} tag */
  #links(tag) {
    const links = this.source ? linksOf(linkPatterns(), this.of, this.source, this.tags, tag) : [];
    return links.length ? html`<div class="links">${linkItems(links)}</div>` : nothing;
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

/** Whether a value needs all of the width, below its key. @param {Tag} tag */
function wide({ type, text }) {
  return text.length > 160 || text.includes('\n') || (text.length > 60 && (type === 'list' || type === 'map' || /^\s*[[{]/.test(text)));
}
