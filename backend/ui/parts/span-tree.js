// SPDX-License-Identifier: Apache-2.0

/** @import { Rows, Trace } from '../types.js' */
import { schedule } from '../app/frame.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { rowHeight, theme, token } from '../app/theme.js';
import { watch } from '../app/watch.js';
import { serviceColor } from '../lib/color.js';
import { duration } from '../lib/format.js';
import { visible } from '../trace/rows.js';
import { LitElement, css, html, repeat } from '../vendor/lit.js';
import { setStyle } from './set-style.js';

/**
 * The spans of a trace as a tree beside their bars over time. Only the rows in
 * sight are in the page; their bars are drawn on one canvas.
 */
export class SpanTree extends LitElement {
  static properties = { trace: { attribute: false }, first: { state: true } };

  static styles = [controls, css`
    :host { display: block; min-height: 0; overflow: auto; position: relative; }
    .all { position: relative; }
    .row { position: absolute; left: 0; height: var(--row); line-height: var(--row); white-space: nowrap; overflow: hidden; }
    canvas { position: sticky; top: 0; display: block; pointer-events: none; }
  `];

  constructor() {
    super();
    /** @type {Trace | null} */
    this.trace = null;
    /** @type {Rows} */
    this.rows = { rows: new Int32Array(0), levels: new Int32Array(0), groups: [], hidden: 0, hiddenErrors: 0 };
    this.first = 0;
    this.draw = () => this.#draw();
    this.read = () => {
      this.first = Math.floor(this.scrollTop / rowHeight);
    };
    watch(this, theme, settings);
    this.addEventListener('scroll', () => {
      schedule('read', this.read);
      schedule('draw', this.draw);
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.resized = new ResizeObserver(() => this.requestUpdate());
    this.resized.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resized?.disconnect();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('trace') && this.trace) this.rows = visible(this.trace);
  }

  render() {
    const t = this.trace;
    if (!t) return html``;
    const shown = this.rows.rows.subarray(this.first, this.first + Math.ceil(this.clientHeight / rowHeight) + 1);
    return html`<div class="all" ${setStyle({ height: `${this.rows.rows.length * rowHeight}px` })}>
      <canvas></canvas>
      ${repeat(shown, (_, n) => n, (span, n) => html`<div class="row" ${setStyle({
        top: `${(this.first + n) * rowHeight}px`,
        width: `${settings.value.names}px`,
        'padding-left': `${8 + t.depth[span] * 12}px`,
      })}>${t.services[t.service[span]]} ${t.names[t.name[span]]} ${duration(t.durations[span])}</div>`)}
    </div>`;
  }

  updated() {
    schedule('draw', this.draw);
  }

  #draw() {
    const canvas = this.renderRoot.querySelector('canvas');
    const t = this.trace;
    if (!canvas || !t) return;
    const [width, height, scale] = [this.clientWidth, this.clientHeight, devicePixelRatio];
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      canvas.style.setProperty('width', `${width}px`);
      canvas.style.setProperty('height', `${height}px`);
    }
    const g = canvas.getContext('2d');
    if (!g) return;
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.clearRect(0, 0, width, height);
    const left = settings.value.names + 8;
    const perNS = (width - left - 80) / Math.max(t.duration, 1);
    g.fillStyle = token('--text-soft');
    const colors = t.services.map((s) => serviceColor(s, theme.value));
    const top = this.scrollTop;
    for (let n = Math.floor(top / rowHeight); n < this.rows.rows.length && n * rowHeight < top + height; n++) {
      const span = this.rows.rows[n];
      g.fillStyle = colors[t.service[span]];
      g.fillRect(left + t.starts[span] * perNS, n * rowHeight - top + 5, Math.max(t.durations[span] * perNS, 1), rowHeight - 10);
    }
  }
}
customElements.define('span-tree', SpanTree);
