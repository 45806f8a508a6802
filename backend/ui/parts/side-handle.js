// SPDX-License-Identifier: Apache-2.0

import { LitElement, css, html } from '../vendor/lit.js';
import { drag } from './drag.js';

/**
 * The edge between two parts of a page, which can be dragged, or moved with the
 * arrow keys.
 * @fires size with the new width as its detail, px
 */
export class SideHandle extends LitElement {
  static properties = { size: { type: Number }, min: { type: Number }, max: { type: Number }, label: {}, right: { type: Boolean } };

  static styles = css`
    :host { display: block; width: 9px; cursor: col-resize; touch-action: none; position: relative; z-index: 3; }
    div { height: 100%; outline: none; }
    div::after { content: ''; position: absolute; top: 0; bottom: 0; left: 4px; width: 1px; background: var(--line); }
    div:hover::after, div:active::after, div:focus-visible::after { left: 3px; width: 3px; background: var(--accent); }
  `;

  constructor() {
    super();
    /** Width of what it resizes, px. */
    this.size = 0;
    this.min = 0;
    this.max = 0;
    /** What it resizes, for those who do not see it. */
    this.label = '';
    /** That is on its right. */
    this.right = false;
  }

  render() {
    return html`<div role="separator" tabindex="0" aria-orientation="vertical" aria-label=${this.label}
      aria-valuenow=${Math.round(this.size)} aria-valuemin=${this.min} aria-valuemax=${Math.round(this.max)} aria-valuetext="${Math.round(this.size)} pixels"
      @pointerdown=${this.#down} @keydown=${this.#key}></div>`;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const from = this.size;
    const sign = this.right ? -1 : 1;
    drag(event, (move) => this.#set(from + sign * (move.clientX - event.clientX)), (up) => up || this.#set(from));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#set(this.size + (this.right ? -step : step));
  }

  /** @param {number} size */
  #set(size) {
    this.dispatchEvent(new CustomEvent('size', { detail: Math.round(Math.max(this.min, Math.min(this.max, size))) }));
  }
}
customElements.define('side-handle', SideHandle);
