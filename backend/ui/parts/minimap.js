// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Box } from './drag.js' */
/** @import { Stretch } from '../types.js' */
import { schedule } from '../app/frame.js';
import { fit, ratio } from '../app/pixels.js';
import { theme, token } from '../app/theme.js';
import { onResize, watch } from '../app/watch.js';
import { setZoom, zoom } from '../app/zoom.js';
import { duration } from '../lib/format.js';
import { shareOf, timeAt } from '../trace/time-scale.js';
import { between, panned, stretch, within } from '../trace/zoom.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { drag, dragBox } from './drag.js';
import { setStyle } from './set-style.js';
import { drawBars } from './span-bars.js';
import { drawMeasure, hatch } from './span-tree-canvas.js';

const height = 52; // px

/**
 * The whole trace, small. Dragging across it selects a stretch, dragging an edge
 * of the stretch changes it, and dragging its upper edge moves it.
 */
export class TraceMinimap extends LitElement {
  static properties = { view: { attribute: false }, width: { state: true }, drawn: { state: true } };

  static styles = css`
    :host { display: block; position: relative; height: ${/** @type {any} */ (height)}px; margin: 0 16px; border: 1px solid var(--line); background: var(--bg); touch-action: pan-y; user-select: none; }
    canvas { display: block; position: absolute; inset: 0; }
    .area { position: absolute; inset: 0; cursor: crosshair; }
    .out { position: absolute; top: 0; bottom: 0; background: var(--bg-raised); opacity: 0.75; pointer-events: none; }
    .selected { position: absolute; top: 0; bottom: 0; background: var(--accent); opacity: 0.25; pointer-events: none; }
    .move { position: absolute; top: 0; height: 8px; background: var(--accent); opacity: 0.5; cursor: grab; touch-action: none; }
    .move:hover, .move:active { opacity: 1; }
    .edge { position: absolute; top: 0; bottom: 0; width: 11px; margin-left: -5px; cursor: ew-resize; touch-action: none; }
    .edge::after { content: ''; position: absolute; top: 0; bottom: 0; left: 4px; width: 3px; background: var(--accent); }
    .edge:focus-visible { outline: var(--focus); }
    .whole { position: absolute; right: 4px; top: 12px; font: inherit; font-size: var(--small); color: var(--text); background: var(--bg); border: 1px solid var(--line-strong); border-radius: var(--radius); padding: 2px 8px; cursor: pointer; }
    .whole:hover { background: var(--bg-hover); }
  `;

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    this.width = 0;
    /** What is being selected. @type {Box | null} */
    this.drawn = null;
    /** What the canvas was drawn for. @type {unknown[]} */
    this.drawnFor = [];
    this.draw = () => this.#draw();
    watch(this, theme, zoom, ratio);
    onResize(this, () => { this.width = this.clientWidth; });
  }

  render() {
    const { view, width, drawn } = this;
    if (!view) return nothing;
    const shown = within(zoom.value, view.all.to);
    const [from, to] = [shareOf(view.all, shown.from) * width, shareOf(view.all, shown.to) * width];
    const part = shown.from > 0 || shown.to < view.all.to;
    return html`
      <canvas aria-hidden="true"></canvas>
      <div class="area" @pointerdown=${this.#select} @dblclick=${() => setZoom({ from: 0, to: 0 })}></div>
      ${part ? html`
        <div class="out" ${setStyle({ left: '0px', width: `${from}px` })}></div>
        <div class="out" ${setStyle({ left: `${to}px`, right: '0px' })}></div>
        <div class="move" ${setStyle({ left: `${from}px`, width: `${Math.max(2, to - from)}px` })} @pointerdown=${this.#move}></div>` : nothing}
      ${drawn ? html`<div class="selected" ${setStyle({ left: `${drawn.from}px`, width: `${drawn.to - drawn.from}px` })}></div>` : nothing}
      ${this.#edge('from', from, shown)} ${this.#edge('to', to, shown)}
      ${part ? html`<button class="whole" @click=${() => setZoom({ from: 0, to: 0 })}>Whole trace</button>` : nothing}`;
  }

  /**
   * @param {'from' | 'to'} edge
   * @param {number} x
   * @param {Stretch} shown
   */
  #edge(edge, x, shown) {
    return html`<div class="edge" role="slider" tabindex="0" aria-label=${edge === 'from' ? 'Start of the stretch shown' : 'End of the stretch shown'}
      aria-valuemin="0" aria-valuemax=${this.view?.all.to ?? 0} aria-valuenow=${Math.round(shown[edge])} aria-valuetext=${duration(shown[edge])}
      ${setStyle({ left: `${x}px` })}
      @pointerdown=${(/** @type {PointerEvent} */ event) => this.#dragEdge(event, edge)}
      @keydown=${(/** @type {KeyboardEvent} */ event) => this.#edgeKey(event, edge)}></div>`;
  }

  updated() {
    schedule('draw', this.draw);
  }

  /** @param {PointerEvent} event */
  #share(event) {
    return Math.max(0, Math.min(1, (event.clientX - this.getBoundingClientRect().left) / this.width));
  }

  /** @param {PointerEvent} down */
  #select(down) {
    dragBox(down, (box) => { this.drawn = box; }, (box) => {
      if (box && this.view) setZoom(between(this.view.all, box.from / box.width, box.to / box.width));
    });
  }

  /** @param {PointerEvent} down */
  #move(down) {
    if (!this.view) return;
    const { all } = this.view;
    const shown = within(zoom.value, all.to);
    const width = (shareOf(all, shown.to) - shareOf(all, shown.from)) * this.width;
    drag(down, (move) => setZoom(panned(all, shown, (move.clientX - down.clientX) / width)), (up) => up || setZoom(shown));
  }

  /**
   * @param {PointerEvent} down
   * @param {'from' | 'to'} edge
   */
  #dragEdge(down, edge) {
    if (!this.view) return;
    const { all } = this.view;
    const before = zoom.value;
    const shown = within(before, all.to);
    drag(down, (move) => {
      const at = timeAt(all, this.#share(move));
      setZoom(edge === 'from' ? stretch(Math.min(at, shown.to), shown.to, all.to) : stretch(shown.from, Math.max(at, shown.from), all.to));
    }, (up) => up || setZoom(before));
  }

  /**
   * @param {KeyboardEvent} event
   * @param {'from' | 'to'} edge
   */
  #edgeKey(event, edge) {
    const by = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
    if (!by || !this.view) return;
    event.preventDefault();
    const { all } = this.view;
    const shown = within(zoom.value, all.to);
    const at = timeAt(all, Math.max(0, Math.min(1, shareOf(all, shown[edge]) + by)));
    setZoom(edge === 'from' ? stretch(Math.min(at, shown.to), shown.to, all.to) : stretch(shown.from, Math.max(at, shown.from), all.to));
  }

  #draw() {
    const canvas = this.renderRoot.querySelector('canvas');
    const { view, width } = this;
    if (!canvas || !view || !width) return;
    const key = [view.trace, view.rows, view.all, view.measured, view.chosen, theme.value, width, ratio.value];
    if (key.every((k, i) => k === this.drawnFor[i])) return;
    this.drawnFor = key;
    const g = fit(canvas, width, height);
    const { trace: t, all } = view;
    const [first, end] = view.focus < 0 ? [0, t.count] : [view.focus, t.end[view.focus]];
    const x = (/** @type {number} */ time) => shareOf(all, time) * width;
    for (const idle of all.gaps) hatch(g, x(idle.from), x(idle.to), height, token('--line'));
    drawBars(g, t, x, height, first, end);
    drawMeasure(g, view, x, height, token('--accent'));
  }
}
customElements.define('trace-minimap', TraceMinimap);
