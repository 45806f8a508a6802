// SPDX-License-Identifier: Apache-2.0

/** @import { Sending } from '../app/imports.js' */
import { address } from '../app/base.js';
import { close, files, importFiles, running, send } from '../app/imports.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { bytes, count, number } from '../lib/format.js';
import { href } from '../lib/url.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

const events = /** @type {const} */ (['dragenter', 'dragover', 'dragleave', 'drop']);

/** Imports files that are dropped anywhere on the page, and says what became of them. */
export class ImportDrop extends LitElement {
  static properties = { over: { state: true } };

  static styles = [controls, css`
    :host { display: contents; }
    .over { position: fixed; inset: 0; z-index: 20; display: grid; place-items: center; background: color-mix(in srgb, var(--bg) 85%, transparent); border: 3px dashed var(--accent); font-size: 1.3em; pointer-events: none; }
    .panel { position: fixed; right: 16px; bottom: 16px; z-index: 10; width: min(420px, calc(100vw - 32px)); max-height: 50vh; overflow: auto; padding: 12px 16px; background: var(--bg-raised); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); }
    .panel header { display: flex; align-items: center; justify-content: space-between; }
    h2 { font-size: 1em; margin: 0; }
    ul { list-style: none; margin: 0; padding: 0; }
    li { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; padding: 8px 0; border-top: 1px solid var(--line); }
    li > * { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
    .name { white-space: nowrap; align-self: center; }
    .over p { padding: 16px 24px; background: var(--bg-raised); border-radius: var(--radius); }
    .wide { grid-column: 1 / -1; overflow-wrap: anywhere; }
    progress { grid-column: 1; width: 100%; align-self: center; accent-color: var(--accent); }
  `];

  constructor() {
    super();
    this.over = false;
    this.hear = (/** @type {DragEvent} */ event) => this.#hear(event);
    watch(this, files);
  }

  connectedCallback() {
    super.connectedCallback();
    for (const type of events) addEventListener(type, this.hear);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const type of events) removeEventListener(type, this.hear);
  }

  render() {
    const list = files.value;
    return html`
      ${this.over ? html`<div class="over"><p>Drop files of traces here: Jaeger’s JSON or OTLP</p></div>` : nothing}
      ${list.length ? html`<section class="panel" aria-label="Imported files">
        <header><h2>Import</h2>${list.some(running) ? nothing : html`<button class="quiet" @click=${close}>Close</button>`}</header>
        <ul aria-live="polite">${list.map((f) => this.#file(f))}</ul>
      </section>` : nothing}`;
  }

  /** @param {Sending} f */
  #file(f) {
    const name = html`<span class="name" title=${f.file.name.slice(0, 300)}>${f.file.name}</span>`;
    if (f.failure) return html`<li>${name}<button @click=${() => send(f)}>Try again</button><span class="error wide">${f.failure.message}</span></li>`;
    if (!f.answer) {
      return html`<li>${name}<span class="soft">${bytes(f.sent)} of ${bytes(f.file.size)}</span>
        <progress max=${Math.max(f.file.size, 1)} .value=${f.sent} aria-label=${`Sending ${f.file.name.slice(0, 100)}`}></progress><button @click=${() => f.stop.abort()}>Cancel</button>
        ${f.sent >= f.file.size ? html`<span class="soft wide">Sent. The server reads it.</span>` : nothing}</li>`;
    }
    const { spans, traces, refused, because } = f.answer;
    const to = traces.length === 1 ? href('trace', {}, traces[0]) : href('traces', { q: traces.map((id) => `id:${id}`).join(' ') });
    return html`<li>${name}${traces.length ? html`<a href=${address(to)}>Show ${traces.length > 1 ? 'them' : 'it'}</a>` : html`<span></span>`}
      <span class="soft wide">${count(spans, 'span')} of ${traces.length < 100 ? count(traces.length, 'trace') : '100 or more traces'}. Retention does not remove them.</span>
      ${refused ? html`<span class="error wide">${number(refused)} refused${because ? `, the first because: ${because}` : ''}</span>` : nothing}</li>`;
  }

  /** @param {DragEvent} event */
  #hear(event) {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    if (event.type === 'drop') importFiles(event.dataTransfer.files);
    this.over = event.type === 'dragover' || event.type === 'dragenter' || (event.type === 'dragleave' && event.relatedTarget !== null);
  }
}
customElements.define('import-drop', ImportDrop);
