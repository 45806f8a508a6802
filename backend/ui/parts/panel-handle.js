// SPDX-License-Identifier: Apache-2.0

import { change, settings } from '../app/settings.js';
import { watch } from '../app/watch.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

const [least, most, step] = [280, 1000, 24];

/** The edge of a panel at the right, which is dragged or moved with the arrow keys to make it wider. Its parent element is as wide as the settings say. */
export class PanelHandle extends LitElement {
  static styles = css`
    :host { display: block; width: 7px; cursor: col-resize; touch-action: none; }
    div { height: 100%; }
    div:hover, div:focus-visible { background: var(--accent); outline: none; opacity: 0.6; }
  `;

  constructor() {
    super();
    watch(this, settings);
    this.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.setPointerCapture(event.pointerId);
      const from = event.clientX + settings.value.panel;
      const move = (/** @type {PointerEvent} */ e) => this.#set(from - e.clientX);
      this.addEventListener('pointermove', move);
      this.addEventListener('lostpointercapture', () => this.removeEventListener('pointermove', move), { once: true });
    });
    this.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: step, ArrowRight: -step }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      this.#set(settings.value.panel + by);
    });
  }

  /** @param {number} width px */
  #set(width) {
    change({ panel: Math.round(Math.max(least, Math.min(most, innerWidth * 0.75, width))) });
  }

  render() {
    const { panel } = settings.value;
    return html`<div role="separator" aria-orientation="vertical" aria-label="Width of the panel" tabindex="0" aria-valuemin=${least} aria-valuemax=${most} aria-valuenow=${panel}>${nothing}</div>`;
  }
}
customElements.define('panel-handle', PanelHandle);
