// SPDX-License-Identifier: Apache-2.0

/** @import { LinkPattern, LinkSource, SpanView, Trace } from '../types.js' */
import { address } from '../app/base.js';
import { linkSource } from '../app/link-patterns.js';
import { loadSpans } from '../app/load-spans.js';
import { adjust, changed, route } from '../app/router.js';
import { change, settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { duration, percent, since, time, zoneName } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { memo } from '../lib/memo.js';
import { href } from '../lib/url.js';
import { kinds } from '../search/words.js';
import { whySampled } from '../trace/sampled.js';
import { selfTimes } from '../trace/self-time.js';
import { errorText, spanViews, viewOf } from '../trace/span-view.js';
import { newTag } from '../trace/tag.js';
import { spanID } from '../trace/trace.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './copy-button.js';
import './note-box.js';
import './service-name.js';
import './side-handle.js';
import './span-panel-logs.js';
import './span-panel-references.js';
import './span-panel-usual.js';
import './tag-list.js';
import './tag-value.js';

/** Everything that is known of the chosen span. */
export class SpanPanel extends LitElement {
  static properties = { trace: { attribute: false }, span: { type: Number }, view: { state: true }, failure: { state: true } };

  static styles = [controls, css`
    :host { display: grid; grid-template: minmax(0, 1fr) / auto minmax(0, 1fr); width: min(var(--panel), 75vw); background: var(--bg); }
    @media (max-width: 700px) {
      :host { grid-area: auto / 1 / auto / -1; width: auto; height: 45vh; border-top: 1px solid var(--line-strong); }
      side-handle { display: none; }
    }
    .all { overflow: auto; padding: 8px 12px 24px 8px; }
    header { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; align-items: center; gap: 0 4px; }
    header a { display: flex; min-width: 0; color: var(--text-soft); }
    service-name { overflow: hidden; text-overflow: ellipsis; }
    h2 { margin: 0 0 6px; font-size: 16px; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere; unicode-bidi: isolate; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; }
    .facts { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 0 0 8px; }
    span-panel-usual { margin-bottom: 8px; }
    .facts dt, summary .soft { font-size: var(--small); }
    .facts dt { color: var(--text-soft); }
    .facts dd { margin: 0; font-variant-numeric: tabular-nums; }
    .status { margin: 0 0 8px; padding: 6px 10px; border-left: 4px solid var(--error); background: var(--bg-error); overflow-wrap: anywhere; }
    .warning { margin: 0 0 8px; padding: 6px 10px; border-left: 4px solid var(--warning); background: var(--bg-warning); overflow-wrap: anywhere; }
    .old { opacity: 0.5; } /* of the span before, while this one is loading */
    details { border-top: 1px solid var(--line); padding: 4px 0 8px; }
    details:not([open]) { padding-bottom: 4px; }
    summary { display: flex; gap: 8px; align-items: baseline; min-height: 26px; cursor: pointer; list-style: none; white-space: nowrap; overflow: hidden; }
    summary::-webkit-details-marker { display: none; }
    summary::before { content: '▸'; width: 0.8em; flex: none; color: var(--text-soft); }
    details[open] > summary::before { content: '▾'; }
    summary b { font-weight: 600; }
    summary .line { overflow: hidden; text-overflow: ellipsis; }
    details[open] > summary .line { visibility: hidden; }
    details > :not(summary) { margin-left: 1.2em; }
    details p { margin: 0; }
  `];

  constructor() {
    super();
    /** @type {Trace | null} */
    this.trace = null;
    /** Index in the trace. */
    this.span = -1;
    /** @type {SpanView | null} */
    this.view = null;
    /** @type {Error | null} */
    this.failure = null;
    /** The span above all, in which trace. @type {{ t: Trace, i: number, view: SpanView | null } | null} */
    this.root = null;
    /** The sections that were opened or closed by hand. @type {Map<string, boolean>} */
    this.folded = new Map();
    this.self = memo(selfTimes);
    this.latest = new Latest();
    this.source = memo(linkSource);
    watch(this, route, settings);
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      this.#close();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('trace') || changed.has('span')) this.#load();
  }

  async #load() {
    const [t, span] = [this.trace, this.span];
    this.failure = null;
    if (!t || span < 0 || span >= t.count) return;
    let root = span;
    while (t.parent[root] >= 0) root = t.parent[root];
    const load = async (/** @type {number} */ i, /** @type {AbortSignal} */ signal) => viewOf(t, i, spanViews(await loadSpans(t, [i], signal), t.start)) ?? null;
    try {
      const answer = await this.latest.run(async (signal) => {
        // The root says why the trace was recorded.
        if (this.root?.t !== t || this.root.i !== root) this.root = { t, i: root, view: await load(root, signal) };
        return root === span ? this.root.view : load(span, signal);
      });
      if (!answer) return;
      this.view = answer.value;
      if (!this.view) this.failure = new Error('It is no longer stored: the oldest traces are removed first.');
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  updated() {
    this.style.setProperty('--panel', `${settings.value.panel}px`);
  }

  #close() {
    adjust({ span: '' });
  }

  render() {
    const [t, i] = [this.trace, this.span];
    if (!t || i < 0 || i >= t.count) return nothing;
    const service = t.services[t.service[i]];
    const name = t.names[t.name[i]];
    const self = this.self(t)[i];
    const took = t.durations[i];
    const share = t.duration > 0 ? ` ${percent(took / t.duration)}` : '';
    const { zone } = settings.value;
    const start = t.start + BigInt(Math.round(t.starts[i]));
    return html`
      <side-handle label="Width of the panel" right .size=${settings.value.panel} .min=${280} .max=${1000} @size=${(/** @type {CustomEvent} */ e) => change({ panel: e.detail })}></side-handle>
      <div class="all" role="region" aria-label="The chosen span">
        <header>
          <a href=${address(href('services', { service, op: name, kind: kinds[t.kind[i]] === 'server' || kinds[t.kind[i]] === 'consumer' ? 'requests' : 'all' }))} title=${`Rates, errors and durations of this operation of ${service.slice(0, 400)}`}><service-name .name=${service}></service-name></a>
          <copy-button label="Copy link" what="to the span" .text=${location.origin + address(changed({ span: spanID(t, i) }))}></copy-button>
          <button class="quiet" aria-label="Close the span" @click=${() => this.#close()}>✕</button>
        </header>
        <h2 title=${name.slice(0, 500)}>${name.slice(0, 2000)}</h2>
        <dl class="facts">
          <div><dt>Start</dt><dd title="${time(start, zone, { digits: 9 })} ${zoneName(zone, new Date(Number(start / 1_000_000n)))}">${since(t.starts[i])}</dd></div>
          <div><dt>Duration</dt><dd title="${took} ns${share ? `,${share} of the trace` : ''}">${duration(took)}<span class="soft">${share}</span></dd></div>
          <div><dt>Self time</dt><dd>${duration(self)}</dd></div>
          ${t.kind[i] ? html`<div><dt>Kind</dt><dd>${kinds[t.kind[i]]}</dd></div>` : nothing}
        </dl>
        <span-panel-usual .service=${service} .operation=${name} .duration=${took}></span-panel-usual>
        ${this.failure ? html`<note-box kind="failed" heading="The span cannot be shown" detail=${this.failure.message} @again=${() => this.#load()}></note-box>` : this.#details(t, i)}
      </div>`;
  }

  /**
   * @param {Trace} t
   * @param {number} i
   */
  #details(t, i) {
    const v = this.view;
    if (!v) return html`<note-box kind="loading" heading="Loading the span" @stop=${() => this.latest.cancel()}></note-box>`;
    const failure = errorText(v);
    const source = this.source(t, v, this.root?.view ?? null);
    const why = whySampled(v.tags) || whySampled(this.root?.view?.tags ?? []);
    return html`<div class=${v.spanID === spanID(t, i) ? '' : 'old'} aria-busy=${v.spanID !== spanID(t, i)}>
      ${v.status === 2 ? html`<div class="status"><b>Error</b>${failure ? html`<tag-value .tag=${newTag('', { stringValue: failure })}></tag-value>` : nothing}</div>` : nothing}
      ${v.warnings.map((w) => html`<p class="warning"><b>Warning</b>: ${w.slice(0, 2000)}</p>`)}
      ${this.#tags('Tags', v.tags, v.service, true, v.dropped.tags, 'tags', source)}
      ${v.logs.length || v.dropped.logs ? this.#section('Logs', v.logs.length, '', v.logs.length <= 20, html`
        <span-panel-logs .logs=${v.logs} .service=${v.service} .source=${source}></span-panel-logs>${left(v.dropped.logs, 'logs')}`) : nothing}
      ${this.#section('References', NaN, '', true, html`<span-panel-references .trace=${t} .span=${i} .links=${v.links} .parentID=${v.parentID}></span-panel-references>${left(v.dropped.links, 'links')}`)}
      ${this.#tags('Process', v.process, v.service, false, 0, 'process', source)}
      ${v.scope.name || v.scope.tags.length ? this.#section('Scope', NaN, `${v.scope.name} ${v.scope.version}`, false, html`
        <p class="mono">${v.scope.name} ${v.scope.version}</p><tag-list .tags=${v.scope.tags} .service=${v.service}></tag-list>`) : nothing}
      ${why ? this.#section('Recorded because', NaN, why, false, html`<p>${why}.</p>`) : nothing}
      ${this.#section('Ids', NaN, v.spanID, false, html`<dl class="facts">
        <div><dt>Span</dt><dd class="mono">${v.spanID} <copy-button what="the span's id" .text=${v.spanID}></copy-button></dd></div>
        <div><dt>Trace</dt><dd class="mono">${v.traceID} <copy-button what="the trace's id" .text=${v.traceID}></copy-button></dd></div>
        ${v.traceState ? html`<div><dt>Trace state</dt><dd class="mono">${v.traceState}</dd></div>` : nothing}
      </dl>`)}
    </div>`;
  }

  /**
   * @param {string} name
   * @param {SpanView['tags']} tags
   * @param {string} service
   * @param {boolean} open
   * @param {number} dropped
   * @param {LinkPattern['type']} of
   * @param {LinkSource} source
   */
  #tags(name, tags, service, open, dropped, of, source) {
    const line = tags.slice(0, 10).map((tag) => `${tag.key}=${tag.text.slice(0, 60)}`).join('  ');
    return this.#section(name, tags.length, line, open && tags.length > 0, html`
      ${tags.length ? html`<tag-list .tags=${tags} .service=${service} .of=${of} .source=${source}></tag-list>` : html`<p class="soft">There are none.</p>`}${left(dropped, 'tags')}`);
  }

  /**
   * A part that can be folded, and stays so when another span is chosen.
   * @param {string} name
   * @param {number} n NaN: not counted
   * @param {string} line shown while it is folded
   * @param {boolean} open unless somebody folded it
   * @param {unknown} content
   */
  #section(name, n, line, open, content) {
    const isOpen = this.folded.get(name) ?? open;
    return html`<details .open=${isOpen} @toggle=${(/** @type {Event} */ e) => {
      const now = /** @type {HTMLDetailsElement} */ (e.target).open;
      if (now === isOpen) return;
      this.folded.set(name, now);
      this.requestUpdate();
    }}><summary><b>${name}</b>${Number.isNaN(n) ? nothing : html`<span class="soft">${n}</span>`}<span class="soft line">${line}</span></summary>${isOpen ? content : nothing}</details>`;
  }
}
customElements.define('span-panel', SpanPanel);

/**
 * @param {number} n
 * @param {string} what
 */
function left(n, what) {
  return n ? html`<p class="soft">The sender left out ${n} more ${what}.</p>` : nothing;
}
