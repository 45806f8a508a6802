// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
import { adjust } from '../app/router.js';
import { controls } from '../app/styles.js';
import { focusOn, goTo, measureFrom } from '../app/trace-actions.js';
import { count } from '../lib/format.js';
import { timesBetween } from '../trace/measure.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** What is left out of the trace, or measured in it, and how to end that. */
export class TraceNotes extends LitElement {
  static properties = { view: { attribute: false } };

  static styles = [controls, css`
    :host { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: var(--small); }
    p { margin: 0; display: flex; align-items: center; gap: 6px; min-width: 0; }
    b { font-weight: 600; max-width: 22em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    button { min-height: 22px; padding: 1px 8px; }
    button.quiet { min-height: 0; padding: 0; border: 0; display: inline-grid; }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
  }

  render() {
    const { view } = this;
    if (!view) return nothing;
    const { trace: t, rows, focus } = view;
    return html`
      ${focus >= 0 ? html`<p>Only the subtree of <b>${t.names[t.name[focus]].slice(0, 200)}</b><button @click=${() => focusOn(t, -1)}>Show all</button></p>` : nothing}
      ${rows.hidden ? html`<p role="status">${count(rows.hidden, 'span')} hidden${rows.hiddenErrors ? html`, <span class="error">${count(rows.hiddenErrors, 'error')} among them</span>` : nothing}
        <button @click=${() => adjust({ hide: [] })}>Show</button></p>` : nothing}
      ${view.measured >= 0 ? this.#measure(view) : nothing}`;
  }

  /** @param {TraceView} view */
  #measure(view) {
    const { trace: t, measured: a, chosen: b } = view;
    const link = (/** @type {number} */ span) => html`<button class="quiet" @click=${() => goTo(view, span)}><b>${t.names[t.name[span]].slice(0, 200)}</b></button>`;
    const stop = html`<button @click=${() => measureFrom(t, -1)}>Stop measuring</button>`;
    if (b < 0 || b === a) return html`<p role="status">Measuring from ${link(a)} <span>choose another span</span> ${stop}</p>`;
    const time = (/** @type {number} */ i) => ({ from: t.starts[i], to: t.starts[i] + t.durations[i] });
    return html`<p role="status">From ${link(a)} to ${link(b)} <span>${timesBetween(time(a), time(b))}</span> ${stop}</p>`;
  }
}
customElements.define('trace-notes', TraceNotes);
