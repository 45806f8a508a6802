// SPDX-License-Identifier: Apache-2.0

import { route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import '../parts/note-box.js';
import { LitElement, css, html } from '../vendor/lit.js';

/** What is asked for and not there yet. */
export class ServicesPage extends LitElement {
  static styles = [controls, css`:host { display: block; }`];

  constructor() {
    super();
    watch(this, route);
  }

  render() {
    return html`<note-box heading="Nothing is chosen yet"></note-box>`;
  }
}
customElements.define('services-page', ServicesPage);
