// SPDX-License-Identifier: Apache-2.0

/** @import { TraceSummary } from '../types.js' */
/** @import { TraceGroup } from '../lib/grouping.js' */
import { pick, picking } from '../app/compare-pick.js';
import { schedule } from '../app/frame.js';
import { navigate } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { theme } from '../app/theme.js';
import { onKeys, onResize, watch } from '../app/watch.js';
import { zoneName } from '../lib/format.js';
import { groupTraces, lines } from '../lib/grouping.js';
import { barEnd } from '../lib/scale.js';
import { href } from '../lib/url.js';
import { LitElement, html, nothing, repeat } from '../vendor/lit.js';
import './compare-strip.js';
import { setStyle } from './set-style.js';
import { groupRow, listStyles, traceRow } from './trace-list-row.js';

/** @type {import('../app/keys.js').Key[]} */
const keys = [{ keys: 'c', does: 'Compare this trace with another: press it on both', page: 'traces' }];

/** Below this width in px a trace has three lines. */
const narrow = 720;

/**
 * Traces, one a row. Only the rows in sight are in the page, whose scroller is
 * another element.
 *
 * @fires remove-column with the tag's name
 */
export class TraceList extends LitElement {
  static properties = {
    rows: { attribute: false }, columns: { attribute: false }, group: {}, scroller: { attribute: false }, opened: {},
    first: { state: true }, sight: { state: true }, narrow: { state: true }, active: { state: true }, closed: { state: true },
  };

  static styles = [controls, listStyles];

  constructor() {
    super();
    /** @type {TraceSummary[]} */
    this.rows = [];
    /** Tags, whose values the rows have. @type {string[]} */
    this.columns = [];
    /** What the rows are grouped by: service, operation, a tag of columns, or nothing. */
    this.group = '';
    /** @type {HTMLElement | null} */
    this.scroller = null;
    /** The trace that the keys are at, at first. */
    this.opened = '';
    /** The first line in sight, and how many are. */
    this.first = 0;
    this.sight = 30;
    this.narrow = false;
    /** The line that the keys move. */
    this.active = -1;
    /** Names of groups. @type {Set<string>} */
    this.closed = new Set();
    /** @type {TraceGroup[] | null} */
    this.groups = null;
    this.lines = new Int32Array(0);
    /** The duration in ns of a bar of full width. */
    this.barEnd = 1;
    this.read = () => this.#read();
    this.moved = () => schedule('read', this.read);
    watch(this, theme, settings, picking);
    onResize(this, this.moved);
    onKeys(this, keys, () => pick(this.rows[this.lines[this.active]] ?? null));
  }

  connectedCallback() {
    super.connectedCallback();
    this.scroller?.addEventListener('scroll', this.moved, { passive: true });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.scroller?.removeEventListener('scroll', this.moved);
  }

  get rowHeight() {
    return this.narrow ? 76 : 30;
  }

