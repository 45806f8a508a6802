// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Marked, Paths, Trace } from '../types.js' */
import { address } from '../app/base.js';
import { schedule } from '../app/frame.js';
import { ratio } from '../app/pixels.js';
import { adjust, changed, navigate, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { rowHeight, theme } from '../app/theme.js';
import { cursor } from '../app/trace-state.js';
import { onKeys, onResize, watch } from '../app/watch.js';
import { cut, duration, number, percent, count } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import { boxAt, layout, matches, unmatched, weights } from '../trace/flame.js';
import { longestOf, pathID, pathOfID, pathsOf } from '../trace/paths.js';
import { selfTimes } from '../trace/self-time.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { drawFlame } from './flame-canvas.js';
import { flameKey, flameKeys, treeKey } from './flame-keys.js';
import './flame-path.js';
import { treeItems } from './flame-items.js';
import { setStyle } from './set-style.js';

/**
 * The paths of a trace, each below the one that called it, as wide as its share of
 * the time. Boxes are drawn on a canvas; a tree that is not seen says the same
 * around the one where the keyboard is.
 */
export class FlameGraph extends LitElement {
  static properties = { view: { attribute: false }, width: { state: true }, height: { state: true }, over: { state: true } };

  static styles = [controls, css`
    :host { display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); min-height: 0; min-width: 0; }
    .head { display: flex; flex-wrap: wrap; align-items: center; gap: 0 16px; min-height: 24px; padding: 0 16px 4px; font-size: var(--small); font-variant-numeric: tabular-nums; }
    nav { flex: 1 1 240px; display: flex; gap: 0 6px; min-width: 0; white-space: nowrap; }
    nav > a, nav > b { min-width: 1.5em; max-width: 24em; overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate; }
    .narrow::before { content: ''; display: inline-block; width: 16px; margin: 0 6px 3px 0; border-top: 3px dashed var(--line-strong); }
    .tree { position: relative; overflow: hidden auto; margin: 0 16px; min-height: 0; outline-offset: -1px; cursor: pointer; }
    .all { min-height: 100%; }
    canvas { display: block; position: sticky; top: 0; }
    .tip { position: absolute; z-index: 1; max-width: min(420px, 90%); padding: 4px 8px; pointer-events: none; font-size: var(--small); background: var(--bg); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); }
    .tip b { display: block; overflow-wrap: anywhere; font-weight: 600; unicode-bidi: isolate; }
    .none { padding: 16px; margin: 0; cursor: default; }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    this.width = 0;
    this.height = 0;
    /** The box that is pointed at, and where, px. @type {{ box: number, x: number, y: number } | null} */
    this.over = null;
    /** Where the reader was brought, and is on the way to. @type {unknown} */
    this.seen = this.aimed = null;
    this.self = memo(selfTimes);
    this.sum = memo((/** @type {Float64Array} */ self) => self.reduce((a, b) => a + b, 0));
    this.pathsOf = memo((/** @type {Trace} */ t, /** @type {number} */ focus, /** @type {Uint8Array | null} */ hidden, /** @type {Marked | null} */ only) =>
      pathsOf(t, { self: this.self(t), focus, hidden: only ? unmatched(t, hidden, only) : hidden }));
    this.weights = memo(weights);
    this.layout = memo(layout);
    this.found = memo(matches);
    this.items = memo(treeItems);
    this.draw = () => this.#draw();
    watch(this, theme, cursor, ratio, route);
    onResize(this, () => {
      const tree = this.tree;
      this.width = tree?.clientWidth ?? 0;
      this.height = tree?.clientHeight ?? 0;
    });
    onKeys(this, flameKeys, (keys) => flameKey(this, keys));
  }

  get tree() {
    return /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.tree'));
  }

  /** What is shown: the paths, how wide each is, the one that is as wide as all (-1: the roots), and the one where the reader is (-1: none). */
  get shown() {
    const view = /** @type {TraceView} */ (this.view);
    const { params } = route.value;
    const paths = this.pathsOf(view.trace, view.focus, view.hidden?.mask ?? null, params.only ? view.found : null);
    const self = params.width === 'self';
    const weight = this.weights(paths, self);
    const top = pathOfID(paths, String(params.path));
    const at = cursor.value ? paths.of[cursor.value.at] ?? -1 : -1;
    return { view, paths, weight, top, at, self, flame: this.layout(paths, weight, top, this.width), match: view.found ? this.found(paths, view.found, self) : null };
  }

  /**
   * Shows a path as wide as all.
   * @param {number} path -1: the roots
   * @param {boolean} [step] Back leads to what is shown now
   */
  zoom(path, step = true) {
    const params = { path: path < 0 ? '' : pathID(this.shown.paths, path) };
    step ? navigate(changed(params)) : adjust(params);
  }

  /** Goes to a path. @param {number} path */
  go(path) {
    cursor.value = { at: longestOf(this.shown.paths, path) };
  }

  render() {
    if (!this.view || route.value.page !== 'trace') return nothing; // it is about to be left
    const { paths, weight, top, at, flame, match, self } = this.shown;
    const over = this.over && this.over.box < flame.path.length ? this.over : null;
    const shown = over ? flame.path[over.box] : at >= 0 ? at : flame.path[0] ?? -1;
    return html`
      <div class="head"><nav aria-label="The path that is shown">${this.#crumbs(paths, top)}</nav>${match ? html`<span role="status">${count(match.spans, 'span')} found, ${duration(match.time)}${self ? ' of self time' : ''}, ${percent(match.time / ((self ? this.sum(paths.self) : this.view.trace.duration) || 1))}</span>` : nothing}${flame.narrow.includes(true) ? html`<span class="narrow soft">at the same time or later, so drawn narrower</span>` : nothing}</div>
      <div class="tree" role="tree" tabindex="0" aria-label="Paths, by ${self ? 'self' : 'total'} time" aria-activedescendant=${at >= 0 ? `p${at}` : nothing}
        @scroll=${() => { this.over = null; schedule('draw', this.draw); }} @keydown=${(/** @type {KeyboardEvent} */ e) => treeKey(this, e)}
        @pointermove=${this.#point} @pointerleave=${() => { this.over = null; }} @click=${this.#click}>
        <div class="all" role="none" ${setStyle({ height: `${(flame.levels.length - 1) * rowHeight}px` })}><canvas aria-hidden="true"></canvas></div>
        ${this.items(paths, weight, at, top)}
        ${over ? this.#tip(paths, flame.path[over.box], flame.rest[over.box], over) : nothing}
        ${flame.path.length || !this.width ? nothing : html`<p class="none soft" role="none">${paths.count ? 'These spans took no time, so there is no width to draw. The table lists them.' : 'No span is left to show: hide less, or clear the search.'}</p>`}
      </div>
      <flame-path .paths=${paths} .path=${shown} .rest=${over ? flame.rest[over.box] : 0} .sum=${this.sum(this.self(this.view.trace))}></flame-path>`;
  }

  /**
   * The paths above the one that is shown, in the middle of many only those at both ends.
   * @param {Paths} paths
   * @param {number} top
   */
  #crumbs(paths, top) {
    const wrong = top < 0 && route.value.params.path !== '';
    if (top < 0) return wrong ? html`<span role="status">The path of this address is not among the spans that are shown.</span>` : html`<b>All paths</b><span class="soft">${number(paths.count)}</span>`;
    const above = [];
    for (let p = paths.parent[top]; p >= 0; p = paths.parent[p]) above.unshift(p);
    const cutAt = above.length > 5 ? above.length - 3 : 0;
    const name = (/** @type {number} */ p) => cut(paths.trace.names[paths.name[p]], 100);
    return html`<a href=${address(changed({ path: '' }))} title="Show all paths (Esc)">All paths</a>${above.map((p, i) => (cutAt && i > 0 && i < cutAt ? (i === 1 ? html`<span>›</span><span>… ${number(cutAt - 1)} …</span>` : nothing)
      : html`<span>›</span><a href=${address(changed({ path: pathID(paths, p) }))} title=${name(p)}>${name(p)}</a>`))}<span>›</span><b title=${name(top)}>${name(top)}</b>`;
  }

  /**
   * @param {Paths} paths
   * @param {number} p
   * @param {number} rest
   * @param {{ x: number, y: number }} place
   */
  #tip({ trace: t, service, name, total, self, spans }, p, rest, { x, y }) {
    const right = x > this.width / 2;
    return html`<div class="tip" aria-hidden="true" ${setStyle({ top: `${y + 18}px`, ...(right ? { right: `${this.width - x}px` } : { left: `${x}px` }) })}>${rest
      ? `${number(rest)} more, each narrower than a pixel`
      : html`<b>${cut(t.services[service[p]], 80)} ${cut(t.names[name[p]], 160)}</b>${duration(total[p])}, self ${duration(self[p])}, ${count(spans[p], 'span')}`}</div>`;
  }

  updated() {
    const tree = this.tree;
    if (!tree || !this.view) return;
    if (tree.clientWidth !== this.width) this.width = tree.clientWidth; // a scrollbar came or went
    this.height = tree.clientHeight;
    const { paths, flame, at } = this.shown;
    if (at >= 0 && this.seen !== cursor.value && this.width) {
      const box = flame.path.findIndex((p, i) => p === at && !flame.rest[i]);
      const again = this.aimed === cursor.value;
      this.aimed = cursor.value;
      if (box >= 0 || again) this.seen = cursor.value;
      if (box < 0) this.zoom(again ? at : paths.parent[at], false); // it is too narrow, or elsewhere
      else {
        const y = flame.levels.findLastIndex((from) => from <= box) * rowHeight;
        if (y < tree.scrollTop) tree.scrollTop = y;
        else if (y + rowHeight > tree.scrollTop + tree.clientHeight) tree.scrollTop = y + rowHeight - tree.clientHeight;
      }
    }
    schedule('draw', this.draw);
  }

  #draw() {
    const canvas = this.renderRoot.querySelector('canvas');
    if (!canvas || !this.view || !this.width || route.value.page !== 'trace') return;
    const { view, paths, weight, at, flame, match } = this.shown;
    const over = this.over?.box ?? -1;
    drawFlame(canvas, { paths, flame, weight, found: match?.byPath ?? null, at, chosen: view.chosen < 0 ? -1 : paths.of[view.chosen], over, top: this.tree?.scrollTop ?? 0 }, this.width, this.height);
  }

  /** @param {MouseEvent} event */
  #boxAt(event) {
    const tree = /** @type {HTMLElement} */ (this.tree);
    const { left, top } = tree.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top + tree.scrollTop];
    return { box: boxAt(this.shown.flame, Math.floor(y / rowHeight), x), x, y };
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const over = this.#boxAt(event);
    this.over = over.box < 0 || event.pointerType === 'touch' ? null : over;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const { box } = this.#boxAt(event);
    if (box < 0) return;
    const { flame, paths, top } = this.shown;
    const p = flame.path[box];
    this.over = null;
    if (flame.rest[box]) {
      if (p !== top) this.zoom(p);
      return;
    }
    this.go(p);
    this.zoom(p === top ? paths.parent[p] : p);
  }
}
customElements.define('flame-graph', FlameGraph);
