// SPDX-License-Identifier: Apache-2.0

/** @import { LinkedTraces, Stretch } from '../types.js' */
/** @import { LaneRow } from './linked-lane.js' */
/** @import { TimeAxis } from './time-axis.js' */
import { schedule } from '../app/frame.js';
import { fit, ratio } from '../app/pixels.js';
import { adjust, route } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { rowHeight, theme, token } from '../app/theme.js';
import { onKeys, onResize, watch } from '../app/watch.js';
import { setZoom, zoom } from '../app/zoom.js';
import { duration } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import { labels } from '../trace/axis.js';
import { topSpans } from '../trace/linked.js';
import { shareOf, timeAt, timeScale } from '../trace/time-scale.js';
import { panned, stretch, within, zoomed } from '../trace/zoom.js';
import { LitElement, css, html, nothing, svg } from '../vendor/lit.js';
import { gridKey, pageKey, pageKeys } from './linked-keys.js';
import { laneHeight, laneRow, laneStyles, refTo } from './linked-lane.js';
import { pictureHeight, pictureTop, wireStyles, wires } from './linked-wires.js';
import { setStyle } from './set-style.js';
import { drawBars } from './span-bars.js';
import { rowStyles } from './span-tree-row.js';
import './time-axis.js';
import { gridStyle, headHeight } from './tree-grid.js';
import { zoomWheel } from './zoom-wheel.js';

const [right, gap] = [76, 8];
/** Of so many traces the spans have rows at first; of more, only those of the trace itself. */
const few = 5;

/** So many lines are drawn soft, but for those of the row where the keyboard is. */
const many = 12;

/** Which lanes are open, by their traces' ids. @type {WeakMap<LinkedTraces, ReadonlySet<string>>} */
const opened = new WeakMap();

/** Traces as rows over one time axis, with lines for the links between them. */
export class LinkedLanes extends LitElement {
  static properties = { linked: { attribute: false }, width: { state: true }, cursor: { state: true } };

  static styles = [controls, gridStyle, rowStyles, laneStyles, wireStyles, css`
    :host { overflow: hidden; border-top: 1px solid var(--line); }
    .head { grid-template-columns: var(--names) minmax(0, 1fr); }
    .head > :first-child { padding-left: 16px; line-height: ${/** @type {any} */ (headHeight)}px; font-size: var(--small); color: var(--text-soft); }
    .tick, .idle { position: absolute; top: 0; bottom: 0; pointer-events: none; }
    .tick { width: 1px; background: var(--line); }
    .idle { background: repeating-linear-gradient(135deg, var(--line) 0 1px, transparent 1px 6px); }
    .whole { position: absolute; right: 20px; top: 32px; z-index: 3; min-height: 0; padding: 2px 8px; font-size: var(--small); }
  `];

