// SPDX-License-Identifier: Apache-2.0

/** @import { CompareView } from '../app/compare-view.js' */
/** @import { Paths } from '../types.js' */
import { address } from '../app/base.js';
import { adjust } from '../app/router.js';
import { controls } from '../app/styles.js';
import { count, cut, duration, since } from '../lib/format.js';
import { href } from '../lib/url.js';
import { pathAt } from '../trace/compare.js';
import { pathID } from '../trace/paths.js';
import { spanID } from '../trace/trace.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './service-name.js';

/** So many spans of a path are named, the longest, and so many paths above it. */
const [named, above] = [6, 6];

/** The chosen path: its spans in both traces. */
export class ComparePath extends LitElement {
  static properties = { view: { attribute: false } };

  static styles = [controls, css`
    :host { display: block; max-height: 42vh; overflow: auto; padding: 8px 16px 12px; border-top: 1px solid var(--line-strong); font-variant-numeric: tabular-nums; }
    header { display: flex; align-items: start; gap: 8px 16px; }
    h2 { flex: 1; min-width: 0; margin: 0; font-size: var(--size); font-weight: 600; overflow-wrap: anywhere; }
    h2 .soft { font-weight: 400; }
    .two { display: grid; grid-template-columns: 1fr 1fr; gap: 4px 24px; }
    section { min-width: 0; }
    h3 { margin: 6px 0 2px; font-size: var(--size); font-weight: 600; }
    h3 span { font-weight: 400; }
    h3 a { text-decoration: underline; }
    ul { list-style: none; margin: 0; padding: 0; font-size: 13px; }
    li { display: flex; gap: 12px; line-height: 24px; white-space: nowrap; }
    li a { min-width: 60px; text-align: right; }
    @media (max-width: 700px) { .two { grid-template-columns: 1fr; } }
  `];

  constructor() {
    super();
    /** @type {CompareView | null} */
    this.view = null;
  }

  render() {
    const { view } = this;
    if (!view || view.chosen < 0) return nothing;
    const { c, chosen } = view;
    const { service, name } = pathAt(c, chosen);
    const up = [];
    for (let at = c.parent[chosen]; at >= 0 && up.length <= above; at = c.parent[at]) up.unshift(pathAt(c, at));
    return html`
      <header><h2><span class="soft">${up.map((p, i) => html`${i || up.length <= above ? html`${cut(p.service, 60)} ${cut(p.name, 80)}` : '…'} › `)}</span><service-name .name=${cut(service, 200)}></service-name> <bdi>${cut(name, 500)}</bdi></h2>
        <button @click=${() => adjust({ path: '' })}>Close</button></header>
      <div class="two">${this.#spans('a', c.a, view.inA(), c.inA[chosen])}${this.#spans('b', c.b, view.inB(), c.inB[chosen])}</div>`;
  }

  /**
   * @param {string} key
   * @param {Paths} paths
   * @param {{ first: Int32Array, members: Int32Array }} all
   * @param {number} path -1: none
   */
  #spans(key, paths, { first, members }, path) {
    if (path < 0) return html`<section><h3>${key}: no such span</h3></section>`;
    const t = paths.trace;
    const spans = members.slice(first[path], first[path + 1]).sort((x, y) => t.durations[y] - t.durations[x] || x - y);
    const n = spans.length;
    const everyOne = href('trace', { find: `path:${pathID(paths, path)}`, only: true }, t.id);
    return html`<section><h3>${key}: ${n > 1 ? html`<a href=${address(everyOne)}>${count(n, 'span')}</a> <span class="soft">of ${duration(paths.total[path] / n)} on average, the longest:</span>` : '1 span'}</h3>
      <ul>${[...spans.subarray(0, named)].map((i) => html`<li><a href=${address(href('trace', { span: spanID(t, i) }, t.id))}>${duration(t.durations[i])}</a><span class="soft">starts at ${since(t.starts[i])}</span>${t.status[i] === 2 ? html`<span class="error">error</span>` : nothing}</li>`)}</ul></section>`;
  }
}
customElements.define('compare-path', ComparePath);
