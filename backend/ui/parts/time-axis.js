// SPDX-License-Identifier: Apache-2.0

/** @import { Stretch, TimeScale } from '../types.js' */
/** @import { Box } from './drag.js' */
import { duration } from '../lib/format.js';
import { gapMiddle, labels, room } from '../trace/axis.js';
import { timeAt } from '../trace/time-scale.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { dragBox } from './drag.js';
import { setStyle } from './set-style.js';

/**
 * The times over the bars. Dragging across it selects a stretch; an idle gap says
 * what it is when the pointer or the focus is there.
 * @fires stretch with { from, to } as its detail, ns since the trace's start
 * @fires gap with the gap that was clicked as its detail
 */
export class TimeAxis extends LitElement {
  static properties = { scale: { attribute: false }, width: { type: Number }, at: { attribute: false }, below: { type: Number }, tell: { attribute: false }, told: { state: true }, drawn: { state: true } };

  static styles = css`
    :host { display: block; position: relative; height: 100%; cursor: crosshair; touch-action: pan-y; user-select: none; font-size: var(--small); color: var(--text-soft); font-variant-numeric: tabular-nums; }
    .area { position: absolute; inset: 0; }
    span { position: absolute; bottom: 4px; white-space: nowrap; line-height: 1.2; }
    .area span { padding-left: 4px; border-left: 1px solid var(--line-strong); }
    .gap { position: absolute; bottom: 2px; padding: 2px 3px; border: 0; border-radius: 3px; background: none; font: inherit; line-height: 1.2; white-space: nowrap; color: var(--text-soft); cursor: pointer; transform: translateX(-50%); }
    .gap:hover { color: var(--text); text-decoration: underline; }
    .gap:focus-visible { outline: var(--focus); outline-offset: -1px; }
    .tip { z-index: 1; top: 30px; bottom: auto; width: max-content; max-width: min(320px, 100%); padding: 3px 8px; white-space: normal; overflow-wrap: anywhere; color: var(--text); background: var(--bg); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); pointer-events: none; }
    i { position: absolute; pointer-events: none; top: 0; }
    .line { width: 1px; background: var(--text-soft); opacity: 0.6; }
    .flag { z-index: 1; top: 2px; bottom: auto; padding: 1px 5px; border-radius: 3px; background: var(--text); color: var(--bg); pointer-events: none; transform: translateX(-50%); }
    .selected { background: var(--accent); opacity: 0.25; }
  `;

  constructor() {
    super();
    /** @type {TimeScale | null} */
    this.scale = null;
    this.width = 0;
    /** Where the pointer is, as a share of the width. @type {number | null} */
    this.at = null;
    /** How far the pointer's line goes down, px. */
    this.below = 0;
    /** What to say of a gap. @type {(gap: Stretch) => string} */
    this.tell = (gap) => `Nothing happened for ${duration(gap.to - gap.from)}`;
    /** The gap that has the focus or the pointer. @type {Stretch | null} */
    this.told = null;
    /** What is being selected. @type {Box | null} */
    this.drawn = null;
  }

  render() {
    const { scale, width, at, drawn } = this;
    if (!scale || width <= 0) return nothing;
    const flag = (/** @type {number} */ x, /** @type {number} */ ns) => html`<span class="flag" ${setStyle({ left: `${Math.max(28, Math.min(width - 20, x))}px` })}>${duration(ns)}</span>`;
    return html`
      <div class="area" @pointerdown=${this.#down}>
        ${labels(scale, width).map(({ x, text }) => text ? html`<span ${setStyle({ left: `${x}px` })}>${text}</span>` : nothing)}
        ${this.#gaps(scale)}
      </div>
      ${this.#tip(scale)}
      ${at === null ? nothing : html`
        <i class="line" ${setStyle({ left: `${at * width}px`, height: `${this.below}px` })}></i>
        ${flag(at * width, timeAt(scale, at))}`}
      ${drawn ? html`
        <i class="selected" ${setStyle({ left: `${drawn.from}px`, width: `${drawn.to - drawn.from}px`, height: `${this.below}px` })}></i>
        ${flag((drawn.from + drawn.to) / 2, timeAt(scale, drawn.to / width) - timeAt(scale, drawn.from / width))}` : nothing}`;
  }

  /** The gaps, each with its time where there is room for it. @param {TimeScale} scale */
  #gaps(scale) {
    const tell = (/** @type {Stretch | null} */ told) => () => { this.told = told; };
    let free = -Infinity;
    return scale.gaps.map((gap) => {
      const text = `${duration(gap.to - gap.from)} idle`;
      const middle = gapMiddle(scale, gap) * this.width;
      const said = [text, '…', ''].find((t) => !t || middle - room(t) / 2 >= free);
      if (said) free = middle + room(said) / 2;
      return html`<button class="gap" aria-label="${text}: ${this.tell(gap)}" ${setStyle({ left: `${middle}px` })}
        @pointerdown=${(/** @type {Event} */ e) => e.stopPropagation()} @pointerenter=${tell(gap)} @pointerleave=${tell(null)} @focus=${tell(gap)} @blur=${tell(null)}
        @click=${() => this.dispatchEvent(new CustomEvent('gap', { detail: gap }))}>${said}</button>`;
    });
  }

  /** What is to be said of the gap where the pointer or the focus is. @param {TimeScale} scale */
  #tip(scale) {
    const { at, told, width } = this;
    const time = at === null ? NaN : timeAt(scale, at);
    const gap = told && scale.gaps.includes(told) ? told : scale.gaps.find((g) => g.from <= time && time <= g.to);
    if (!gap) return nothing;
    const middle = gapMiddle(scale, gap) * width;
    return html`<span class="tip" aria-hidden="true" ${setStyle(middle < width / 2 ? { left: `${Math.max(0, middle - 40)}px` } : { right: `${Math.max(0, width - middle - 40)}px` })}>${this.tell(gap)}</span>`;
  }

  /** @param {PointerEvent} down */
  #down(down) {
    dragBox(down, (box) => { this.drawn = box; }, (box) => {
      const { scale } = this;
      if (box && scale) this.dispatchEvent(new CustomEvent('stretch', { detail: { from: timeAt(scale, box.from / box.width), to: timeAt(scale, box.to / box.width) } }));
    });
  }
}
customElements.define('time-axis', TimeAxis);
