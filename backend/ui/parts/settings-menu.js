// SPDX-License-Identifier: Apache-2.0

import { change, settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { LitElement, css, html } from '../vendor/lit.js';
import { menuStyle, openMenu } from './menu.js';

/** What can be chosen, and what the choices are called. */
const choices = /** @type {const} */ ([
  ['zone', 'Times', { local: 'of this computer', utc: 'UTC' }],
  ['theme', 'Theme', { system: 'as the system', light: 'light', dark: 'dark' }],
]);

/** The menu of what the browser keeps: the zone of times, and the theme. */
export class SettingsMenu extends LitElement {
  static styles = [controls, menuStyle, css`
    .menu { padding: 8px 12px; }
    label { display: grid; grid-template-columns: 5em 1fr; align-items: center; margin: 4px 0; }
  `];

  constructor() {
    super();
    watch(this, settings);
  }

  render() {
    return html`
      <button class="quiet" aria-label="Settings" title="Settings" aria-haspopup="true" @click=${this.#open}>⚙\uFE0E</button>
      <div class="menu" popover role="group" aria-label="Settings">
        ${choices.map(([name, text, options]) => html`<label>${text} <select @change=${(/** @type {any} */ e) => change({ [name]: e.target.value })}>
          ${Object.entries(options).map(([value, words]) => html`<option value=${value} .selected=${value === settings.value[name]}>${words}</option>`)}
        </select></label>`)}
      </div>`;
  }

  /** @param {Event} event */
  #open(event) {
    openMenu(/** @type {HTMLElement} */ (this.renderRoot.querySelector('.menu')), /** @type {HTMLElement} */ (event.currentTarget));
  }
}
customElements.define('settings-menu', SettingsMenu);
