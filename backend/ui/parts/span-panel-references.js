// SPDX-License-Identifier: Apache-2.0

/** @import { Linking } from '../app/linked.js' */
/** @import { Lane, SpanLink, Trace, TraceSummary } from '../types.js' */
import { get } from '../app/api.js';
import { address } from '../app/base.js';
import { askLinking, linking, loadLinked } from '../app/linked.js';
import { changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, duration, number } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { href } from '../lib/url.js';
import { linkedFrom, linksOut, shortTraceID } from '../trace/references.js';
import { spanID, spanOf } from '../trace/trace.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './service-name.js';
import './tag-list.js';

/** Linked traces that are looked up, and links that are listed. */
const most = 50;

/** What a span refers to, and what refers to it: its parent, children and links. */
export class SpanPanelReferences extends LitElement {
  static properties = {
    trace: { attribute: false }, span: { type: Number }, parentID: {}, links: { attribute: false },
    others: { state: true }, lanes: { state: true }, failure: { state: true },
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
    /** The traces that link to this one; null: they are not loaded yet. @type {Lane[] | null} */
    this.lanes = null;
    /** @type {Error | null} */
    this.failure = null;
    /** Whose traces were loaded. @type {Linking | null} */
    this.asked = null;
    this.lookup = new Latest();
    this.loading = new Latest();
    watch(this, route, linking);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.lookup.cancel();
    this.loading.cancel();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const t = this.trace;
    if (changed.has('links')) this.#lookUp();
    if (t && changed.has('trace')) askLinking(t);
    const known = t && linking.value?.id === t.id ? linking.value : null;
    if (known === this.asked && !changed.has('trace')) return;
    this.asked = known;
    this.lanes = null;
    if (t && known?.traces.length) this.#loadLanes(t);
  }

  /** @param {Trace} t */
  async #loadLanes(t) {
    this.failure = null;
    try {
      const answer = await this.loading.run((signal) => loadLinked(t, signal, 1));
      if (answer) this.lanes = answer.value.lanes;
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
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

  render() {
    const t = this.trace;
    if (!t) return nothing;
    const parent = t.parent[this.span];
    const back = linkedFrom(t, t, this.span);
    const from = (this.lanes ?? []).flatMap((lane) => (lane.trace && lane.id !== t.id ? linkedFrom(lane.trace, t, this.span).map((i) => ({ lane, other: /** @type {Trace} */ (lane.trace), i })) : []));
    let children = 0;
    for (let i = this.span + 1; i < t.end[this.span]; i = t.end[i]) children++;
    const below = t.end[this.span] - this.span - 1;
    return html`<ul>
        ${this.#item('Parent', parent >= 0 ? this.#here(t, parent) : this.parentID ? html`<span class="mono">${this.parentID}</span><span>is not stored</span>` : html`<span class="soft">none: it is a root</span>`)}
        ${this.#item('Children', children ? html`<span>${number(children)}${below > children ? `, with all below them ${count(below, 'span')}` : ''}</span>` : html`<span class="soft">none</span>`)}
        ${this.links.slice(0, most).map((l) => this.#item(l.kind === 'child of' ? 'Child of' : 'Follows from', this.#to(t, l), l.tags.length ? html`<tag-list .tags=${l.tags} .service=${t.services[t.service[this.span]]}></tag-list>` : nothing))}
        ${back.slice(0, most).map((i) => this.#item('Linked from', this.#here(t, i)))}
        ${from.slice(0, most).map(({ lane, other, i }) => this.#item('Linked from', this.#there(lane, spanID(other, i), other.services[other.service[i]], other.names[other.name[i]])))}
      </ul>
      ${this.links.length > most ? html`<p class="soft">and ${count(this.links.length - most, 'more link')}</p>` : nothing}
      ${back.length > most || from.length > most ? html`<p class="soft">and linked from ${number(Math.max(0, back.length - most) + Math.max(0, from.length - most))} more</p>` : nothing}
      ${this.failure ? html`<p class="error" role="alert">Links from other traces cannot be looked for: ${this.failure.message} <button class="quiet" @click=${() => this.#loadLanes(t)}>Try again</button></p>` : nothing}
      ${route.value.params.view !== 'linked' && (linksOut(t) || this.asked?.traces.length) ? html`<p><a href=${address(changed({ view: 'linked', from: 0, to: 0 }))}>Linked traces on one time axis</a></p>` : nothing}`;
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
   * A link to a span of another trace.
   * @param {{ id: string }} trace
   * @param {string} span
   * @param {string} service
   * @param {string} name
   */
  #there({ id }, span, service, name) {
    return html`<a href=${address(href('trace', { span }, id))} title=${name.slice(0, 500)}><service-name .name=${service}></service-name> ${name.slice(0, 300)}</a>`;
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
    if (other) return html`${this.#there({ id }, l.spanID, other.rootService, other.rootName)}<span>${duration(Number(other.duration))}, ${count(other.spans, 'span')}</span>`;
    return html`<a class="mono" href=${address(href('trace', { span: l.spanID }, id))}>${id}</a>${this.others ? html`<span>is not stored</span>` : nothing}`;
  }
}
customElements.define('span-panel-references', SpanPanelReferences);
