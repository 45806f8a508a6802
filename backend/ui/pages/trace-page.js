// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Trace } from '../types.js' */
import { APIError } from '../app/api.js';
import { address } from '../app/base.js';
import { loadTrace } from '../app/load-trace.js';
import { route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { seek } from '../app/trace-actions.js';
import { watchGrowth } from '../app/trace-growth.js';
import { matched } from '../app/trace-match.js';
import { show, state } from '../app/trace-state.js';
import { traceViewer } from '../app/trace-view.js';
import { leaveUsual } from '../app/usual.js';
import { watch } from '../app/watch.js';
import { Latest } from '../lib/latest.js';
import { href } from '../lib/url.js';
import '../parts/flame-graph.js';
import '../parts/linked-traces.js';
import '../parts/log-list.js';
import '../parts/minimap.js';
import '../parts/note-box.js';
import '../parts/span-panel.js';
import '../parts/span-table.js';
import '../parts/span-tree.js';
import '../parts/trace-header.js';
import '../parts/trace-toolbar.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** One trace: its header, then the view that the address names, and beside it the chosen span. */
export class TracePage extends LitElement {
  static properties = { trace: {}, loaded: { state: true }, failure: { state: true }, stopped: { state: true }, arrived: { state: true } };

  static styles = [controls, css`
    :host { display: grid; height: 100%; grid-template: auto auto minmax(220px, 1fr) / minmax(0, 1fr) auto; }
    trace-header, trace-toolbar, note-box { grid-column: 1 / -1; }
    trace-header { grid-row: 1; }
    trace-toolbar { grid-row: 2; }
    .view { grid-row: 3; display: grid; grid-template-rows: auto minmax(0, 1fr); gap: 8px; min-height: 0; min-width: 0; }
    .view > :only-child { grid-row: 1 / -1; }
    span-panel { min-height: 0; overflow: auto; }
    @media (max-width: 700px) {
      .view.chosen { gap: 0; }
      .chosen > trace-minimap { display: none; }
    }
  `];

  constructor() {
    super();
    /** The trace's id. */
    this.trace = '';
    /** @type {Trace | null} */
    this.loaded = null;
    /** @type {Error | null} */
    this.failure = null;
    this.stopped = false;
    /** How many spans came since it was opened. */
    this.arrived = 0;
    this.latest = new Latest();
    this.viewer = traceViewer();
    this.endWatch = () => {};
    watch(this, route, state, matched);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
    this.endWatch();
    leaveUsual();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('trace')) this.#load();
  }

  async #load() {
    this.failure = this.loaded = null;
    this.stopped = false;
    this.arrived = 0;
    this.endWatch();
    try {
      await this.#read();
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  async #read() {
    const answer = await this.latest.run((signal) => loadTrace(this.trace, signal));
    if (!answer) return;
    if (this.loaded) this.arrived += answer.value.total - this.loaded.total;
    show(answer.value);
    this.loaded = answer.value;
    this.endWatch();
    this.endWatch = watchGrowth(answer.value, () => this.#read());
  }

  #stop() {
    this.latest.cancel();
    this.stopped = true;
  }

  render() {
    if (this.failure) return this.#failed(this.failure);
    if (this.stopped) return html`<note-box heading="The trace was not loaded"><button @click=${() => this.#load()}>Load it</button></note-box>`;
    const t = this.loaded;
    const now = state.value;
    if (!t || !now || route.value.page !== 'trace') return html`<note-box kind="loading" heading="Loading the trace" @stop=${this.#stop}></note-box>`;
    const view = this.viewer(t, now, route.value.params, matched.value);
    const tree = !['table', 'logs', 'linked'].includes(String(route.value.params.view));
    return html`
      <trace-header .trace=${t} .arrived=${this.arrived} @error-next=${() => seek(view, 1, (i) => t.status[i] === 2)}></trace-header>
      ${tree ? html`<trace-toolbar .view=${view}></trace-toolbar>` : nothing}
      <div class="view ${view.chosen >= 0 ? 'chosen' : ''}">${this.#view(view)}</div>
      ${view.chosen >= 0 ? html`<span-panel .trace=${t} .span=${view.chosen}></span-panel>` : nothing}`;
  }

  /** @param {Error} failure */
  #failed(failure) {
    const none = failure instanceof APIError && failure.status === 404;
    return html`<note-box kind="failed" heading=${none ? 'No span of this trace is stored' : 'The trace cannot be shown'}
      detail=${none ? 'Either none has arrived yet, or they were older than what is kept.' : failure.message} @again=${() => this.#load()}>
      <p><a href=${address('/')}>All traces</a> · <a href=${address(href('status'))}>What is kept</a></p></note-box>`;
  }

  /** @param {TraceView} view */
  #view(view) {
    switch (route.value.params.view) {
      case 'flame':
        return html`<flame-graph .view=${view}></flame-graph>`;
      case 'table':
        return html`<span-table .view=${view}></span-table>`;
      case 'logs':
        return html`<log-list .view=${view}></log-list>`;
      case 'linked':
        return html`<linked-traces .view=${view}></linked-traces>`;
      default:
        return html`<trace-minimap .view=${view}></trace-minimap><span-tree .view=${view}></span-tree>`;
    }
  }
}
customElements.define('trace-page', TracePage);
