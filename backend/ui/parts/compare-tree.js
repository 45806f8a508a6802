// SPDX-License-Identifier: Apache-2.0

/** @import { CompareView } from '../app/compare-view.js' */
/** @import { Stretch } from '../types.js' */
import { closed } from '../app/compare-view.js';
import { schedule } from '../app/frame.js';
import { ratio } from '../app/pixels.js';
import { adjust, route } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { rowHeight, theme } from '../app/theme.js';
import { onKeys, onResize, watch } from '../app/watch.js';
import { memo } from '../lib/memo.js';
import { hashAt, pathAt } from '../trace/compare.js';
import { pathID } from '../trace/paths.js';
import { timeScale } from '../trace/time-scale.js';
import { stretch, within } from '../trace/zoom.js';
import { LitElement, css, html, nothing, repeat } from '../vendor/lit.js';
import { drawBeside } from './compare-canvas.js';
import { row, rowStyles } from './compare-row.js';
import { gridKey, pageKey, pageKeys } from './compare-tree-keys.js';
import { setStyle } from './set-style.js';
import './time-axis.js';
import { chunkAt, gridStyle, headHeight, rowsInPage } from './tree-grid.js';

/** The paths of two traces as one tree, with the numbers of both or their bars over time. */
export class CompareTree extends LitElement {
  static properties = { view: { attribute: false }, top: { state: true }, width: { state: true }, height: { state: true }, active: { state: true } };

  static styles = [controls, gridStyle, rowStyles, css`
    :host { border-top: 1px solid var(--line); }
    .row.head { line-height: ${/** @type {any} */ (headHeight - 1)}px; font-size: var(--small); color: var(--text-soft); }
    .head > :first-child { padding-left: 16px; overflow: hidden; text-overflow: ellipsis; }
    .head > .num { text-align: right; }
    p { padding: 16px; margin: 0; }
  `];

  constructor() {
    super();
    /** @type {CompareView | null} */
    this.view = null;
    /** The first chunk in sight. */
    this.top = 0;
    this.width = 0;
    this.height = 0;
    /** The path where the keyboard is, -1: none. */
    this.active = -1;
    this.scale = memo(timeScale);
    this.draw = () => this.#draw();
    this.read = () => { this.top = chunkAt(this.grid?.scrollTop ?? 0); };
    watch(this, route, closed, theme, settings, ratio);
    onResize(this, () => {
      this.width = this.grid?.clientWidth ?? 0;
      if (this.clientHeight < this.height) this.wanted = this.active; // the panel below must not hide it
      this.height = this.clientHeight;
    });
    onKeys(this, pageKeys, (key) => pageKey(this, key));
  }

  get grid() {
    return /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.grid'));
  }

  get beside() {
    return route.value.params.view === 'beside';
  }

  /** Width of the names, px. */
  get names() {
    return this.width < 668 ? 130 : Math.min(settings.value.names, Math.round(this.width * 0.45));
  }

  /** Where bars begin, px. */
  get left() {
    return this.width < 668 ? 136 : this.names + 182;
  }

  get shownScale() {
    const { view } = this;
    const { from, to } = route.value.params;
    const all = view ? Math.max(view.c.a.trace.duration, view.c.b.trace.duration) : 0;
    const shown = within({ from: Number(from), to: Number(to) }, all);
    return { all, scale: this.scale(shown.from, shown.to, view?.gaps()) };
  }

  /** The rows that are in the page. */
  get inPage() {
    return rowsInPage(this.top, this.height, this.view?.rows.length ?? 0);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const { view } = this;
    const before = /** @type {CompareView | undefined} */ (changed.get('view'));
    if (!view || !changed.has('view')) return;
    if (before && before.c !== view.c) this.active = -1; // they are numbers of the other tree
    if (view.chosen >= 0 && view.chosen !== before?.chosen) this.#reveal(view.chosen);
  }

