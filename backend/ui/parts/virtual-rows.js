// SPDX-License-Identifier: Apache-2.0

import { schedule } from '../app/frame.js';
import { rowHeight } from '../app/theme.js';
import { onResize } from '../app/watch.js';
import { LitElement, css, html } from '../vendor/lit.js';
import { setStyle } from './set-style.js';

/** Rows above and below those in sight. */
const spare = 8;

/**
 * Scrolls many rows of equal height. Where the rows in sight belong, it renders
 * one child element, whose content its owner renders on each `rows` event.
 *
 * @fires rows with detail { first, end }: the rows that should be in the page
 */
export class VirtualRows extends LitElement {
  static properties = { count: { type: Number } };

  static styles = css`
    :host { display: block; overflow: auto; min-height: 0; position: relative; }
    .all { position: relative; }
    .sight { position: absolute; left: 0; right: 0; }
  `;

  constructor() {
    super();
    this.count = 0;
    this.first = 0;
    this.end = 0;
    this.measure = () => {
      const first = Math.max(0, Math.floor(this.scrollTop / rowHeight) - spare);
      const end = Math.min(this.count, Math.ceil((this.scrollTop + this.clientHeight) / rowHeight) + spare);
      if (first === this.first && end === this.end) return;
      [this.first, this.end] = [first, end];
      this.requestUpdate();
      this.dispatchEvent(new CustomEvent('rows', { detail: { first, end } }));
    };
    this.addEventListener('scroll', () => schedule('read', this.measure), { passive: true });
    onResize(this, () => schedule('read', this.measure));
  }

  updated() {
    schedule('read', this.measure);
  }

  render() {
    return html`<div class="all" ${setStyle({ height: `${this.count * rowHeight}px` })}><div class="sight" ${setStyle({ top: `${this.first * rowHeight}px` })}><slot></slot></div></div>`;
  }
}
customElements.define('virtual-rows', VirtualRows);