  constructor() {
    super();
    /** @type {LinkedTraces | null} */
    this.linked = null;
    this.width = 0;
    /** Where the keyboard is: a lane and a span of it, or -1. @type {{ lane: number, span: number } | null} */
    this.cursor = null;
    /** What was scrolled to the trace itself. @type {LinkedTraces | null} */
    this.shown = null;
    this.scale = memo(timeScale);
    this.all = memo((/** @type {LinkedTraces} */ linked, /** @type {boolean} */ shrink) => timeScale(0, linked.duration, shrink ? linked.gaps : []));
    this.rowsOf = memo(rowsOf);
    this.draw = () => this.#draw();
    this.begin = () => {
      const own = this.rows.find((r) => r.lane === this.linked?.own);
      if (own) this.#scrollTo(own);
    };
    watch(this, route, settings, theme, zoom, ratio);
    onResize(this, () => { this.width = this.grid?.clientWidth ?? 0; });
    this.addEventListener('wheel', (event) => zoomWheel(event, this.getBoundingClientRect().left + this.names + gap, this.bars, (factor, share) => this.zoom(factor, timeAt(this.#shown(), share)), (by) => this.pan(by)), { passive: false });
    onKeys(this, pageKeys, (key) => pageKey(this, key));
  }

  get grid() {
    return /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.grid'));
  }

  /** Width of the names, px. */
  get names() {
    return Math.max(100, Math.min(settings.value.names, Math.round(this.width * 0.45)));
  }

  /** Width of the bars, px. */
  get bars() {
    return Math.max(0, this.width - this.names - gap - right);
  }

  get #all() {
    return this.all(/** @type {LinkedTraces} */ (this.linked), Boolean(route.value.params.gaps));
  }

  /** The start of the trace itself, from which addresses count, ns since the earliest. */
  get #zero() {
    const linked = /** @type {LinkedTraces} */ (this.linked);
    return linked.lanes[linked.own].from;
  }

  /** The stretch that is shown. */
  get #stretch() {
    const { from, to } = zoom.value;
    return within(from || to ? { from: from + this.#zero, to: to + this.#zero } : zoom.value, this.#all.to);
  }

  #shown() {
    const { from, to } = this.#stretch;
    return this.scale(from, to, this.#all.gaps);
  }

  /** @param {Stretch} next since the earliest; from 0 to 0: all */
  show({ from, to }) {
    setZoom(from || to ? { from: from - this.#zero, to: to - this.#zero } : { from, to });
  }

  /** @param {number} factor @param {number} [about] */
  zoom(factor, about) {
    if (this.linked) this.show(zoomed(this.#all, this.#stretch, factor, about));
  }

  /** @param {number} by widths of what is shown */
  pan(by) {
    if (this.linked) this.show(panned(this.#all, this.#stretch, by));
  }

  /** The ids of the traces whose spans have rows. @returns {ReadonlySet<string>} */
  get open() {
    const linked = /** @type {LinkedTraces} */ (this.linked);
    return opened.get(linked) ?? new Set(linked.lanes.length <= few ? linked.lanes.map((l) => l.id) : [linked.lanes[linked.own].id]);
  }

  get rows() {
    return this.linked ? this.rowsOf(this.linked, [...this.open].join()) : [];
  }

  render() {
    const { linked, width } = this;
    if (!linked) return nothing;
    const { open, rows } = this;
    const scale = this.#shown();
    const { names, bars } = this;
    const { at } = this;
    const { span, from_span: measured } = route.value.params;
    const height = rows.length ? rows[rows.length - 1].top + rows[rows.length - 1].height : 0;
    const place = { linked, scale, left: gap, width: bars, at, chosen: String(span), measured: String(measured), open, rows };
    const left = names + gap;
    const x = (/** @type {number} */ time) => left + shareOf(scale, time) * bars;
    const zoomedIn = scale.from > 0 || scale.to < this.#all.to;
    return html`
      <div class="grid" role="treegrid" tabindex="0" aria-label="Linked traces" aria-rowcount=${rows.length + 1} aria-activedescendant=${at >= 0 ? `r${at}` : nothing}
        ${setStyle({ '--names': `${names}px` })} @keydown=${(/** @type {KeyboardEvent} */ e) => gridKey(this, e)}>
        <div class="head" role="row" aria-rowindex="1">
          <div role="columnheader">Trace</div>
          <div role="columnheader" aria-label="Time since the earliest began"><time-axis .scale=${scale} .width=${bars} .below=${headHeight + height}
            .tell=${(/** @type {Stretch} */ g) => `No trace did anything for ${duration(g.to - g.from)}`}
            ${setStyle({ 'margin-left': `${gap}px`, width: `${bars}px` })} @stretch=${(/** @type {CustomEvent<Stretch>} */ e) => this.show(stretch(e.detail.from, e.detail.to, this.#all.to))}></time-axis></div>
        </div>
        <div class="rows" role="rowgroup" ${setStyle({ height: `${height}px` })} @click=${this.#click} @pointermove=${this.#hover} @pointerleave=${() => this.#point(null)}>
          ${labels(scale, bars).map((l) => html`<i class="tick" ${setStyle({ left: `${Math.round(left + l.x)}px` })}></i>`)}
          ${scale.gaps.map((g) => html`<i class="idle" ${setStyle({ left: `${x(g.from)}px`, width: `${x(g.to) - x(g.from)}px` })}></i>`)}
          ${width ? rows.map((row, n) => laneRow(row, n, place)) : nothing}
          <svg aria-hidden="true" width=${bars} height=${height} class=${linked.links.length > many ? 'many' : ''} ${setStyle({ left: `${left}px` })}>${bars ? svg`${wires(linked, rows, scale, bars, rows[at])}` : nothing}</svg>
        </div>
      </div>
      ${zoomedIn ? html`<button class="whole" @click=${() => this.show({ from: 0, to: 0 })}>All of the time</button>` : nothing}`;
  }

  updated() {
    const grid = this.grid;
    if (grid && !this.width && grid.clientWidth) this.width = grid.clientWidth;
    if (grid && this.width && this.linked && this.shown !== this.linked) {
      this.shown = this.linked;
      schedule('read', this.begin);
    }
    schedule('draw', this.draw);
  }

  /** The row where the keyboard is, -1: none. */
  get at() {
    const { cursor } = this;
    return cursor ? this.rows.findIndex((r) => r.lane === cursor.lane && r.span === cursor.span) : -1;
  }

  #draw() {
    const { linked, bars } = this;
    if (!linked || !bars) return;
    const scale = this.#shown();
    const [first, last] = [scale.from, scale.to];
    for (const canvas of this.renderRoot.querySelectorAll('canvas')) {
      const lane = linked.lanes[Number(canvas.dataset.lane)];
      const t = lane.trace;
      const g = fit(canvas, bars, pictureHeight);
      canvas.style.setProperty('left', `${gap}px`);
      canvas.style.setProperty('top', `${pictureTop}px`);
      if (lane.to < first || lane.from > last) continue;
      const x = (/** @type {number} */ time) => Math.max(-1e4, Math.min(1e5, shareOf(scale, time) * bars));
      if (t) drawBars(g, t, (time) => x(lane.from + time), pictureHeight);
      else {
        g.fillStyle = token('--line-strong');
        g.fillRect(x(lane.from), pictureHeight / 2 - 4, Math.max(2, x(lane.to) - x(lane.from)), 8);
      }
    }
  }

  /** @param {LaneRow} row */
  go(row) {
    this.cursor = { lane: row.lane, span: row.span };
    this.#scrollTo(row);
  }

  /** @param {LaneRow} row */
  #scrollTo(row) {
    const grid = this.grid;
    if (!grid) return;
    const sight = grid.clientHeight - headHeight;
    if (row.top < grid.scrollTop) grid.scrollTop = row.top;
    else if (row.top + row.height > grid.scrollTop + sight) grid.scrollTop = row.top + row.height - sight;
  }

  /** Opens a lane or closes it. @param {number} lane */
  toggle(lane) {
    const { linked } = this;
    if (!linked?.lanes[lane].trace) return;
    const open = new Set(this.open);
    const { id } = linked.lanes[lane];
    if (!open.delete(id)) open.add(id);
    opened.set(linked, open);
    this.requestUpdate();
  }

  /** Opens or closes a trace's row, or chooses a span. @param {LaneRow} row */
  choose(row) {
    this.cursor = { lane: row.lane, span: row.span };
    if (row.span < 0) return this.toggle(row.lane);
    const ref = refTo(/** @type {LinkedTraces} */ (this.linked), row.lane, row.span);
    adjust({ span: ref === route.value.params.span ? '' : ref });
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const path = event.composedPath();
    const at = path.find((e) => e instanceof HTMLElement && e.dataset.row !== undefined);
    if (!this.linked || !(at instanceof HTMLElement) || path.some((e) => e instanceof HTMLAnchorElement)) return;
    this.choose(this.rows[Number(at.dataset.row)]);
  }

  /** @param {PointerEvent} event */
  #hover(event) {
    const from = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect().left + this.names + gap;
    const share = (event.clientX - from) / this.bars;
    this.#point(event.pointerType === 'mouse' && share >= 0 && share <= 1 ? share : null);
  }

  /** Shows the time at the pointer. @param {number | null} share of the bars' width */
  #point(share) {
    const axis = /** @type {TimeAxis | null} */ (this.renderRoot.querySelector('time-axis'));
    if (axis) axis.at = share;
  }
}
customElements.define('linked-lanes', LinkedLanes);

/**
 * @param {LinkedTraces} linked
 * @param {string} open ids of the traces whose spans have rows, with commas
 */
function rowsOf({ lanes, links }, open) {
  const ids = new Set(open.split(','));
  /** @type {Set<number>[]} */
  const linked = lanes.map(() => new Set());
  for (const l of links) {
    linked[l.lane].add(l.span);
    if (l.target >= 0) linked[l.to].add(l.target);
  }
  /** @type {LaneRow[]} */
  const rows = [];
  let top = 0;
  lanes.forEach((l, lane) => {
    rows.push({ lane, span: -1, top, height: laneHeight, more: 0 });
    top += laneHeight;
    const spans = ids.has(l.id) ? topSpans(l, linked[lane]) : [];
    spans.forEach((span, i) => {
      rows.push({ lane, span, top, height: rowHeight, more: i === spans.length - 1 ? l.spans - spans.length : 0 });
      top += rowHeight;
    });
  });
  return rows;
}