  /** Opens what is closed above a path, and goes there. @param {number} at */
  #reveal(at) {
    const { c } = /** @type {CompareView} */ (this.view);
    const paths = new Set(closed.value.paths);
    for (let up = c.parent[at]; up >= 0; up = c.parent[up]) paths.delete(hashAt(c, up));
    if (paths.size !== closed.value.paths.size) closed.value = { ...closed.value, paths };
    this.active = at;
    this.wanted = at;
  }

  render() {
    const { view, beside } = this;
    if (!view || route.value.page !== 'compare') return nothing;
    const { first, last } = this.inPage;
    const rows = view.rows;
    const flat = route.value.params.sort === 'time';
    const place = { view, active: this.active, closed: closed.value.paths, flat, beside, names: beside ? this.names : this.width < 668 ? 200 : 400 };
    const head = (/** @type {string} */ kind, /** @type {string} */ text, about = '') => html`<span role="columnheader" class=${kind} title=${about || nothing}>${text}</span>`;
    const critical = route.value.params.by === 'critical';
    return html`<div class="grid ${beside ? 'beside' : ''}" role="treegrid" tabindex="0" aria-label="Paths of both traces" aria-rowcount=${rows.length + 1}
      aria-activedescendant=${rows.subarray(first, last).includes(this.active) ? `r${this.active}` : nothing}
      ${setStyle({ '--names': `${this.names}px` })} @scroll=${() => schedule('read', this.read)} @keydown=${(/** @type {KeyboardEvent} */ e) => gridKey(this, e)}>
      <div class="row head" role="row" aria-rowindex="1">
        ${head('', 'Service and operation', 'Spans of the same names on the way to them are one row')}
        ${head('change', 'In b')}
        ${beside ? nothing : html`
          ${head('num spans', 'Spans a → b')}
          ${head('num errors', 'Errors')}
          ${head('num total', 'Total a → b', 'The sum of their durations')}
          ${critical ? head('num self', 'Critical path', 'For how long the trace waited for them') : head('num self', 'Self a → b', 'When a span ran and none of its children did')}`}
        <span role="columnheader" class="delta" title=${critical ? 'Of the critical path' : 'Of the self time'}><span>Difference</span></span>
        ${beside ? html`<span role="columnheader" aria-label="Time"><time-axis .scale=${this.shownScale.scale} .width=${this.bars} .below=${Math.min(this.height, headHeight + rows.length * rowHeight)} @stretch=${this.#stretch}></time-axis></span>` : nothing}
      </div>
      <div class="rows" role="rowgroup" ${setStyle({ height: `${rows.length * rowHeight}px` })} @click=${this.#click}>
        ${beside ? html`<canvas aria-hidden="true" ${setStyle({ top: `${first * rowHeight}px`, left: `${this.left}px` })}></canvas>` : nothing}
        ${repeat(rows.subarray(first, last), (at) => at, (at, i) => row(at, first + i, place))}
      </div>
      ${rows.length ? nothing : html`<p class="soft">No path is left to show: <button @click=${() => adjust({ only: '', find: '' })}>Show all</button></p>`}
    </div>`;
  }

  /** Width of the bars, px. */
  get bars() {
    return Math.max(0, this.width - this.left - (this.width < 668 ? 8 : 56));
  }

  updated() {
    const { grid, view } = this;
    if (!grid || !view) return;
    if (!this.width && grid.clientWidth) this.width = grid.clientWidth;
    const n = this.wanted === undefined ? -1 : view.rows.indexOf(this.wanted);
    if (n >= 0 && this.height) {
      this.wanted = undefined;
      const sight = this.height - headHeight;
      if (n * rowHeight < grid.scrollTop) grid.scrollTop = (n - 1) * rowHeight;
      else if ((n + 1) * rowHeight > grid.scrollTop + sight) grid.scrollTop = (n + 2) * rowHeight - sight;
    }
    if (this.beside) schedule('draw', this.draw);
  }

  #draw() {
    const canvas = this.renderRoot.querySelector('canvas');
    if (!canvas || !this.view) return;
    const { first, last } = this.inPage;
    drawBeside(canvas, this.view, { rows: this.view.rows.subarray(first, last), scale: this.shownScale.scale, width: this.bars });
  }

  /** @param {CustomEvent<Stretch>} event */
  #stretch({ detail: { from, to } }) {
    adjust(rounded(stretch(from, to, this.shownScale.all)));
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const path = event.composedPath();
    const e = path.find((e) => e instanceof HTMLElement && e.dataset.row !== undefined);
    if (!(e instanceof HTMLElement) || !this.view) return;
    const at = this.view.rows[Number(e.dataset.row)];
    this.active = at;
    if (path.some((e) => e instanceof HTMLElement && e.classList.contains('toggle'))) this.toggle(at);
    else this.choose(at);
  }

  /** Chooses a path, or none when it is chosen. @param {number} at */
  choose(at) {
    const { c, chosen } = /** @type {CompareView} */ (this.view);
    const { paths, path } = pathAt(c, at);
    adjust({ path: at === chosen ? '' : pathID(paths, path) });
  }

  /** Shows what is below a path, or no longer. @param {number} at */
  toggle(at) {
    const { c } = /** @type {CompareView} */ (this.view);
    const paths = new Set(closed.value.paths);
    if (!paths.delete(hashAt(c, at))) paths.add(hashAt(c, at));
    closed.value = { ...closed.value, paths };
  }

  /** Moves the keyboard to a row; where a path is chosen, it is this one then. @param {number} n */
  go(n) {
    const { rows, chosen } = /** @type {CompareView} */ (this.view);
    if (!rows.length) return;
    const at = rows[Math.max(0, Math.min(rows.length - 1, n))];
    this.active = this.wanted = at;
    if (chosen >= 0 && chosen !== at) this.choose(at);
  }
}
customElements.define('compare-tree', CompareTree);

/** @param {Stretch} s */
function rounded({ from, to }) {
  return { from: Math.round(from), to: Math.round(to) };
}
