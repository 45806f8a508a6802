// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { LinkedTraces, Trace } from '../types.js' */
import { address } from '../app/base.js';
import { loadLinked } from '../app/linked.js';
import { adjust, changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, duration, number } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { href } from '../lib/url.js';
import { waitOf } from '../trace/linked.js';
import { timesBetween } from '../trace/measure.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './linked-lanes.js';
import { nameOf, refOf, timeOf } from './linked-lane.js';
import './linked-list.js';
import './note-box.js';

/** A trace, those it links to and those that link to it, on one time axis, and what lies between their spans. */
export class LinkedTracesView extends LitElement {
  static properties = { view: { attribute: false }, linked: { state: true }, done: { state: true }, failure: { state: true }, stopped: { state: true } };

  static styles = [controls, css`
    :host { display: grid; grid-template-rows: auto minmax(140px, 1fr) auto; min-height: 0; min-width: 0; }
    .head { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; padding: 0 16px 8px; min-height: 38px; font-size: var(--small); }
    button { min-height: 26px; padding: 1px 8px; }
    p { margin: 0; display: flex; flex-wrap: wrap; align-items: center; gap: 2px 6px; }
    b { font-weight: 600; overflow-wrap: anywhere; }
    .mono { overflow-wrap: anywhere; }
    .tools { display: flex; gap: 6px; margin-left: auto; }
    linked-list { max-height: 28vh; overflow: auto; border-top: 1px solid var(--line-strong); }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    /** @type {LinkedTraces | null} */
    this.linked = null;
    /** Traces that are loaded, and how many are known of. */
    this.done = { traces: 0, of: 0 };
    /** @type {Error | null} */
    this.failure = null;
    this.stopped = false;
    this.id = '';
    this.latest = new Latest();
    watch(this, route);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const before = /** @type {TraceView | null | undefined} */ (changed.get('view'));
    if (this.view && changed.has('view') && this.view.trace !== before?.trace) this.#load(this.view.trace);
  }

  /** @param {Trace} t */
  async #load(t) {
    if (this.id !== t.id) this.linked = null; // else spans came, and what is shown stays until theirs are read
    this.id = t.id;
    this.failure = null;
    this.stopped = false;
    this.done = { traces: 0, of: 0 };
    try {
      const answer = await this.latest.run((signal) => loadLinked(t, signal, undefined, (traces, of) => { this.done = { traces, of }; }));
      if (answer) this.linked = answer.value;
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  #stop() {
    this.latest.cancel();
    this.stopped = true;
  }

  render() {
    const t = this.view?.trace;
    if (!t) return nothing;
    const again = () => this.#load(t);
    if (this.failure) return html`<note-box kind="failed" heading="The linked traces cannot be shown" detail=${this.failure.message} @again=${again}></note-box>`;
    const { linked } = this;
    if (!linked && this.stopped) return html`<note-box heading="The linked traces were not loaded"><button @click=${again}>Load them</button></note-box>`;
    if (!linked) return html`<note-box kind="loading" heading="Loading the linked traces" detail=${this.done.of ? `${number(this.done.traces)} of ${number(this.done.of)}` : ''} @stop=${this.#stop}></note-box>`;
    if (linked.lanes.length === 1 && !linked.lost.length) {
      return html`<note-box heading="No other trace is linked with this one">A span links to another trace by <code>opentracing.FollowsFrom(…)</code>, or by a link of OpenTelemetry: what reads from a queue, say, to what wrote into it.
        <p><a href=${address(changed({ view: 'tree' }))}>Timeline</a></p></note-box>`;
    }
    return html`
      <div class="head">${this.#summary(linked)}${this.#measured(linked)}<div class="tools">
        ${linked.gaps.length ? html`<button aria-pressed=${String(Boolean(route.value.params.gaps))} title="Times in which no trace did anything" @click=${() => adjust({ gaps: !route.value.params.gaps })}>Shrink idle</button>` : nothing}
      </div></div>
      <linked-lanes .linked=${linked}></linked-lanes>
      ${linked.links.length ? html`<linked-list .linked=${linked}></linked-list>` : nothing}`;
  }

  /** @param {LinkedTraces} linked */
  #summary({ lanes, links, moreLinks, left, lost }) {
    const longest = links[0];
    return html`
      <p>${count(lanes.length, 'trace')}, ${count(links.length + moreLinks, 'link')}${longest && waitOf(longest) > 0 ? html`; the longest wait is <b>${duration(waitOf(longest))}</b> between ${nameOf(lanes[longest.to], longest.target)} and ${nameOf(lanes[longest.lane], longest.span)}` : nothing}</p>
      ${left > 0 ? html`<p class="soft">${count(left, 'more trace')} ${left === 1 ? 'is' : 'are'} linked, and not shown</p>` : nothing}
      ${lost.length ? html`<p class="soft">${count(lost.length, 'linked trace')} ${lost.length === 1 ? 'is' : 'are'} not stored: <span class="mono">${lost.slice(0, 3).map((id, i) => html`${i ? ', ' : ''}<a href=${address(href('trace', {}, id))}>${id}</a>`)}${lost.length > 3 ? ', …' : ''}</span></p>` : nothing}`;
  }

  /** What is measured between two spans. @param {LinkedTraces} linked */
  #measured(linked) {
    const { from_span: from, span } = route.value.params;
    const [a, b] = [String(from), String(span)].map((ref) => refOf(linked, ref));
    if (!a) return b ? html`<button title="Measure from the chosen span to another (m)" @click=${() => adjust({ from_span: span })}>Measure from here</button>` : nothing;
    const stop = html`<button @click=${() => adjust({ from_span: '' })}>Stop measuring</button>`;
    const first = html`Measuring from <b>${nameOf(linked.lanes[a.lane], a.span)}</b>`;
    if (!b || from === span) return html`<p role="status">${first} choose another span ${stop}</p>`;
    return html`<p role="status">${first} to <b>${nameOf(linked.lanes[b.lane], b.span)}</b> <span>${timesBetween(timeOf(linked, a), timeOf(linked, b))}</span> ${stop}</p>`;
  }
}
customElements.define('linked-traces', LinkedTracesView);
