// SPDX-License-Identifier: Apache-2.0

import { APIError } from '../app/api.js';
import { address } from '../app/base.js';
import { CompareSide } from '../app/compare-side.js';
import { closed, compareViewer } from '../app/compare-view.js';
import { imported } from '../app/imports.js';
import { route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { cut } from '../lib/format.js';
import { href } from '../lib/url.js';
import '../parts/compare-bar.js';
import '../parts/compare-choose.js';
import '../parts/compare-head.js';
import '../parts/compare-path.js';
import '../parts/compare-tree.js';
import '../parts/note-box.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

const keys = /** @type {const} */ (['a', 'b']);

/** Two traces: what is new, gone, slower or faster in the second. */
export class ComparePage extends LitElement {
  static styles = [controls, css`
    :host { display: grid; height: 100%; grid-template: auto auto minmax(200px, 1fr) auto / minmax(0, 1fr); align-content: start; }
    .ask { overflow: auto; grid-row: 1 / -1; }
  `];

  constructor() {
    super();
    /** @type {Record<'a' | 'b', CompareSide>} */
    this.sides = { a: new CompareSide('', () => {}), b: new CompareSide('', () => {}) };
    this.viewer = compareViewer();
    this.again = () => this.requestUpdate();
    watch(this, route, closed);
  }

  connectedCallback() {
    super.connectedCallback();
    this.unwatch = imported.watch(() => {
      for (const key of keys) if (this.sides[key].failure) this.sides[key].load();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unwatch?.();
    for (const key of keys) this.sides[key].stop();
  }

  willUpdate() {
    if (route.value.page !== 'compare') return;
    const before = { ...this.sides };
    for (const key of keys) {
      const id = String(route.value.params[key]);
      if (before[key].id === id) continue;
      // When the two are swapped, both are here; they can be one trace.
      this.sides[key] = [before.a, before.b, this.sides.a].find((s) => s.id === id) ?? new CompareSide(id, this.again);
    }
    for (const key of keys) if (before[key] !== this.sides.a && before[key] !== this.sides.b) before[key].stop();
  }

  render() {
    if (route.value.page !== 'compare') return nothing; // it is about to be left
    const { a, b } = this.sides;
    if (!a.id || !b.id) return html`<div class="ask"><compare-choose .a=${a.id} .b=${b.id}></compare-choose></div>`;
    const failed = keys.filter((key) => this.sides[key].failure);
    if (failed.length) return this.#failed(failed);
    if (a.stopped || b.stopped) return html`<note-box heading="The traces were not loaded"><button @click=${() => keys.forEach((key) => this.sides[key].load())}>Load them</button></note-box>`;
    if (!a.trace || !b.trace) return html`<note-box kind="loading" heading="Loading the traces" @stop=${() => keys.forEach((key) => this.sides[key].stop())}></note-box>`;
    const view = this.viewer(a.trace, b.trace, route.value.params);
    return html`
      <compare-head .view=${view}></compare-head>
      <compare-bar .view=${view}></compare-bar>
      <compare-tree .view=${view}></compare-tree>
      ${view.chosen >= 0 ? html`<compare-path .view=${view}></compare-path>` : nothing}`;
  }

  /** @param {('a' | 'b')[]} which */
  #failed(which) {
    return html`<div class="ask">
      ${which.map((key) => {
        const { id, failure } = this.sides[key];
        const none = failure instanceof APIError && failure.status === 404;
        return html`<note-box kind="failed" heading=${none ? `No span of trace ${key} is stored: ${cut(id, 100)}` : `Trace ${key} cannot be shown: ${cut(id, 100)}`}
          detail=${none ? 'Either none has arrived yet, or they were older than what is kept.' : failure?.message ?? ''} @again=${() => this.sides[key].load()}>
          ${none ? html`<p>Choose another below, or see <a href=${address(href('status'))}>what is kept</a>.</p>` : nothing}</note-box>`;
      })}
      <compare-choose .a=${this.sides.a.id} .b=${this.sides.b.id}></compare-choose></div>`;
  }
}
customElements.define('compare-page', ComparePage);
