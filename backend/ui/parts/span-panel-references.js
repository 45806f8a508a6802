// SPDX-License-Identifier: Apache-2.0

/** @import { SpanLink, Trace, TraceSummary } from '../types.js' */
import { get } from '../app/api.js';
import { address } from '../app/base.js';
import { loadAllSpans } from '../app/load-spans.js';
import { changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, duration, number } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { href } from '../lib/url.js';
import { addLinks, shortTraceID } from '../trace/references.js';
import { spanID, spanOf } from '../trace/trace.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './service-name.js';
import './tag-list.js';

/** Traces of more spans are read for links to a span when somebody asks for it. */
const small = 1000;
/** Linked traces that are looked up, and links that are listed. */
const most = 50;

/** The links within traces that were read: trace/references.js. @type {WeakMap<Trace, Map<string, string[]>>} */
const known = new WeakMap();

/** What a span refers to, and what refers to it: its parent, children and links. */
export class SpanPanelReferences extends LitElement {
  static properties = {
    trace: { attribute: false }, span: { type: Number }, parentID: {}, links: { attribute: false },
    others: { state: true }, read: { state: true }, failure: { state: true },
  };

  static styles = [controls, css`
    :host { display: block; font-size: 13px; }
    ul { list-style: none; margin: 0; padding: 0; }
    li { display: grid; grid-template-columns: 7em minmax(0, 1fr); gap: 0 8px; align-items: baseline; line-height: 24px; }
    .kind { color: var(--text-soft); }
    .to { display: flex; gap: 6px; align-items: baseline; white-space: nowrap; }
    .to > :first-child { overflow: hidden; text-overflow: ellipsis; }
    .to > :not(:first-child) { flex: none; }
    tag-list { grid-column: 2; }
    p { margin: 4px 0 0; }
    button.quiet { padding-left: 0; }
  `];

  constructor() {
    super();
    /** @type {Trace | null} */
    this.trace = null;
    this.span = -1;
    /** "" for a root. */
    this.parentID = '';
    /** @type {SpanLink[]} */
    this.links = [];
    /** The traces that the links lead to; null: they are not asked for yet. @type {Map<string, TraceSummary> | null} */
    this.others = null;
    /** Spans that were read for it; -1: none is being read. */
    this.read = -1;
    /** @type {Error | null} */
    this.failure = null;
    this.lookup = new Latest();
    this.reading = new Latest();
    watch(this, route);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.lookup.cancel();
    this.#stop();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('links')) this.#lookUp();
    if (!changed.has('trace')) return;
    this.#stop();
    this.failure = null;
    if (this.trace && this.trace.count <= small && !known.has(this.trace)) this.#readAll();
  }

  async #lookUp() {
    this.others = null;
    const ids = [...new Set(this.links.map((l) => shortTraceID(l.traceID)))].filter((id) => id !== this.trace?.id).slice(0, most);
    if (!ids.length) return;
    try {
      const answer = await this.lookup.run((signal) => get('/api/search', { q: ids.map((id) => `id:${id}`).join(' '), limit: most }, signal));
      if (answer) this.others = new Map(answer.value.traces.map((/** @type {TraceSummary} */ t) => [t.traceID, t]));
    } catch {
      // then the links are shown without what they lead to
    }
  }

  #stop() {
    this.reading.cancel();
    this.read = -1;
  }

  async #readAll() {
    const t = this.trace;
    if (!t) return;
    this.failure = null;
    this.read = 0;
    try {
      const answer = await this.reading.run(async (signal) => {
        const links = new Map();
        for await (const { part, done } of loadAllSpans(t, signal)) {
          addLinks(links, part, t.id);
          this.read = done;
        }
        return links;
      });
      if (!answer) return;
      known.set(t, answer.value);
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
    this.read = -1;
  }

  render() {
    const t = this.trace;
    if (!t) return nothing;
    const parent = t.parent[this.span];
    const back = (known.get(t)?.get(spanID(t, this.span)) ?? []).map((id) => spanOf(t, id)).filter((i) => i >= 0);
    let children = 0;
    for (let i = this.span + 1; i < t.end[this.span]; i = t.end[i]) children++;
    const below = t.end[this.span] - this.span - 1;
    return html`<ul>
        ${this.#item('Parent', parent >= 0 ? this.#here(t, parent) : this.parentID ? html`<span class="mono">${this.parentID}</span><span>is not stored</span>` : html`<span class="soft">none: it is a root</span>`)}
        ${this.#item('Children', children ? html`<span>${number(children)}${below > children ? `, with all below them ${count(below, 'span')}` : ''}</span>` : html`<span class="soft">none</span>`)}
        ${this.links.slice(0, most).map((l) => this.#item(l.kind === 'child of' ? 'Child of' : 'Follows from', this.#to(t, l), l.tags.length ? html`<tag-list .tags=${l.tags} .service=${t.services[t.service[this.span]]}></tag-list>` : nothing))}
        ${back.slice(0, most).map((i) => this.#item('Linked from', this.#here(t, i)))}
      </ul>
      ${this.links.length > most ? html`<p class="soft">and ${count(this.links.length - most, 'more link')}</p>` : nothing}
      ${this.#reading(t, back.length)}`;
  }

  /**
   * @param {Trace} t
   * @param {number} back links to the span
   */
  #reading(t, back) {
    if (this.failure) return html`<p class="error" role="alert">Links to this span cannot be looked for: ${this.failure.message} <button class="quiet" @click=${() => this.#readAll()}>Try again</button></p>`;
    if (back > most) return html`<p class="soft">and ${number(back - most)} more</p>`;
    if (t.count <= small) return nothing;
    if (this.read >= 0) return html`<p class="soft" role="status">Looked at ${number(this.read)} of ${count(t.count, 'span')} <button class="quiet" @click=${() => this.#stop()}>Stop</button></p>`;
    if (known.has(t)) return back ? nothing : html`<p class="soft">No span of this trace links to it.</p>`;
    return html`<button class="quiet" @click=${() => this.#readAll()}>Look for links to this span</button>`;
  }

  /**
   * @param {string} kind
   * @param {unknown} to
   * @param {unknown} [below]
   */
  #item(kind, to, below = nothing) {
    return html`<li><span class="kind">${kind}</span><span class="to">${to}</span>${below}</li>`;
  }

  /**
   * A link to a span of this trace.
   * @param {Trace} t
   * @param {number} i
   */
  #here(t, i) {
    const name = t.names[t.name[i]];
    return html`<a href=${address(changed({ span: spanID(t, i) }))} title=${name.slice(0, 500)}><service-name .name=${t.services[t.service[i]]}></service-name> ${name.slice(0, 300)}</a>`;
  }

  /**
   * @param {Trace} t
   * @param {SpanLink} l
   */
  #to(t, l) {
    const id = shortTraceID(l.traceID);
    if (id === t.id) {
      const i = spanOf(t, l.spanID);
      return i >= 0 ? this.#here(t, i) : html`<span class="mono">${l.spanID}</span><span>is not stored</span>`;
    }
    const other = this.others?.get(id);
    const to = address(href('trace', { span: l.spanID }, id));
    if (other) return html`<a href=${to}><service-name .name=${other.rootService}></service-name> ${other.rootName.slice(0, 300)}</a><span>${duration(Number(other.duration))}, ${count(other.spans, 'span')}</span>`;
    return html`<a class="mono" href=${to}>${id}</a>${this.others ? html`<span>is not stored</span>` : nothing}`;
  }
}
customElements.define('span-panel-references', SpanPanelReferences);
