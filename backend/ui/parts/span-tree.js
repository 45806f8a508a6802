// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Stretch, TimeScale } from '../types.js' */
/** @import { TimeAxis } from './time-axis.js' */
import { schedule } from '../app/frame.js';
import { loadMemberTags, memberTags } from '../app/member-tags.js';
import { ratio } from '../app/pixels.js';
import { route } from '../app/router.js';
import { change as remember, settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { rowHeight, theme } from '../app/theme.js';
import { choose, goTo, toggle, toggleGroup } from '../app/trace-actions.js';
import { cursor, scrolled, state } from '../app/trace-state.js';
import { usual, wantUsual } from '../app/usual.js';
import { onKeys, onResize, watch } from '../app/watch.js';
import { setZoom, zoom } from '../app/zoom.js';
import { memo } from '../lib/memo.js';
import { siblings } from '../trace/siblings.js';
import { timeAt, timeScale } from '../trace/time-scale.js';
import { spanID, spanOf } from '../trace/trace.js';
import { panned, stretch, within, zoomed } from '../trace/zoom.js';
import { LitElement, css, html, nothing, repeat } from '../vendor/lit.js';
import { setStyle } from './set-style.js';
import './side-handle.js';
import { goToIdle, tellIdle } from './idle-text.js';
import { drawRows } from './span-tree-canvas.js';
import { gridKey, pageKey, pageKeys } from './span-tree-keys.js';
import { row, rowStyles, servicesOf } from './span-tree-row.js';
import './time-axis.js';
import { chunkAt, gridStyle, headHeight, rowsInPage } from './tree-grid.js';
import { zoomWheel } from './zoom-wheel.js';

/** Room for durations right of the bars, for what is unusual of them, and between names and bars, px. */
const [right, odd, gap] = [76, 36, 8];

/** The names are at least so wide, px, and at most so much of the whole. */
const [least, most] = [100, 0.55];

/** Key, button and what both do. */
const levels = [['o', 'more', 'Open one level more'], ['p', 'less', 'Open one level less'], ['[', 'all', 'Open all levels'], [']', 'none', 'Open none of the levels']];

/**
 * The spans of a trace as a tree beside their bars over time. Only the rows near
 * those in sight are in the page; their bars are drawn on one canvas.
 */
export class SpanTree extends LitElement {
  static properties = { view: { attribute: false }, top: { state: true }, width: { state: true }, height: { state: true } };

  static styles = [controls, gridStyle, rowStyles, css`
    :host { overflow: hidden; }
    .head { grid-template-columns: var(--names) minmax(0, 1fr); }
    .head > :first-child { display: flex; align-items: center; gap: 2px; padding-left: 16px; min-width: 0; font-size: var(--small); color: var(--text-soft); white-space: nowrap; overflow: hidden; }
    .head > :first-child span { flex: 1; overflow: hidden; text-overflow: ellipsis; }
    .head button { min-height: 24px; padding: 0 5px; font-size: var(--small); color: var(--text-soft); }
    canvas { left: 0; }
    side-handle { position: absolute; top: 0; bottom: 0; margin-left: -4px; }
    p { padding: 16px; margin: 0; }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    /** The first row in sight, in chunks. */
    this.top = 0;
    this.width = 0;
    this.height = 0;
    /** What was scrolled to. @type {{ at: number } | null} */
    this.seen = null;
    /** The row that stays where it is when spans arrive: its id, and its distance from the upper edge, px. @type {{ id: string, by: number } | null} */
    this.anchor = null;
    this.restored = '';
    this.siblings = memo(siblings);
    this.scale = memo(timeScale);
    this.draw = () => this.#draw();
    this.read = () => this.#read();
    watch(this, theme, settings, zoom, state, cursor, memberTags, ratio, route, usual);
    onResize(this, () => {
      this.width = this.grid?.clientWidth ?? 0;
      this.height = this.clientHeight;
    });
    this.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    onKeys(this, pageKeys, (keys) => pageKey(this, keys));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.restored = '';
  }

  get grid() {
    return /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.grid'));
  }

  /** Width of the names, px. */
  get names() {
    return Math.max(least, Math.min(settings.value.names, Math.round(this.width * most)));
  }

  /** Width of the bars, px. */
  get bars() {
    return Math.max(0, this.width - this.names - gap - right - (this.odd === 'long' ? odd : 0));
  }

  /** How unusual durations are marked: "long", "short" where there is no room, "" not. */
  get odd() {
    return route.value.params.usual ? (this.width < 600 ? 'short' : 'long') : '';
  }

  /** The stretch of time that is shown. */
  get shown() {
    return within(zoom.value, this.view?.all.to ?? 0);
  }

  /** @returns {TimeScale | null} */
  get shownScale() {
    if (!this.view) return null;
    const { from, to } = this.shown;
    return this.scale(from, to, this.view.all.gaps);
  }

  /** The row of a span or ~fold, -1: it has none. @param {number} [value] */
  rowOf(value) {
    const rows = this.view?.rows;
    if (!rows || value === undefined) return -1;
    if (value >= 0) return rows.rows.indexOf(value);
    const index = rows.groups.findIndex((g) => g.fold === ~value);
    return index < 0 ? -1 : rows.rows.indexOf(~index);
  }

  /** What the row shows: a span or ~fold. @param {number} n */
  valueOf(n) {
    const rows = /** @type {TraceView} */ (this.view).rows;
    const value = rows.rows[n];
    return value < 0 ? ~rows.groups[~value].fold : value;
  }

  /**
   * Opens or closes what is below a row.
   * @param {number} value a span or ~fold
   */
  toggle(value) {
    cursor.value = { at: value };
    if (value < 0) toggleGroup(~value);
    else toggle(value);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const view = this.view;
    if (!changed.has('view') || !view) return;
    const before = /** @type {TraceView | null | undefined} */ (changed.get('view'));
    if (before && before.trace !== view.trace && before.trace.id === view.trace.id) this.anchor = this.#anchor(before);
    if (view.chosen >= 0 && view.chosen !== before?.chosen && view.chosen !== cursor.value?.at) goTo(view, view.chosen);
  }

  /** @param {TraceView} view */
  #anchor({ trace, rows }) {
    const top = this.grid?.scrollTop ?? 0;
    for (let n = Math.floor(top / rowHeight); top && n < rows.rows.length; n++) {
      if (rows.rows[n] >= 0) return { id: spanID(trace, rows.rows[n]), by: n * rowHeight - top };
    }
    return null;
  }

  render() {
    const { view } = this;
    const scale = this.shownScale;
    if (!view || !scale) return nothing;
    const rows = view.rows.rows;
    const { first, last } = this.#part();
    const { names, bars } = this;
    const at = this.rowOf(cursor.value?.at);
    const place = { view, scale, names, left: gap, width: bars, at, siblings: this.siblings(view.trace), collapsed: state.value?.collapsed ?? new Set(), tags: memberTags.value.trace === view.trace ? memberTags.value : null, usual: usual.value, odd: this.odd, find: view.found ? String(route.value.params.find ?? '').trim().toLowerCase() : '' };
    const shown = Array.from({ length: last - first }, (_, i) => first + i);
    return html`
      <div class="grid" role="treegrid" tabindex="0" aria-label="Spans" aria-rowcount=${rows.length + 1} aria-activedescendant=${at >= first && at < last ? `r${at}` : nothing}
        ${setStyle({ '--names': `${names}px` })} @scroll=${() => schedule('read', this.read)} @keydown=${(/** @type {KeyboardEvent} */ e) => gridKey(this, e)}>
        <div class="head" role="row" aria-rowindex="1">
          <div role="columnheader" aria-label="Service and operation"><span>${names < 300 ? '' : 'Service and operation'}</span>
            ${levels.map(([key, text, does]) => html`<button class="quiet" title="${does} (${key})" aria-label=${does} @click=${() => pageKey(this, key)}>${text}</button>`)}
          </div>
          <div role="columnheader" aria-label="Time"><time-axis .scale=${scale} .width=${bars} .below=${Math.min(this.height, headHeight + rows.length * rowHeight)}
            ${setStyle({ 'margin-left': `${gap}px`, width: `${bars}px` })} .tell=${tellIdle(view)} @gap=${(/** @type {CustomEvent<Stretch>} */ e) => goToIdle(view, e.detail)} @stretch=${(/** @type {CustomEvent<Stretch>} */ e) => this.show(e.detail)}></time-axis></div>
        </div>
        <div class="rows" role="rowgroup" ${setStyle({ height: `${rows.length * rowHeight}px` })}
          @click=${this.#click} @dblclick=${this.#dblclick} @pointermove=${this.#hover} @pointerleave=${() => this.#point(null)}>
          <canvas aria-hidden="true" ${setStyle({ top: `${first * rowHeight}px` })}></canvas>
          ${repeat(shown, (n) => n, (n) => row(n, place))}
        </div>
        ${rows.length ? nothing : html`<p class="soft">No span is left to show: hide less, or clear the search.</p>`}
      </div>
      ${rows.length ? html`<side-handle label="Width of the names" .size=${names} .min=${least} .max=${this.width * most} ${setStyle({ left: `${names}px` })}
        @size=${(/** @type {CustomEvent<number>} */ e) => remember({ names: e.detail })}></side-handle>` : nothing}`;
  }

  updated() {
    const grid = this.grid;
    if (!grid || !this.view) return;
    if (!this.width && grid.clientWidth) this.width = grid.clientWidth;
    if (this.anchor) {
      const n = this.rowOf(spanOf(this.view.trace, this.anchor.id));
      if (n >= 0) grid.scrollTop = n * rowHeight - this.anchor.by;
      this.anchor = null;
    }
    if (this.height) this.#scrollTo(grid, this.view);
    this.#nameMembers(this.view);
    if (this.odd && this.height) wantUsual(this.view.trace, servicesOf(this.view, this.#part()));
    schedule('draw', this.draw);
  }

  /**
   * Loads what tells the members of open groups apart.
   * @param {TraceView} view
   */
  #nameMembers({ trace, rows, folds }) {
    const open = new Set(rows.groups.filter((g) => g.open).map((g) => g.fold));
    if (!open.size) return;
    const { first, last } = this.#part();
    loadMemberTags(trace, folds, [...rows.rows.subarray(first, last)].filter((i) => i >= 0 && open.has(folds.of[i])));
  }

  /**
   * Scrolls to where the reader was in the trace, or is sent to.
   * @param {HTMLElement} grid
   * @param {TraceView} view
   */
  #scrollTo(grid, view) {
    const n = cursor.value === this.seen ? -1 : this.rowOf(cursor.value?.at);
    if (n >= 0) {
      this.seen = cursor.value;
      const [top, bottom] = [n * rowHeight, (n + 1) * rowHeight];
      const sight = this.height - headHeight;
      const near = top > grid.scrollTop - 3 * rowHeight && bottom < grid.scrollTop + sight + 3 * rowHeight;
      if (!near) grid.scrollTop = top - Math.floor(sight / 3 / rowHeight) * rowHeight;
      else if (top < grid.scrollTop) grid.scrollTop = top - rowHeight;
      else if (bottom > grid.scrollTop + sight) grid.scrollTop = bottom + rowHeight - sight;
    } else if (this.restored !== view.trace.id) {
      grid.scrollTop = state.value?.top ?? 0;
    }
    this.restored = view.trace.id;
  }

  /**
   * Shows a stretch of time.
   * @param {Stretch} wanted ns since the trace's start
   */
  show({ from, to }) {
    if (this.view) setZoom(stretch(from, to, this.view.all.to));
  }

  /**
   * @param {number} factor below 1: closer
   * @param {number} [about] the time that stays where it is
   */
  zoom(factor, about) {
    if (this.view) setZoom(zoomed(this.view.all, this.shown, factor, about));
  }

  /** @param {number} by widths of what is shown */
  pan(by) {
    if (this.view) setZoom(panned(this.view.all, this.shown, by));
  }

  /** The rows that are in the page. */
  #part() {
    return rowsInPage(this.top, this.height, this.view?.rows.rows.length ?? 0);
  }

  #read() {
    const top = this.grid?.scrollTop ?? 0;
    scrolled(top);
    this.top = chunkAt(top);
  }

  #draw() {
    const canvas = this.renderRoot.querySelector('canvas');
    const { view, names, bars } = this;
    const scale = this.shownScale;
    if (!canvas || !view || !scale) return;
    drawRows(canvas, { view, scale, ...this.#part(), names, left: names + gap, width: bars }, this.width);
  }

  /** @param {Event} event */
  #rowAt(event) {
    const at = event.composedPath().find((e) => e instanceof HTMLElement && e.dataset.row !== undefined);
    return at instanceof HTMLElement ? Number(at.dataset.row) : -1;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const n = this.#rowAt(event);
    if (n < 0 || !this.view) return;
    const value = this.valueOf(n);
    cursor.value = { at: value };
    const onToggle = event.composedPath().some((e) => e instanceof HTMLElement && e.classList.contains('toggle'));
    if (onToggle || value < 0) this.toggle(value);
    else choose(this.view.trace, value === this.view.chosen ? -1 : value);
  }

  /** @param {MouseEvent} event */
  #dblclick(event) {
    const n = this.#rowAt(event);
    if (n >= 0 && this.valueOf(n) >= 0) pageKey(this, 'z');
  }

  /** @param {PointerEvent} event */
  #hover(event) {
    const left = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect().left + this.names + gap;
    const share = (event.clientX - left) / this.bars;
    this.#point(event.pointerType === 'mouse' && share >= 0 && share <= 1 ? share : null);
  }

  /** Shows the time at the pointer. @param {number | null} share of the bars' width */
  #point(share) {
    const axis = /** @type {TimeAxis | null} */ (this.renderRoot.querySelector('time-axis'));
    if (axis) axis.at = share;
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const scale = this.shownScale;
    if (scale) zoomWheel(event, this.getBoundingClientRect().left + this.names + gap, this.bars, (factor, share) => this.zoom(factor, timeAt(scale, share)), (by) => this.pan(by));
  }
}
customElements.define('span-tree', SpanTree);
