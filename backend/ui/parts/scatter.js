// SPDX-License-Identifier: Apache-2.0

/** @import { TraceSummary } from '../types.js' */
/** @import { Box } from './drag.js' */
import { schedule } from '../app/frame.js';
import { fit, ratio } from '../app/pixels.js';
import { navigate } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { theme, token } from '../app/theme.js';
import { onResize, watch } from '../app/watch.js';
import { serviceColor } from '../lib/color.js';
import { count, duration, time, zoneName } from '../lib/format.js';
import { decade, decades } from '../lib/scale.js';
import { timeLabels } from '../lib/time-labels.js';
import { href } from '../lib/url.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { dragBox } from './drag.js';
import { setStyle } from './set-style.js';

const height = 132;
const [left, right, top, bottom] = [68, 16, 8, 20];
/** How near to a point the pointer must be, px. */
const near = 10;

/**
 * Traces as points: when they started, and how long they took. A click opens a
 * trace; a rectangle that is dragged selects.
 *
 * @fires select with { from, to, shortest, longest }: ns since 1970 and ns, bigint
 */
export class TraceScatter extends LitElement {
  static properties = { rows: { attribute: false }, width: { state: true }, over: { state: true }, drawn: { state: true } };

  static styles = [controls, css`
    :host { display: block; position: relative; height: 132px; font-size: var(--small); color: var(--text-soft); user-select: none; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: pan-y; cursor: crosshair; }
    canvas.hit { cursor: pointer; }
    span, .tip, .box { position: absolute; pointer-events: none; white-space: nowrap; line-height: 16px; }
    .y { left: 0; width: 60px; text-align: right; transform: translateY(-50%); }
    .x { bottom: 0; transform: translateX(-50%); }
    .legend { left: 16px; bottom: 0; color: var(--error); }
    .box { background: var(--bg-selected); opacity: 0.6; border: 1px solid var(--accent); }
    .tip { z-index: 3; max-width: min(320px, 50%); overflow: hidden; text-overflow: ellipsis; padding: 4px 8px; background: var(--bg-raised); color: var(--text); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); }
    .tip b { display: block; overflow: hidden; text-overflow: ellipsis; font-weight: 600; }
  `];

