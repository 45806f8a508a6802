// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
import { controls } from '../app/styles.js';
import { duration, number, percent } from '../lib/format.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { goToIdle, idleOf, idleText } from './idle-text.js';
import { menuStyle, openMenu } from './menu.js';

/** How many are listed. */
const most = 20;

/** A button that lists the longest times in which no span without children ran. A click on one goes there. */
export class IdleMenu extends LitElement {
  static properties = { view: { attribute: false }, open: { state: true } };

  static styles = [controls, menuStyle, css`
    .menu { max-width: min(620px, calc(100vw - 16px)); max-height: min(70vh, 560px); }
    .menu button { display: grid; grid-template-columns: 64px 44px minmax(0, 1fr); gap: 0 10px; align-items: baseline; padding: 4px 10px; }
    b, .share { text-align: right; font-weight: 600; font-variant-numeric: tabular-nums; }
    .share { font-weight: 400; font-size: var(--small); }
    .where { white-space: normal; overflow-wrap: anywhere; unicode-bidi: isolate; }
    .share, .around { color: var(--text-soft); }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    this.open = false;
  }

  render() {
    const { view, open } = this;
    if (!view) return nothing;
    return html`
      <button aria-haspopup="menu" title="The longest times in which nothing ran" @click=${this.#show}>Idle times</button>
      <div class="menu" popover role="group" aria-label="Idle times" @toggle=${(/** @type {ToggleEvent} */ e) => { this.open = e.newState === 'open'; }}>${open ? this.#list(view) : nothing}</div>`;
  }

  /** @param {Event} event */
  async #show(event) {
    const opener = /** @type {HTMLElement} */ (event.currentTarget);
    this.open = true;
    await this.updateComplete;
    openMenu(/** @type {HTMLElement} */ (this.renderRoot.querySelector('.menu')), opener);
  }

  /** @param {TraceView} view */
  #list(view) {
    const t = view.trace;
    const all = idleOf(view).toSorted((a, b) => b.to - b.from - (a.to - a.from));
    if (!all.length) return html`<p class="said">At each moment a span ran that has no spans below it.</p>`;
    const sum = all.reduce((n, g) => n + g.to - g.from, 0);
    return html`
      <p class="title">No span without children ran for ${duration(sum)}, ${percent(sum / t.duration)} of the time${all.length > most ? `. The longest ${most} of ${number(all.length)} such times:` : ''}</p>
      ${all.slice(0, most).map((g) => {
        const { where, around } = idleText(t, g);
        return html`<button @click=${() => this.#goTo(view, g)}><b>${duration(g.to - g.from)}</b><span class="share">${percent((g.to - g.from) / t.duration)}</span><span class="where">${where}
          <span class="around">${around ? `in ${around}` : 'nothing ran'}</span></span></button>`;
      })}`;
  }

  /**
   * @param {TraceView} view
   * @param {import('../types.js').Idle} idle
   */
  #goTo(view, idle) {
    /** @type {HTMLElement} */ (this.renderRoot.querySelector('.menu')).hidePopover();
    goToIdle(view, idle);
  }
}
customElements.define('idle-menu', IdleMenu);
