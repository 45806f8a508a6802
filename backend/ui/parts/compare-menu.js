// SPDX-License-Identifier: Apache-2.0

/** @import { Peer } from '../app/peers.js' */
/** @import { TraceSummary } from '../types.js' */
import { address } from '../app/base.js';
import { pick, picking } from '../app/compare-pick.js';
import { peersOf } from '../app/peers.js';
import { navigate } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { count, cut, duration, time } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { href } from '../lib/url.js';
import { LitElement, css, html } from '../vendor/lit.js';
import { menuStyle, openMenu } from './menu.js';

/** A button with a menu: what a trace can be compared with. */
export class CompareMenu extends LitElement {
  static properties = { text: {}, peer: { attribute: false }, peers: { state: true }, failure: { state: true } };

  static styles = [controls, menuStyle, css`
    .menu { width: 270px; }
    .menu small { display: block; font-size: var(--small); color: var(--text-soft); white-space: normal; }
  `];

  constructor() {
    super();
    this.text = 'Compare';
    /** @type {Peer | null} */
    this.peer = null;
    /** @type {Awaited<ReturnType<typeof peersOf>> | null} */
    this.peers = null;
    /** @type {Error | null} */
    this.failure = null;
    this.latest = new Latest();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
  }

  render() {
    return html`<button aria-haspopup="menu" title="Compare this trace with another" @click=${this.#open}>${this.text} ▾</button>
      <div popover class="menu" role="menu" aria-label="Compare with">
        ${this.#offers()}
        <button role="menuitem" @click=${this.#another}>Another one<small>Choose it in the list</small></button>
      </div>`;
  }

  #offers() {
    const { peers, peer } = this;
    if (this.failure) return html`<div class="said error" role="status">Earlier traces could not be looked for: ${this.failure.message}</div><button role="menuitem" @click=${this.#ask}>Try again</button>`;
    if (!peers || !peer) return html`<div class="said" role="status">Looking for earlier traces…</div>`;
    const { previous, usual } = peers;
    if (!previous || !usual) return html`<div class="said" role="status">No earlier trace of ${cut(peer.rootService, 60)} ${cut(peer.rootName, 60)} is stored${peers.all ? '' : ' among the last 1,000 that have it'}.</div>`;
    return html`${this.#offer('The previous one', previous, '')}${this.#offer('The usual one', usual, peers.count > 1 ? `, the nearest to the median of the last ${count(peers.count, 'trace')}` : ', the only one before it')}`;
  }

  /**
   * @param {string} text
   * @param {TraceSummary} t
   * @param {string} about
   */
  #offer(text, t, about) {
    return html`<a role="menuitem" href=${address(href('compare', { a: t.traceID, b: this.peer?.traceID ?? '' }))} @click=${() => this.#menu.hidePopover()}>${text}<small>${duration(Number(t.duration))}${about}; ${time(BigInt(t.start), settings.value.zone)}</small></a>`;
  }

  get #menu() {
    return /** @type {HTMLElement} */ (this.renderRoot.querySelector('.menu'));
  }

  /** @param {Event} event */
  #open(event) {
    openMenu(this.#menu, /** @type {HTMLElement} */ (event.currentTarget));
    this.#ask();
  }

  async #ask() {
    this.peers = this.failure = null;
    try {
      const answer = await this.latest.run((signal) => peersOf(/** @type {Peer} */ (this.peer), signal));
      if (answer) this.peers = answer.value;
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  #another() {
    this.#menu.hidePopover();
    picking.value = null;
    pick(this.peer);
    navigate(href('traces'));
  }
}
customElements.define('compare-menu', CompareMenu);
