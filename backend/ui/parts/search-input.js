// SPDX-License-Identifier: Apache-2.0

/** @import { Item, Spot } from '../search/complete.js' */
/** @import { SearchError } from '../search/errors.js' */
import { schedule } from '../app/frame.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { suggest } from '../app/suggest.js';
import { count, number } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { complete, spotAt } from '../search/complete.js';
import { problemOf } from '../search/problem.js';
import { lookup } from '../search/values.js';
import { LitElement, html, live, nothing } from '../vendor/lit.js';
import { styles } from './search-input-style.js';
import { colored } from './search-text.js';

/** How many suggestions are in sight. */
const page = 10;

/**
 * A field for the text of a search: it colours it, offers what can follow and
 * says what is wrong with it, under the column where it is.
 *
 * @fires search with detail { q } when Enter is pressed and nothing is wrong
 */
export class SearchInput extends LitElement {
  static properties = {
    q: {}, label: {}, placeholder: {}, recent: { type: Boolean },
    text: { state: true }, items: { state: true }, active: { state: true }, first: { state: true }, typing: { state: true },
  };

  static styles = [controls, styles];

  constructor() {
    super();
    this.q = '';
    this.label = 'Search';
    this.placeholder = '';
    /** Offer searches that were made while it is empty. */
    this.recent = false;
    this.text = '';
    /** @type {(Item & { whole?: boolean })[]} */
    this.items = [];
    this.active = -1;
    this.first = 0; // in sight
    // Nobody wants to hear that half a word is wrong.
    this.typing = false;
    /** @type {Spot} */
    this.spot = spotAt('', 0);
    this.answered = ''; // the text that the items are for
    this.latest = new Latest();
    this.place = () => this.#place();
  }

  /** Moves the caret into the field, and selects what is there. */
  focus() {
    const area = this.#area();
    area.focus();
    area.select();
    if (!this.text) this.#suggest();
  }

  /** What is wrong with the text. @returns {SearchError | null} */
  get problem() {
    return lookup(this.text) ? null : problemOf(this.text);
  }

  /** Searches, unless something is wrong: then it says so. */
  submit() {
    this.close();
    this.typing = false;
    if (this.problem) this.#area().focus();
    else this.dispatchEvent(new CustomEvent('search', { detail: { q: this.text.trim() } }));
  }

  close() {
    this.latest.cancel();
    this.items = [];
    this.#move(-1);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('q')) return;
    this.text = this.q;
    this.typing = false;
    this.close();
  }

