// SPDX-License-Identifier: Apache-2.0

import { theme } from '../app/theme.js';
import { watch } from '../app/watch.js';
import { serviceColor } from '../lib/color.js';
import { LitElement, css, html } from '../vendor/lit.js';
import { setStyle } from './set-style.js';

/** A service's name beside its colour. */
export class ServiceName extends LitElement {
  static properties = { name: {} };

  static styles = css`
    :host { white-space: nowrap; unicode-bidi: isolate; }
    i { display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px; margin-right: 0.4em; }
  `;

  constructor() {
    super();
    this.name = '';
    watch(this, theme);
  }

  render() {
    return html`<i ${setStyle({ background: serviceColor(this.name, theme.value) })}></i>${this.name}`;
  }
}
customElements.define('service-name', ServiceName);
