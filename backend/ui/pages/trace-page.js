// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { loadTrace } from '../app/load-trace.js';
import { controls } from '../app/styles.js';
import { Latest } from '../lib/latest.js';
import '../parts/note-box.js';
import '../parts/span-tree.js';
import { LitElement, css, html } from '../vendor/lit.js';

/** One trace. */
export class TracePage extends LitElement {
  static properties = { trace: {}, loaded: { state: true }, failure: { state: true } };

  static styles = [controls, css`:host { display: grid; height: 100%; }`];

  constructor() {
    super();
    /** The trace's id. */
    this.trace = '';
    /** @type {Trace | null} */
    this.loaded = null;
    /** @type {Error | null} */
    this.failure = null;
    this.latest = new Latest();
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
    try {
      const answer = await this.latest.run((signal) => loadTrace(this.trace, signal));
      if (answer) this.loaded = answer.value;
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  render() {
    if (this.failure) return html`<note-box kind="failed" heading="The trace cannot be shown" detail=${this.failure.message} @again=${() => this.#load()}></note-box>`;
    if (!this.loaded) return html`<note-box kind="loading" heading="Loading the trace" @stop=${() => this.latest.cancel()}></note-box>`;
    return html`<span-tree .trace=${this.loaded}></span-tree>`;
  }
}
customElements.define('trace-page', TracePage);
