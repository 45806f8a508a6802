// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Trace } from '../types.js' */
import { loadTrace } from '../app/load-trace.js';
import { route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { show, state } from '../app/trace-state.js';
import { traceViewer } from '../app/trace-view.js';
import { watch } from '../app/watch.js';
import { Latest } from '../lib/latest.js';
import '../parts/log-list.js';
import '../parts/minimap.js';
import '../parts/note-box.js';
import '../parts/share-menu.js';
import '../parts/span-panel.js';
import '../parts/span-table.js';
import '../parts/span-tree.js';
import '../parts/trace-header.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** One trace: its header, then the view that the address names, and beside it the chosen span. */
export class TracePage extends LitElement {
  static properties = { trace: {}, loaded: { state: true }, failure: { state: true } };

  static styles = [controls, css`
    :host { display: grid; height: 100%; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) auto; }
    trace-header { grid-column: 1 / -1; }
    .view { display: grid; grid-template-rows: auto minmax(0, 1fr); gap: 8px; min-height: 0; min-width: 0; }
    .view > :only-child { grid-row: 1 / -1; }
    span-panel { min-height: 0; overflow: auto; border-left: 1px solid var(--line); }
  `];

  constructor() {
    super();
    /** The trace's id. */
    this.trace = '';
    /** @type {Trace | null} */
    this.loaded = null;
    /** @type {Error | null} */
    this.failure = null;
    this.latest = new Latest();
    this.viewer = traceViewer();
    watch(this, route, state);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('trace')) this.#load();
  }

  async #load() {
    this.failure = null;
    this.loaded = null;
    try {
      const answer = await this.latest.run((signal) => loadTrace(this.trace, signal));
      if (!answer) return;
      show(answer.value);
      this.loaded = answer.value;
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  render() {
    if (this.failure) return html`<note-box kind="failed" heading="The trace cannot be shown" detail=${this.failure.message} @again=${() => this.#load()}></note-box>`;
    const t = this.loaded;
    if (!t) return html`<note-box kind="loading" heading="Loading the trace" @stop=${() => this.latest.cancel()}></note-box>`;
    const now = state.value;
    if (!now || route.value.page !== 'trace') return nothing;
    const view = this.viewer(t, now, route.value.params);
    return html`
      <trace-header .trace=${t}></trace-header>
      <div class="view">${this.#view(view)}</div>
      ${view.chosen >= 0 ? html`<span-panel .trace=${t} .span=${view.chosen}></span-panel>` : nothing}`;
  }

  /** @param {TraceView} view */
  #view(view) {
    switch (route.value.params.view) {
      case 'table':
        return html`<span-table .trace=${view.trace}></span-table>`;
      case 'logs':
        return html`<log-list .trace=${view.trace}></log-list>`;
      default:
        return html`<trace-minimap .view=${view}></trace-minimap><span-tree .view=${view}></span-tree>`;
    }
  }
}
customElements.define('trace-page', TracePage);