  constructor() {
    super();
    /** @type {TraceSummary[]} */
    this.rows = [];
    this.width = 0;
    /** The row under the pointer, or -1. */
    this.over = -1;
    /** What is being selected. @type {Box | null} */
    this.drawn = null;
    this.draw = () => this.#draw();
    /** The ends of the axes: ns since 1970, and powers of ten of ns; and px for each. */
    this.from = 0n;
    this.to = 0n;
    this.perNS = 0;
    this.decades = { from: 0, to: 1 };
    this.perDecade = 1;
    /** px of each row. */
    this.x = new Float32Array(0);
    this.y = new Float32Array(0);
    watch(this, theme, settings, ratio);
    onResize(this, () => { this.width = this.clientWidth; });
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('rows')) this.over = -1;
    if (changed.has('rows') || changed.has('width')) this.#place();
  }

  /** Puts the rows at their px. */
  #place() {
    const n = this.rows.length;
    let [from, to, low, high] = [0n, 0n, Infinity, 0];
    this.rows.forEach((t, i) => {
      const [start, d] = [BigInt(t.start), Number(t.duration)];
      if (!i || start < from) from = start;
      if (!i || start > to) to = start;
      low = Math.min(low, d);
      high = Math.max(high, d);
    });
    const pad = (to - from) / 50n || 500_000_000n;
    this.from = from - pad;
    this.to = to + pad;
    this.decades = decades(n ? low : 1e6, n ? high : 1e9);
    this.perNS = (this.width - left - right) / Number(this.to - this.from);
    this.perDecade = (height - top - bottom) / (this.decades.to - this.decades.from);
    this.x = Float32Array.from(this.rows, (t) => left + Number(BigInt(t.start) - this.from) * this.perNS);
    this.y = Float32Array.from(this.rows, (t) => this.#yOf(Number(t.duration)));
  }

  /** @param {number} ns */
  #yOf(ns) {
    const low = this.decades.from;
    return height - bottom - (Math.log10(Math.max(ns, 10 ** low)) - low) * this.perDecade;
  }

  render() {
    const { drawn, decades: { from, to } } = this;
    const ys = [];
    for (let d = from; d <= to; d += Math.ceil((to - from) / 5)) ys.push(d);
    const errors = this.rows.filter((t) => t.errors).length;
    return html`<canvas role="img" class=${this.over >= 0 ? 'hit' : ''}
        aria-label=${`Duration over time of ${count(this.rows.length, 'trace')}, ${errors} with errors. The list below has the same.`}
        @pointermove=${this.#move} @pointerdown=${this.#down} @pointerleave=${() => { this.over = -1; }}></canvas>
      ${ys.map((d) => html`<span class="y" aria-hidden="true" ${setStyle({ top: `${this.#yOf(10 ** d)}px` })}>${decade(d)}</span>`)}
      ${this.#times().map(({ x, text }) => html`<span class="x" aria-hidden="true" ${setStyle({ left: `${x}px` })}>${text}</span>`)}
      ${errors ? html`<span class="legend" aria-hidden="true">◆ errors</span>` : nothing}
      ${drawn ? html`<div class="box" ${setStyle({ left: `${drawn.from}px`, top: `${drawn.top}px`, width: `${drawn.to - drawn.from}px`, height: `${drawn.bottom - drawn.top}px` })}></div>` : nothing}
      ${this.over >= 0 && !drawn ? this.#tip(this.over) : nothing}`;
  }

  #times() {
    if (!this.rows.length || this.width < 200) return [];
    const labels = timeLabels(this.from, this.to, Math.max(2, Math.floor(this.width / 130)), settings.value.zone);
    return labels.map(({ at, text }) => ({ x: left + Number(at - this.from) * this.perNS, text }))
      .filter(({ x, text }) => x - text.length * 4 > left + 8 && x + text.length * 4 < this.width);
  }

  /** @param {number} i */
  #tip(i) {
    const t = this.rows[i];
    const [x, y] = [this.x[i], this.y[i]];
    /** @type {Record<string, string>} */
    const beside = x < this.width / 2 ? { left: `${x + 12}px` } : { right: `${this.width - x + 12}px` };
    return html`<div class="tip" ${setStyle({ ...beside, top: `${y > 66 ? y - 66 : y + 12}px` })}>
      <b>${t.rootService}: ${t.rootName}</b>
      ${duration(Number(t.duration))} · ${count(t.spans, 'span')}${t.errors ? html` · ${count(t.errors, 'error')}` : nothing}<br>
      ${time(BigInt(t.start), settings.value.zone)} ${zoneName(settings.value.zone, new Date(Number(BigInt(t.start) / 1_000_000n)))}
    </div>`;
  }

  updated() {
    schedule('draw', this.draw);
  }

  #draw() {
    const canvas = this.renderRoot.querySelector('canvas');
    const { width } = this;
    if (!canvas || !width) return;
    const g = fit(canvas, width, height);
    g.strokeStyle = token('--line');
    for (let d = this.decades.from; d <= this.decades.to; d++) {
      const y = Math.round(this.#yOf(10 ** d)) + 0.5;
      g.beginPath();
      g.moveTo(left, y);
      g.lineTo(width - right, y);
      g.stroke();
    }
    const [failed, around] = [token('--error'), token('--bg')];
    g.strokeStyle = around;
    for (let i = this.rows.length - 1; i >= 0; i--) {
      const t = this.rows[i];
      const [x, y, r] = [this.x[i], this.y[i], Math.min(2.5 + Math.log2(t.spans + 1) * 0.4, 7) + (i === this.over ? 2 : 0)];
      g.beginPath();
      if (t.errors) {
        for (const [dx, dy] of [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]]) g.lineTo(x + dx * r, y + dy * r);
        g.closePath();
      } else {
        g.arc(x, y, r, 0, 7);
      }
      g.fillStyle = t.errors ? failed : serviceColor(t.rootService, theme.value);
      g.fill();
      g.stroke();
    }
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (this.drawn) return;
    let [best, least] = [-1, near * near];
    for (let i = 0; i < this.x.length; i++) {
      const d = (this.x[i] - event.offsetX) ** 2 + (this.y[i] - event.offsetY) ** 2;
      if (d < least) [best, least] = [i, d];
    }
    this.over = best;
  }

  /** @param {PointerEvent} down */
  #down(down) {
    this.#move(down);
    dragBox(down, (box) => { this.drawn = box; }, (box) => {
      if (!box) {
        if (this.over >= 0) navigate(href('trace', {}, this.rows[this.over].traceID));
        return;
      }
      const at = (/** @type {number} */ x) => this.from + BigInt(Math.round((x - left) / this.perNS));
      const ns = (/** @type {number} */ y) => BigInt(Math.round(10 ** (this.decades.from + (height - bottom - y) / this.perDecade)));
      this.dispatchEvent(new CustomEvent('select', { detail: { from: at(box.from), to: at(box.to), shortest: ns(box.bottom), longest: ns(box.top) } }));
    }, true);
  }
}
customElements.define('trace-scatter', TraceScatter);