  #area() {
    return /** @type {HTMLTextAreaElement} */ (this.renderRoot.querySelector('textarea'));
  }

  async #suggest() {
    const { value, selectionStart } = this.#area();
    this.spot = spotAt(value, selectionStart);
    try {
      const answer = await this.latest.run((signal) => suggest(value, this.spot, signal));
      if (!answer) return;
      const { from, to } = this.spot;
      const recent = this.recent && !value.trim() ? settings.value.history.slice(0, 5).map((text) => ({ text, about: 'recent', whole: true })) : [];
      this.answered = value;
      this.items = [...recent, ...answer.value.filter((item) => item.text !== value.slice(from, to))];
    } catch {
      this.items = []; // the search itself will say that the server is gone
    }
    this.#move(-1);
  }

  /** @param {number} active */
  #move(active) {
    this.active = active;
    this.#show(Math.min(this.first, Math.max(active, 0)), active - page + 1);
  }

  /**
   * @param {number} first
   * @param {number} [least]
   */
  #show(first, least = 0) {
    this.first = Math.max(0, least, Math.min(first, this.items.length - page));
  }

  /** @param {number} n */
  #accept(n) {
    const item = this.items[n];
    const area = this.#area();
    const { text, caret } = item.whole ? { text: item.text, caret: item.text.length } : complete(this.text, this.spot, item);
    area.select();
    if (!document.execCommand('insertText', false, text)) area.value = text; // the first can be undone by Ctrl+Z
    area.setSelectionRange(caret, caret);
    this.#input();
    if (item.whole) this.submit();
  }

  #input() {
    this.text = this.#area().value;
    this.typing = true;
    this.#suggest();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const open = this.items.length > 0 && this.answered === this.text;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const atEnd = this.#area().selectionStart === this.text.length;
    if (event.key === 'Enter' && !event.shiftKey) {
      if (open && this.active >= 0) this.#accept(this.active);
      else this.submit();
    } else if (open && step) {
      this.#move((this.active + step + this.items.length + (this.active < 0 && step < 0 ? 1 : 0)) % this.items.length);
    } else if ((event.key === 'ArrowDown' && atEnd) || (event.key === ' ' && event.ctrlKey)) {
      this.#suggest();
    } else if (open && event.key === 'Tab' && !event.shiftKey && (this.active >= 0 || this.spot.typed)) {
      this.#accept(Math.max(this.active, 0));
    } else if (event.key === 'Escape') {
      if (this.items.length) this.close();
      else this.#area().blur(); // and the keys of the page work again
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #blur() {
    this.typing = false;
    this.close();
  }

  render() {
    const { problem } = this;
    const shown = problem && !(this.typing && (problem.unfinished || problem.at >= this.spot.from)) ? problem : null;
    return html`
      <div class="box">
        <div class="mirror" aria-hidden="true">${colored(this.text, shown?.at ?? -1, this.spot.from)}</div>
        <textarea rows="1" spellcheck="false" autocapitalize="off" autocomplete="off" autocorrect="off" enterkeyhint="search"
          aria-label=${this.label} placeholder=${this.placeholder} aria-autocomplete="list" aria-controls="items" aria-invalid=${shown ? 'true' : nothing}
          aria-describedby=${shown ? 'problem' : nothing} aria-activedescendant=${this.active >= 0 ? `item${this.active}` : nothing}
          .value=${live(this.text)} @input=${this.#input} @keydown=${this.#key} @blur=${this.#blur}
          @click=${() => (this.text && !this.items.length) || this.#suggest()}></textarea>
      </div>
      <div class="menu" ?hidden=${!this.items.length} @pointerdown=${(/** @type {Event} */ e) => e.preventDefault()} @wheel=${this.#wheel}>
        <div id="items" role="listbox" aria-label="Suggestions">${this.items.slice(this.first, this.first + page).map((item, i) => this.#option(item, this.first + i))}</div>
        ${this.items.length > page ? html`<div class="soft" aria-hidden="true">${number(this.first + 1)} to ${number(this.first + page)} of ${number(this.items.length)}</div>` : nothing}
      </div>
      <span class="sr" role="status">${this.items.length ? count(this.items.length, 'suggestion') : ''}</span>
      <div id="problem" role="alert">${shown ? html`<span>${shown.message}</span>` : nothing}</div>`;
  }

  /**
   * @param {Item} item
   * @param {number} n
   */
  #option(item, n) {
    return html`<div role="option" id="item${n}" aria-selected=${n === this.active} aria-posinset=${n + 1} aria-setsize=${this.items.length} title=${item.text.slice(0, 200)}
      @click=${() => this.#accept(n)}><code>${item.text}</code><span>${item.about}</span></div>`;
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    this.#show(Math.max(0, this.first + Math.sign(event.deltaY)));
  }

  updated() {
    schedule('write', this.place);
  }

  // Suggestions and errors stand under what they are about.
  #place() {
    const left = (/** @type {string} */ query) => /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(query))?.offsetLeft ?? 0;
    const [spot, wrong, width] = [left('.spot'), left('.wrong'), this.clientWidth];
    this.renderRoot.querySelector('#problem')?.classList.toggle('before', wrong > width * 0.6);
    this.style.setProperty('--spot', `${Math.max(0, Math.min(spot - 13, width - 320))}px`);
    this.style.setProperty('--wrong', `${wrong}px`);
    this.style.setProperty('--behind', `${width - wrong - 8}px`);
  }
}
customElements.define('search-input', SearchInput);
