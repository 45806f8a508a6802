// SPDX-License-Identifier: Apache-2.0

/** @import { Imported } from '../app/upload.js' */
import { address } from '../app/base.js';
import { controls } from '../app/styles.js';
import { upload } from '../app/upload.js';
import { bytes, count, number } from '../lib/format.js';
import { href } from '../lib/url.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** Files that the panel lists, at most. */
const maxFiles = 50;

/**
 * A file on its way.
 * @typedef {{ file: File, sent: number, answer: Imported | null, failure: Error | null, stop: AbortController }} Sending
 */

/**
 * Takes files of traces: by a button, or dropped anywhere on the page.
 *
 * @fires imported
 */
export class ImportDrop extends LitElement {
  static properties = { files: { state: true }, over: { state: true } };

  static styles = [controls, css`
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
    /** @type {Sending[]} */
    this.files = [];
    this.over = false;
    this.hear = (/** @type {DragEvent} */ event) => this.#hear(event);
  }

  connectedCallback() {
    super.connectedCallback();
    for (const type of /** @type {const} */ (['dragenter', 'dragover', 'dragleave', 'drop'])) addEventListener(type, this.hear);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const type of /** @type {const} */ (['dragenter', 'dragover', 'dragleave', 'drop'])) removeEventListener(type, this.hear);
    for (const f of this.files) f.stop.abort();
  }

  /** Lets the user choose files. */
  choose() {
    /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('input')).click();
  }

  render() {
    return html`
      <button title="Jaeger's or OTLP's JSON. Files can also be dropped on the page." @click=${() => this.choose()}>Import…</button>
      <input type="file" multiple hidden accept=".json,.gz,.pb,application/json" aria-label="Files of traces" @change=${this.#chosen}>
      ${this.over ? html`<div class="over"><p>Drop files of traces here: Jaeger’s JSON or OTLP</p></div>` : nothing}
      ${this.files.length ? html`<section class="panel" aria-label="Imported files">
        <header><h2>Import</h2>${this.files.some(running) ? nothing : html`<button class="quiet" @click=${() => { this.files = []; }}>Close</button>`}</header>
        <ul aria-live="polite">${this.files.map((f) => this.#file(f))}</ul>
      </section>` : nothing}`;
  }

  /** @param {Sending} f */
  #file(f) {
    const name = html`<span class="name" title=${f.file.name.slice(0, 300)}>${f.file.name}</span>`;
    if (f.failure) return html`<li>${name}<button @click=${() => this.#send(f)}>Try again</button><span class="error wide">${f.failure.message}</span></li>`;
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
    if (event.type === 'drop') this.#add(event.dataTransfer.files);
    this.over = event.type === 'dragover' || event.type === 'dragenter' || (event.type === 'dragleave' && event.relatedTarget !== null);
  }

  /** @param {Event} event */
  #chosen(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.files) this.#add(input.files);
    input.value = '';
  }

  /** @param {FileList} list */
  async #add(list) {
    const added = [...list].map((file) => ({ file, sent: 0, answer: null, failure: null, stop: new AbortController() }));
    this.files = [...added, ...this.files].slice(0, maxFiles);
    for (const f of added.slice(0, maxFiles)) await this.#send(f);
  }

  /** @param {Sending} f */
  async #send(f) {
    if (f.stop.signal.aborted) f.stop = new AbortController();
    [f.failure, f.sent] = [null, 0];
    this.requestUpdate();
    try {
      f.answer = await upload(f.file, (sent) => {
        f.sent = sent;
        this.requestUpdate();
      }, f.stop.signal);
      this.dispatchEvent(new Event('imported'));
    } catch (error) {
      f.failure = /** @type {Error} */ (error);
    }
    this.requestUpdate();
  }
}
customElements.define('import-drop', ImportDrop);

/** @param {Sending} f */
function running(f) {
  return !f.answer && !f.failure;
}
