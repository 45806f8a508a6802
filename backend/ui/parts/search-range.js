// SPDX-License-Identifier: Apache-2.0

/** @import { Window } from '../search/range.js' */
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { zoneName } from '../lib/format.js';
import { fromField, label, pointOf, toField, usual, words } from '../search/range.js';
import { LitElement, css, html, live } from '../vendor/lit.js';
import { openMenu } from './menu.js';

/**
 * Chooses when spans started: since a time ago, between two points in time, or at
 * any time.
 *
 * @fires range with detail { since, until }, as search/edit.js writes them
 */
export class SearchRange extends LitElement {
  static properties = { window: { attribute: false } };

  static styles = [controls, css`
    :host { display: block; }
    .opener { max-width: 100%; overflow: hidden; text-overflow: ellipsis; font-variant-numeric: tabular-nums; }
    [popover] { position: fixed; inset: auto; margin: 0; padding: 12px; width: min(436px, calc(100vw - 16px)); max-height: calc(100vh - 16px); overflow: auto;
      color: var(--text); background: var(--bg); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); }
    .usual { display: grid; grid-template-columns: repeat(auto-fill, minmax(126px, 1fr)); gap: 6px; }
    .usual button { text-align: left; }
    form { display: grid; grid-template-columns: auto 1fr; gap: 6px 10px; align-items: center; margin-top: 12px; padding-top: 12px; border-top: 1px solid var(--line); }
    form div { grid-column: 1 / -1; display: flex; align-items: center; justify-content: space-between; gap: 16px; }
    input { min-height: 30px; padding: 2px 8px; border: 1px solid var(--line-strong); border-radius: var(--radius); background: var(--bg); }
  `];

  constructor() {
    super();
    /** @type {Window} */
    this.window = { since: '', until: '' };
    watch(this, settings);
  }

  render() {
    const now = this.window;
    const { zone } = settings.value;
    const text = label(now, zone);
    const current = now.until ? '' : now.since;
    return html`
      <button class="opener" aria-haspopup="dialog" title="When the spans started" @click=${this.#open}>${text} ▾</button>
      <div popover role="dialog" aria-label="When the spans started">
        <div class="usual">
          ${usual.map((u) => html`<button aria-pressed=${u === current} @click=${() => this.#choose(u, '')}>Last ${words(u)}</button>`)}
          <button aria-pressed=${!now.since && !now.until} @click=${() => this.#choose('', '')}>Any time</button>
        </div>
        <form @submit=${this.#fixed}>
          <label for="from">From</label><input id="from" type="datetime-local" step="1" .value=${live(this.#field(now.since))}>
          <label for="to">To</label><input id="to" type="datetime-local" step="1" .value=${live(this.#field(now.until))}>
          <div><span class="soft">${zoneName(zone, new Date())}; an empty field leaves that side open</span><button class="main">Apply</button></div>
        </form>
      </div>`;
  }

  /** @param {string} text */
  #field(text) {
    return toField(pointOf(text, BigInt(Date.now()) * 1_000_000n), settings.value.zone);
  }

  get #panel() {
    return /** @type {HTMLElement} */ (this.renderRoot.querySelector('[popover]'));
  }

  /** @param {Event} event */
  #open(event) {
    this.requestUpdate(); // the times of "an hour ago" move on
    openMenu(this.#panel, /** @type {HTMLElement} */ (event.currentTarget));
  }

  /** @param {SubmitEvent} event */
  #fixed(event) {
    event.preventDefault();
    const value = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (this.renderRoot.querySelector(id)).value;
    const { zone } = settings.value;
    this.#choose(fromField(value('#from'), zone), fromField(value('#to'), zone));
  }

  /**
   * @param {string} since
   * @param {string} until
   */
  #choose(since, until) {
    this.#panel.hidePopover();
    this.dispatchEvent(new CustomEvent('range', { detail: { since, until } }));
  }
}
customElements.define('search-range', SearchRange);
