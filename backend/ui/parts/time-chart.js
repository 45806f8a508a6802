// SPDX-License-Identifier: Apache-2.0

/** @import { Axis } from '../lib/chart.js' */
/** @import { Frame } from '../lib/red.js' */
/** @import { Box } from './drag.js' */
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { onResize, watch } from '../app/watch.js';
import { place, valueAt } from '../lib/chart.js';
import { partial } from '../lib/red.js';
import { timeLabels } from '../lib/time-labels.js';
import { LitElement, css, html, nothing, svg } from '../vendor/lit.js';
import { dragBox } from './drag.js';
import { curve, curveStyle } from './sparkline.js';

/** A curve: its name, which is also its class in curveStyle, and its text at the right, "" for none. @typedef {{ name: string, text: string, values: Float64Array }} Curve */

const plot = 92;
const [left, right, top] = [64, 44, 8];

/**
 * Curves over the steps of a time. The pointer, or the arrow keys, go from step to
 * step; a click, Enter, or a stretch that is dragged, or gone over with Shift,
 * chooses.
 *
 * @fires at with the step pointed at as its detail, -1: none
 * @fires choose with { first, last, curve, low, high }: steps, and when one step was
 *   chosen the curve next to the pointer, otherwise the values between which was dragged
 */
export class TimeChart extends LitElement {
  static properties = {
    frame: { attribute: false }, curves: { attribute: false }, axis: { attribute: false }, label: {}, format: { attribute: false }, say: { attribute: false },
    at: { type: Number }, tall: { type: Boolean }, times: { type: Boolean }, width: { state: true }, drawn: { state: true }, picked: { state: true }, anchor: { state: true },
  };

  static styles = [controls, curveStyle, css`
    :host { display: block; min-width: 0; }
    .plot { position: relative; outline-offset: -2px; cursor: crosshair; touch-action: pan-y; user-select: none; }
    svg { display: block; width: 100%; overflow: hidden; pointer-events: none; }
    text { font-size: var(--small); fill: var(--text-soft); font-variant-numeric: tabular-nums; }
    line { stroke: var(--line); }
    .cross { stroke: var(--text-soft); }
    .unknown { fill: var(--bg-raised); }
    .drawn { fill: var(--accent); opacity: 0.2; }
    .picked { fill: var(--text); font-weight: 600; }
    circle { fill: var(--text); }
    path.p95 { stroke-width: 2; }
  `];

  constructor() {
    super();
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {Curve[]} */
    this.curves = [];
    /** @type {Axis} */
    this.axis = { low: 0, high: 1, ticks: [], log: false };
    this.label = '';
    /** A value in words. */
    this.format = String;
    /** A step in words. @type {(i: number) => string} */
    this.say = String;
    /** The step pointed at, here or in another chart; -1: none. */
    this.at = -1;
    /** A rectangle is dragged, not a stretch. */
    this.tall = false;
    /** It has the times below it. */
    this.times = false;
    this.width = 0;
    /** @type {Box | null} */
    this.drawn = null;
    /** The curve next to the pointer. */
    this.picked = -1;
    /** The other end of what is chosen with Shift, -1: nothing is. */
    this.anchor = -1;
    watch(this, settings);
    onResize(this, () => { this.width = this.clientWidth; });
  }

