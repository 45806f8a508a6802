// SPDX-License-Identifier: Apache-2.0

/** @import { TimeScale } from '../types.js' */
/** @import { Box } from './drag.js' */
import { duration } from '../lib/format.js';
import { gapMiddle, labels } from '../trace/axis.js';
import { timeAt } from '../trace/time-scale.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { dragBox } from './drag.js';
import { setStyle } from './set-style.js';

/**
 * The times over the bars. Dragging across it selects a stretch.
 * @fires stretch with { from, to } as its detail, ns since the trace's start
 */
export class TimeAxis extends LitElement {
  static properties = { scale: { attribute: false }, width: { type: Number }, at: { attribute: false }, below: { type: Number }, drawn: { state: true } };

  static styles = css`
    :host { display: block; position: relative; height: 100%; cursor: crosshair; touch-action: pan-y; user-select: none; font-size: var(--small); color: var(--text-soft); font-variant-numeric: tabular-nums; }
    .area { position: absolute; inset: 0; }
    span { position: absolute; bottom: 4px; white-space: nowrap; line-height: 1.2; }
    .area span:not(.gap) { padding-left: 4px; border-left: 1px solid var(--line-strong); }
    .gap { text-align: center; color: var(--text-soft); transform: translateX(-50%); }
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
    /** What is being selected. @type {Box | null} */
    this.drawn = null;
  }

  render() {
    const { scale, width, at, drawn } = this;
    if (!scale || width <= 0) return nothing;
    return html`
      <div class="area" @pointerdown=${this.#down}>
        ${labels(scale, width).map(({ x, text }) => text ? html`<span ${setStyle({ left: `${x}px` })}>${text}</span>` : nothing)}
        ${scale.gaps.map((g) => html`<span class="gap" title="Nothing happened for ${duration(g.to - g.from)}" ${setStyle({ left: `${gapMiddle(scale, g) * width}px` })}>${duration(g.to - g.from)} idle</span>`)}
      </div>
      ${at === null ? nothing : html`
        <i class="line" ${setStyle({ left: `${at * width}px`, height: `${this.below}px` })}></i>
        <span class="flag" ${setStyle({ left: `${Math.max(28, Math.min(width - 20, at * width))}px` })}>${duration(timeAt(scale, at))}</span>`}
      ${drawn ? html`
        <i class="selected" ${setStyle({ left: `${drawn.from}px`, width: `${drawn.to - drawn.from}px`, height: `${this.below}px` })}></i>
        <span class="flag" ${setStyle({ left: `${Math.max(28, Math.min(width - 20, (drawn.from + drawn.to) / 2))}px` })}>${duration(timeAt(scale, drawn.to / width) - timeAt(scale, drawn.from / width))}</span>` : nothing}`;
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
