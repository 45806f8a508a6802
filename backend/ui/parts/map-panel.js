// SPDX-License-Identifier: Apache-2.0

/** @import { MapCall, ServiceMap } from '../types.js' */
import { address } from '../app/base.js';
import { changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, duration, number, percent } from '../lib/format.js';
import { perSecond } from '../lib/graph.js';
import { href } from '../lib/url.js';
import { withWindow } from '../search/edit.js';
import { condition } from '../search/write.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './service-name.js';

/** Rows of a list. */
const some = 8;

/** The numbers of what is chosen on the map: a service, a call, or what stands out in all of it. */
export class MapPanel extends LitElement {
  static properties = { map: { attribute: false }, seconds: { type: Number }, chosen: { attribute: false }, all: { state: true } };

  static styles = [controls, css`
    :host { display: block; min-width: 0; overflow: auto; padding: 10px 16px 24px; border-left: 1px solid var(--line); font-size: 13px; }
    h2, h3 { margin: 0; font-size: 14px; overflow-wrap: anywhere; }
    h3 { margin: 16px 0 2px; font-size: 13px; }
    h2 service-name { white-space: normal; }
    .head { display: flex; justify-content: space-between; align-items: start; gap: 8px; }
    dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 16px; margin: 8px 0; font-variant-numeric: tabular-nums; }
    dt { color: var(--text-soft); }
    dd { margin: 0; }
    .go { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 8px 0 0; padding: 0; list-style: none; }
    ol { margin: 0; padding: 0; list-style: none; }
    li a.row { display: grid; grid-template-columns: minmax(0, 1fr) auto 58px; gap: 0 8px; line-height: 24px; color: var(--text); font-variant-numeric: tabular-nums; }
    a.row > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    a.row > :nth-child(n + 2) { text-align: right; }
    a.row:hover { background: var(--bg-hover); text-decoration: none; }
    p { margin: 4px 0; }
    @media (max-width: 800px) { :host { border-left: 0; border-top: 1px solid var(--line); } }
  `];