  /** px of a time, s since 1970. @param {number} s @param {Frame} f */
  #x(s, f) {
    const [from, to] = [Number(f.from) / 1e9, Number(f.to) / 1e9];
    return left + ((Math.max(from, Math.min(to, s)) - from) / (to - from)) * (this.width - left - right);
  }

  /** @param {number} i @param {Frame} f */
  #middle(i, f) {
    const begin = f.first + i * f.step;
    return (this.#x(begin, f) + this.#x(begin + f.step, f)) / 2;
  }

  /** @param {number} x px @param {Frame} f */
  #step(x, f) {
    const [from, to] = [Number(f.from) / 1e9, Number(f.to) / 1e9];
    const s = from + ((x - left) / (this.width - left - right)) * (to - from);
    return Math.max(0, Math.min(f.count - 1, Math.floor((s - f.first) / f.step)));
  }

  /** @param {number} value */
  #y(value) {
    return top + plot * (1 - place(this.axis, value));
  }

  render() {
    const f = this.frame;
    if (!f) return nothing;
    const height = top + plot + (this.times ? 20 : 6);
    const at = Math.min(this.at, f.count - 1);
    return html`<div class="plot" role="slider" tabindex="0" aria-label=${this.label} aria-orientation="horizontal" aria-valuemin="0" aria-valuemax=${f.count - 1} aria-valuenow=${at < 0 ? f.count - 1 : at}
      aria-valuetext=${at < 0 ? 'No time is pointed at' : this.say(at)} @pointermove=${this.#move} @pointerleave=${() => this.#point(-1)} @pointerdown=${this.#down} @keydown=${this.#key} @blur=${() => this.#point(-1)}>
      <svg height=${height} aria-hidden="true">${this.width > left + right ? this.#draw(f, at) : nothing}</svg></div>`;
  }

  /** @param {Frame} f @param {number} at */
  #draw(f, at) {
    const { width, drawn, anchor } = this;
    const end = width - right;
    const bottom = top + plot;
    const known = f.oldest === null ? left : this.#x(Number(f.oldest) / 1e9, f);
    const shaded = drawn ?? (anchor >= 0 && at >= 0 ? this.#stretch(Math.min(at, anchor), Math.max(at, anchor), f) : null);
    return svg`
      ${known > left ? svg`<rect class="unknown" x=${left} y=${top} width=${known - left} height=${plot}></rect>` : nothing}
      ${this.axis.ticks.map((t) => svg`<line x1=${left} x2=${end} y1=${this.#y(t)} y2=${this.#y(t)}></line><text x=${left - 8} y=${this.#y(t) + 4} text-anchor="end">${t ? this.format(t) : '0'}</text>`)}
      ${known > left + 130 ? svg`<text x=${(left + known) / 2} y=${top + plot / 2 + 4} text-anchor="middle">nothing is stored</text>` : nothing}
      ${this.times ? this.#times(f, bottom) : nothing}
      ${this.curves.map((c) => curve(c.values, c.name, (i) => partial(f, i), (i) => this.#middle(i, f), (v) => this.#y(v)))}
      ${this.#ends().map(({ text, y, picked }) => svg`<text class=${picked ? 'picked' : ''} x=${end + 8} y=${y}>${text}</text>`)}
      ${shaded ? svg`<rect class="drawn" x=${shaded.from} y=${this.tall && drawn ? drawn.top : top} width=${shaded.to - shaded.from} height=${this.tall && drawn ? drawn.bottom - drawn.top : plot}></rect>` : nothing}
      ${at < 0 ? nothing : svg`<line class="cross" x1=${this.#middle(at, f)} x2=${this.#middle(at, f)} y1=${top} y2=${bottom}></line>
        ${this.curves.map((c) => (c.values[at] >= 0 ? svg`<circle cx=${this.#middle(at, f)} cy=${this.#y(c.values[at])} r="3"></circle>` : nothing))}`}`;
  }

  /** The texts at the right ends of the curves, apart from each other. */
  #ends() {
    const ends = this.curves.map((c, i) => ({ text: c.text, y: this.#y(c.values.findLast((v) => v >= 0) ?? NaN) + 4, picked: i === this.picked && this.at >= 0 }))
      .filter((e) => e.text && e.y > 0).reverse().sort((a, b) => a.y - b.y);
    ends.forEach((e, i) => { e.y = Math.min(Math.max(e.y, i ? ends[i - 1].y + 13 : 0), top + plot + 4 - 13 * (ends.length - 1 - i)); });
    return ends;
  }

  /** @param {Frame} f @param {number} bottom */
  #times(f, bottom) {
    return timeLabels(f.from, f.to, Math.max(2, Math.floor(this.width / 90)), settings.value.zone)
      .map(({ at, text }) => ({ x: this.#x(Number(at) / 1e9, f), text }))
      .filter(({ x, text }) => x - text.length * 4 > left - 30 && x + text.length * 4 < this.width)
      .map(({ x, text }) => svg`<line x1=${x} x2=${x} y1=${bottom} y2=${bottom + 4}></line><text x=${x} y=${bottom + 16} text-anchor="middle">${text}</text>`);
  }

  /** @param {number} first @param {number} last @param {Frame} f */
  #stretch(first, last, f) {
    return { from: this.#x(f.first + first * f.step, f), to: this.#x(f.first + (last + 1) * f.step, f) };
  }

  /** @param {number} i */
  #point(i) {
    if (i < 0) this.anchor = -1;
    if (i !== this.at) this.dispatchEvent(new CustomEvent('at', { detail: i }));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const f = this.frame;
    if (!f) return;
    const box = this.renderRoot.querySelector('.plot')?.getBoundingClientRect();
    const [x, y] = [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
    const i = this.#step(x, f);
    const far = (/** @type {Curve} */ c) => (c.values[i] >= 0 ? Math.abs(this.#y(c.values[i]) - y) : Infinity);
    this.picked = this.curves.reduce((best, c, k) => (far(c) < far(this.curves[best]) ? k : best), 0);
    this.#point(i);
  }

  /** @param {PointerEvent} down */
  #down(down) {
    this.#move(down);
    dragBox(down, (box) => { this.drawn = box; }, (box) => {
      const f = this.frame;
      if (!f) return;
      if (!box) return this.#choose(this.at, this.at);
      const value = (/** @type {number} */ y) => valueAt(this.axis, Math.max(0, Math.min(1, 1 - (y - top) / plot)));
      this.#choose(this.#step(box.from, f), this.#step(box.to, f), value(box.bottom), value(box.top));
    }, this.tall);
  }

  /** @param {number} first @param {number} last @param {number} [low] @param {number} [high] */
  #choose(first, last, low, high) {
    if (first >= 0) this.dispatchEvent(new CustomEvent('choose', { detail: { first, last, curve: this.curves[Math.max(0, this.picked)]?.name, low, high } }));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const f = this.frame;
    if (!f || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.at < 0 ? f.count : this.at;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - 10, PageDown: at + 10, Home: 0, End: f.count - 1 }[event.key];
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (to !== undefined) {
      if (!event.shiftKey) this.anchor = -1;
      else if (this.anchor < 0) this.anchor = Math.min(at, f.count - 1);
      this.#point(Math.max(0, Math.min(f.count - 1, to)));
    } else if (up && this.curves.length > 1) {
      this.picked = Math.max(0, Math.min(this.curves.length - 1, Math.max(0, this.picked) + up));
    } else if (event.key === 'Enter' && this.at >= 0) {
      const other = this.anchor < 0 ? this.at : this.anchor;
      this.#choose(Math.min(other, this.at), Math.max(other, this.at));
    } else if (event.key === 'Escape' && this.at >= 0) {
      this.#point(-1);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
customElements.define('time-chart', TimeChart);
