// SPDX-License-Identifier: Apache-2.0

/** @import { LiveState } from '../app/live.js' */
import { controls } from '../app/styles.js';
import { count, number } from '../lib/format.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/**
 * What the live stream does, how many traces wait to be shown, and the buttons
 * for it.
 *
 * @fires show what waits
 * @fires pause or go on
 * @fires clear
 * @fires again to connect now
 */
export class LiveBar extends LitElement {
  static properties = { state: { attribute: false }, waiting: { type: Number }, missed: { type: Boolean }, paused: { type: Boolean } };

  static styles = [controls, css`
    :host { display: flex; align-items: center; gap: 4px 8px; min-width: 0; }
    button { flex: none; }
    .state { min-width: 76px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .state i { display: inline-block; margin-right: 6px; width: 8px; height: 8px; border-radius: 50%; border: 2px solid var(--text-soft); }
    .open i { background: var(--ok); border-color: var(--ok); }
    .waiting, .refused { color: var(--warning); }
    .waiting i, .refused i { border-color: var(--warning); }
    .pause { min-width: 66px; }
    .new { min-width: 104px; font-variant-numeric: tabular-nums; }
    .none { visibility: hidden; } /* it keeps its place: nothing moves when a trace arrives */
  `];

  constructor() {
    super();
    /** @type {LiveState} */
    this.state = { is: 'off', reason: '' };
    this.waiting = 0;
    this.missed = false;
    this.paused = false;
  }

  render() {
    const { is } = this.state;
    const n = `${number(this.waiting)}${this.missed ? '+' : ''}`;
    return html`
      <span class="state ${this.paused ? 'off' : is}" role="status" title=${this.#say()}><i aria-hidden="true"></i>${this.#say()}</span>
      ${is === 'waiting' && !this.paused ? html`<button @click=${() => this.#fire('again')}>Try now</button>` : nothing}
      <button class="pause" aria-pressed=${this.paused} @click=${() => this.#fire('pause')}>${this.paused ? 'Go on' : 'Pause'}</button>
      <button title="Look only at what starts from now on" @click=${() => this.#fire('clear')}>Clear</button>
      <button class="new main ${this.waiting || this.missed ? '' : 'none'}" aria-label=${this.waiting ? `Show ${count(this.waiting, 'new trace')}` : nothing}
        @click=${() => this.#fire('show')}>${this.missed && !this.waiting ? 'Search again' : `${n} new`}</button>`;
  }

  #say() {
    const { is, reason } = this.state;
    if (this.paused) return 'Paused';
    switch (is) {
      case 'open': return 'Live';
      case 'connecting': return 'Connecting';
      case 'waiting': return `Trying again: ${reason}`;
      case 'refused': return `Not live: ${reason}`;
      default: return 'Not live';
    }
  }

  /** @param {string} name */
  #fire(name) {
    this.dispatchEvent(new Event(name));
  }
}
customElements.define('live-bar', LiveBar);