  #read() {
    const scroller = this.scroller;
    const body = this.renderRoot.querySelector('.body');
    if (!scroller || !body) return;
    this.narrow = this.clientWidth < narrow;
    const above = scroller.getBoundingClientRect().top - body.getBoundingClientRect().top;
    this.first = Math.max(0, Math.floor(above / this.rowHeight));
    this.sight = Math.ceil(scroller.clientHeight / this.rowHeight) + 1;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!this.hasUpdated) this.narrow = this.clientWidth < narrow;
    if (['rows', 'group', 'columns', 'closed'].some((name) => changed.has(name))) {
      this.groups = this.group ? groupTraces(this.rows, this.group, this.columns) : null;
      this.lines = lines(this.rows.length, this.groups, this.closed);
      this.barEnd = barEnd(this.rows.map((t) => Number(t.duration)));
      this.active = Math.min(this.active, this.lines.length - 1);
    }
    if (!this.hasUpdated && this.opened) this.active = this.lines.findIndex((line) => line >= 0 && this.rows[line].traceID === this.opened);
  }

  firstUpdated() {
    if (this.active >= 0) this.#focus();
  }

  #focus() {
    /** @type {HTMLElement} */ (this.renderRoot.querySelector('[tabindex="0"]')).focus({ preventScroll: true });
  }

  updated() {
    this.moved();
  }

  render() {
    const from = Math.min(this.first, Math.max(0, this.lines.length - 1));
    const shown = this.lines.subarray(from, from + this.sight);
    const zone = settings.value.zone;
    const now = new Date();
    return html`<div role=${this.groups ? 'treegrid' : 'grid'} tabindex="0" aria-label="Traces" class=${this.narrow ? 'narrow' : 'wide'}
        aria-rowcount=${this.lines.length + 1}
        aria-activedescendant=${this.active >= from && this.active < from + shown.length ? `line${this.active}` : nothing} @click=${this.#pick} @keydown=${this.#key} @blur=${() => { this.active = -1; }}>
      <div role="row" class="row head" aria-rowindex="1">
        <span role="columnheader" class="time">Start (${zoneName(zone, now)})</span>
        <span role="columnheader" class="duration"><span>Duration</span></span>
        <span role="columnheader" class="name">Trace</span>
        <span role="columnheader" class="spans">Spans</span>
        <span role="columnheader" class="errors">Errors</span>
        <span role="columnheader" class="services">Services (spans)</span>
        ${this.columns.map((c) => html`<span role="columnheader" class="column" title=${c}><span class="cut">${c}</span><button class="quiet" aria-label=${`Remove column ${c}`}
          @click=${() => this.dispatchEvent(new CustomEvent('remove-column', { detail: c }))}>×</button></span>`)}
      </div>
      <div class="body" role="rowgroup" ${setStyle({ height: `${this.lines.length * this.rowHeight}px` })}>
        ${repeat(shown, (_, n) => (from + n) % this.sight, (line, n) => {
          const at = { index: from + n, top: (from + n) * this.rowHeight, active: from + n === this.active };
          if (line < 0 && this.groups) {
            const g = this.groups[~line];
            return groupRow(g, at, !this.closed.has(g.name), () => this.#toggle(g.name));
          }
          return traceRow(this.rows[line], at, { barEnd: this.barEnd, zone, today: now, theme: theme.value, columns: this.columns, level: this.groups ? 2 : 0, narrow: this.narrow, picked: picking.value?.first?.traceID ?? '' });
        })}
      </div>
    </div>
    ${picking.value ? html`<compare-strip></compare-strip>` : nothing}`;
  }

  /** @param {string} name of a group */
  #toggle(name) {
    const closed = new Set(this.closed);
    if (!closed.delete(name)) closed.add(name);
    this.closed = closed;
  }

  /** A click on a trace picks it, while two are picked. @param {MouseEvent} event */
  #pick(event) {
    const id = event.composedPath().map((e) => (e instanceof HTMLElement ? e.dataset.trace : '')).find(Boolean);
    const trace = picking.value && this.rows.find((t) => t.traceID === id);
    if (!trace || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    pick(trace);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.composedPath()[0] instanceof HTMLButtonElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, this.sight - 4);
    const line = this.lines[this.active];
    const group = line < 0 ? this.groups?.[~line] : undefined;
    switch (event.key) {
      case 'ArrowDown': this.#go(this.active + 1); break;
      case 'ArrowUp': this.#go(this.active - 1); break;
      case 'PageDown': this.#go(this.active + page); break;
      case 'PageUp': this.#go(this.active - page); break;
      case 'Home': this.#go(0); break;
      case 'End': this.#go(this.lines.length - 1); break;
      case 'ArrowLeft':
      case 'ArrowRight':
        if (!group) return;
        if (this.closed.has(group.name) === (event.key === 'ArrowRight')) this.#toggle(group.name);
        break;
      case 'Enter':
        if (group) this.#toggle(group.name);
        else if (line >= 0 && picking.value) pick(this.rows[line]);
        else if (line >= 0) navigate(href('trace', {}, this.rows[line].traceID));
        else return;
        break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * Moves the focus to the list, and its active line.
   * @param {number} by lines
   */
  move(by) {
    this.#focus();
    this.#go(this.active < 0 ? this.first : this.active + by);
  }

  /** Moves the active line into sight. @param {number} to */
  #go(to) {
    this.active = Math.max(0, Math.min(to, this.lines.length - 1));
    const scroller = this.scroller;
    const body = this.renderRoot.querySelector('.body');
    const head = this.renderRoot.querySelector('.head');
    if (!scroller || !body || !head) return;
    const top = body.getBoundingClientRect().top + this.active * this.rowHeight;
    const above = top - (head.getBoundingClientRect().bottom || scroller.getBoundingClientRect().top + 90);
    const below = top + this.rowHeight - scroller.getBoundingClientRect().bottom;
    if (above < 0) scroller.scrollTop += above;
    else if (below > 0) scroller.scrollTop += below;
  }
}
customElements.define('trace-list', TraceList);