  constructor() {
    super();
    /** @type {ServiceMap} */
    this.map = { services: [], calls: [] };
    this.seconds = 1;
    /** Names. @type {string[]} */
    this.chosen = [];
    /** Of the lists, those of which all rows are shown. @type {string[]} */
    this.all = [];
    watch(this, route);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('chosen')) this.all = [];
  }

  render() {
    if (route.value.page !== 'map') return nothing;
    const [a, b] = this.chosen;
    return html`${b !== undefined ? this.#call(a, b) : a !== undefined ? this.#service(a) : this.#overview()}<slot></slot>`;
  }

  #overview() {
    const { calls, services } = this.map;
    const share = (/** @type {MapCall} */ c) => c.errors / c.calls;
    const failing = calls.filter((c) => c.errors).sort((x, y) => y.errors - x.errors || share(y) - share(x));
    const busy = calls.toSorted((x, y) => y.calls - x.calls);
    return html`<h2>${count(services.length, 'service')}, ${count(calls.length, 'link')} between them</h2>
      ${failing.length ? this.#list('Most errors', failing, (c) => this.#both(c), 'errors') : html`<p>${this.map.noErrors ? 'Which calls failed is not stored.' : 'No call between them failed.'}</p>`}
      ${this.#list('Most calls', busy, (c) => this.#both(c))}`;
  }

  /** @param {string} name */
  #service(name) {
    const { map, seconds } = this;
    const i = map.services.findIndex((s) => s.name === name);
    const s = map.services[i];
    if (!s) return html`${this.#head(html`<service-name .name=${name.slice(0, 200)}></service-name>`)}<p>It made and got no calls in this time.</p>${this.#links(name)}`;
    const r = s.rates;
    return html`${this.#head(html`<service-name .name=${name.slice(0, 200)}></service-name>`)}
      <dl>
        ${r ? html`<dt>Requests</dt><dd>${perSecond(r.spans, seconds)} <span class="soft">(${number(r.spans)})</span></dd>
          <dt>Errors</dt><dd class=${r.errors ? 'error' : ''}>${percent(r.errors / r.spans)} <span class="soft">(${number(r.errors)})</span></dd>
          <dt>Durations</dt><dd>p50 ${duration(Number(r.durations.p50))}<br>p95 ${duration(Number(r.durations.p95))}<br>p99 ${duration(Number(r.durations.p99))}</dd>`
        : html`<dt>Calls to it</dt><dd>${perSecond(s.got, seconds)} <span class="soft">(${number(s.got)})</span></dd>${map.noErrors ? nothing : html`<dt>Failed</dt><dd class=${s.failed ? 'error' : ''}>${percent(s.got ? s.failed / s.got : 0)} <span class="soft">(${number(s.failed)})</span></dd>`}`}
      </dl>
      ${this.#links(name)}
      ${this.#list('Called by', map.calls.filter((c) => c.to === i), (c) => this.#one(c.from))}
      ${this.#list('Calls', map.calls.filter((c) => c.from === i), (c) => this.#one(c.to))}`;
  }

  /** @param {string} name */
  #links(name) {
    const service = condition('service', ':', name);
    const { since, until } = window();
    return html`<ul class="go">
      <li><a href=${address(href('services', { service: name, since, until }))}>Service page</a></li>
      <li><a href=${traces(service)}>Traces</a></li>
      <li><a href=${traces(`${service} status:error`)}>Traces with its errors</a></li>
      ${route.value.params.service === name ? nothing : html`<li><a href=${address(changed({ service: name }))}>Only its neighbours</a></li>`}
    </ul>`;
  }

  /**
   * @param {string} from
   * @param {string} to
   */
  #call(from, to) {
    const { services, calls } = this.map;
    const c = calls.find((c) => services[c.from].name === from && services[c.to].name === to);
    const [a, b] = [condition('service', ':', from), condition('service', ':', to)];
    const name = (/** @type {string} */ n) => html`<a href=${address(changed({ chosen: [n] }))}><service-name .name=${n.slice(0, 200)}></service-name></a>`;
    return html`${this.#head(html`${name(from)} → ${name(to)}`)}
      ${c ? html`<dl>
        <dt>Calls</dt><dd>${perSecond(c.calls, this.seconds)} <span class="soft">(${number(c.calls)})</span></dd>
        ${this.map.noErrors ? nothing : html`<dt>Errors</dt><dd class=${c.errors ? 'error' : ''}>${percent(c.errors / c.calls)} <span class="soft">(${number(c.errors)})</span></dd>`}
      </dl>` : html`<p>There is no such call in this time.</p>`}
      <ul class="go">
        <li><a href=${traces(`{${a}} {${b}}`)}>Traces of both</a></li>
        <li><a href=${traces(`{${a}} {${b} status:error}`)}>with errors of the callee</a></li>
      </ul>
      <p class="soft">A call is a span of the callee whose parent is of the caller. These searches find the traces in which both took part.</p>`;
  }

  /** @param {unknown} title */
  #head(title) {
    return html`<div class="head"><h2>${title}</h2><a href=${address(changed({ chosen: [] }))} aria-label="Close" title="Show what stands out (Esc)">✕</a></div>`;
  }

  /**
   * @param {string} title
   * @param {MapCall[]} calls
   * @param {(call: MapCall) => unknown} name
   * @param {'calls' | 'errors'} rate of what
   */
  #list(title, calls, name, rate = 'calls') {
    if (!calls.length) return html`<h3>${title}</h3><p class="soft">nobody in this time</p>`;
    const { services, noErrors } = this.map;
    const shown = this.all.includes(title) ? calls : calls.slice(0, some);
    return html`<h3>${title}${calls.length > shown.length ? html` <span class="soft">${shown.length} of ${number(calls.length)}</span>` : nothing}</h3>
      <ol>${shown.map((c) => html`<li><a class="row" href=${address(changed({ chosen: [services[c.from].name, services[c.to].name] }))}>
        <span>${name(c)}</span><span>${perSecond(c[rate], this.seconds)}</span><span class=${c.errors ? 'error' : 'soft'}>${c.errors ? `◆ ${percent(c.errors / c.calls)}` : noErrors ? '' : '0 %'}</span></a></li>`)}</ol>
      ${calls.length > shown.length ? html`<button class="quiet" @click=${() => { this.all = [...this.all, title]; }}>Show all</button>` : nothing}`;
  }

  /** @param {MapCall} c */
  #both(c) {
    const { services } = this.map;
    const [from, to] = [services[c.from].name, services[c.to].name];
    return html`<span title=${`${from} → ${to}`.slice(0, 300)}>${from.slice(0, 100)} → ${to.slice(0, 100)}</span>`;
  }

  /** @param {number} i */
  #one(i) {
    return html`<service-name title=${this.map.services[i].name.slice(0, 300)} .name=${this.map.services[i].name.slice(0, 100)}></service-name>`;
  }
}
customElements.define('map-panel', MapPanel);

/** The window of the map. */
function window() {
  return { since: String(route.value.params.since ?? ''), until: String(route.value.params.until ?? '') };
}

/** Where a search of the map's window shows its traces. @param {string} q */
function traces(q) {
  return address(href('traces', { q: withWindow(q, window()) }));
}
