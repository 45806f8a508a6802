// SPDX-License-Identifier: Apache-2.0

/** @import { Sample } from '../app/link-patterns.js' */
/** @import { PatternError } from '../trace/link-pattern.js' */
/** @import { LinkPattern } from '../types.js' */
import { keep, loadPatterns, mostOwn, sample, served } from '../app/link-patterns.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { cut } from '../lib/format.js';
import { applies, fill } from '../trace/link.js';
import { readPattern, readPatterns, writePatterns } from '../trace/link-pattern.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './copy-button.js';
import { linkItems, linkStyle } from './link-items.js';

/** What can get a link. */
const types = { tags: 'tag', process: 'process tag', logs: 'log field', traces: 'trace' };

/** The links that there are: the server's, and the reader's own, which can be changed. It opens when there is a sample. */
export class LinkDialog extends LitElement {
  static properties = { draft: { state: true }, edited: { state: true }, sent: { state: true }, said: { state: true } };

  static styles = [controls, linkStyle, css`
    :host { display: contents; }
    dialog { width: min(720px, calc(100vw - 16px)); max-height: calc(100vh - 32px); padding: 12px 20px 20px; border: 1px solid var(--line-strong); border-radius: var(--radius); background: var(--bg); color: var(--text); box-shadow: var(--shadow); }
    dialog::backdrop { background: #0006; }
    header, .row { display: flex; justify-content: space-between; align-items: center; gap: 8px; }
    h2, h3 { font-size: 1.15em; margin: 0; }
    h3 { font-size: 1em; }
    ul { list-style: none; margin: 0 0 12px; padding: 0; }
    li { padding: 4px 0; border-top: 1px solid var(--line); }
    li div { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    form { display: grid; grid-template-columns: 150px minmax(0, 1fr); gap: 8px; align-items: start; padding: 8px 0; border-top: 1px solid var(--line); }
    form > :not(.half) { grid-column: 1 / -1; }
    label { font-size: var(--small); color: var(--text-soft); }
    input, select, textarea { display: block; width: 100%; font-size: var(--size); color: var(--text); }
    textarea { padding: 4px 10px; border: 1px solid var(--line-strong); border-radius: var(--radius); background: var(--bg); resize: vertical; }
    .error, .preview { display: block; overflow-wrap: anywhere; }
    .preview { flex: 1 1 240px; min-height: 60px; }
    form .row { flex-wrap: wrap; justify-content: end; }
    details { border-top: 1px solid var(--line); }
    summary { padding: 6px 0; cursor: pointer; }
  `];

  constructor() {
    super();
    /** What is in the form. @type {LinkPattern} */
    this.draft = none;
    /** Which of one's own that is; as many as there are: a new one. */
    this.edited = 0;
    /** Somebody wanted to keep it: then each error is shown. */
    this.sent = false;
    this.said = '';
    watch(this, sample, served, settings);
  }

  connectedCallback() {
    super.connectedCallback();
    loadPatterns();
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
  }

  updated() {
    const now = sample.value;
    if (this.#dialog.open && !this.shadowRoot?.activeElement) this.#dialog.focus(); // what had the focus is gone, and Escape is meant for the dialog
    if (!now || this.#dialog.open) return;
    this.#edit(settings.value.links.length, { ...none, type: now.type ?? 'tags', key: now.tag ? [now.tag.key] : null });
    this.said = '';
    this.#dialog.showModal();
    if (now.tag) this.#focus('url');
  }

  /** @param {string} name of a field */
  #focus(name) {
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(`[name=${name}]`))?.focus();
  }

  /**
   * @param {number} i
   * @param {LinkPattern} pattern
   */
  #edit(i, pattern) {
    this.edited = i;
    this.draft = pattern;
    this.sent = false;
  }

  render() {
    const { patterns, failure } = served.value;
    const { links } = settings.value;
    return html`<dialog tabindex="-1" aria-labelledby="title" @close=${() => { sample.value = null; }}>
      <header><h2 id="title">Links</h2><button @click=${() => this.#dialog.close()}>Close</button></header>
      <p>From a tag, a log or a trace to a page elsewhere: its logs, its commit, its customer.</p>
      ${failure ? html`<p class="error" role="alert">The server's could not be loaded: ${failure.message} <button @click=${loadPatterns}>Try again</button></p>` : nothing}
      <ul aria-label="Links">
        ${links.map((p, i) => item(p, html`<button aria-label="Change ${p.text}" @click=${() => { this.#edit(i, p); this.#focus('text'); }}>Change</button><button aria-label="Remove ${p.text}" @click=${() => this.#keep(links.toSpliced(i, 1), `Removed ${p.text}.`)}>Remove</button>`))}
        ${patterns.map((p) => item(p, html`<span class="soft">the server's</span>`))}
      </ul>
      ${this.#form(links)}
      <details><summary>My links as JSON, as the server reads it from the file of --query.ui-config</summary>
        <textarea rows="8" class="mono" aria-label="My links as JSON" spellcheck="false" maxlength="1000000" .value=${writePatterns(links)} @change=${this.#paste}></textarea>
        <copy-button label="Copy" what="my links" .text=${writePatterns(links)}></copy-button></details>
      <div class="soft" role="status">${this.said}</div>
    </dialog>`;
  }

  /** @param {LinkPattern[]} links */
  #form(links) {
    const { type, key } = this.draft;
    const adds = this.edited >= links.length;
    if (adds && links.length >= mostOwn) return html`<p>${mostOwn} are kept: remove one to add another.</p>`;
    const { pattern, error } = read(this.draft);
    const field = (/** @type {'url' | 'text'} */ name, /** @type {string} */ label, /** @type {string} */ example) => {
      const wrong = error?.field === name && (this.sent || this.draft[name]) ? error.message : '';
      return html`<label>${label} <input name=${name} type="text" autocomplete="off" spellcheck="false" placeholder=${example} .value=${this.draft[name]} aria-invalid=${Boolean(wrong)} aria-describedby=${name}
        @input=${(/** @type {any} */ e) => this.#change({ [name]: e.target.value })}><span class="error" id=${name} role="alert">${wrong}</span></label>`;
    };
    return html`<form novalidate @submit=${this.#submit}>
      <h3>${adds ? 'Add a link' : `Change ${cut(links[this.edited].text, 60)}`}</h3>
      <label class="half">For each <select @change=${(/** @type {any} */ e) => this.#change({ type: e.target.value })}>${Object.entries(types).map(([t, name]) => html`<option value=${t} .selected=${t === type}>${name}</option>`)}</select></label>
      <label class="half" ?hidden=${type === 'traces'}>with one of these names, one a line; with any, if empty
        <textarea name="key" rows=${Math.min(4, key?.length ?? 1)} spellcheck="false" .value=${key?.join('\n') ?? ''} @input=${(/** @type {any} */ e) => this.#change({ key: e.target.value ? e.target.value.split('\n') : null })}></textarea></label>
      ${field('url', 'Address', 'https://logs.example/search?trace=#{traceID}')}
      ${field('text', 'Text', 'Logs')}
      <div class="row"><div class="preview" role="status">${pattern && sample.value ? preview(pattern, sample.value) : html`<span class="soft">#{name} stands for the value of a tag, or of traceID, spanID, startTime, trace.startTime | epoch_micros_to_date_iso and others.</span>`}</div>
        ${adds ? nothing : html`<button type="button" @click=${() => this.#edit(links.length, none)}>Cancel</button>`}<button>${adds ? 'Add' : 'Save'}</button></div>
    </form>`;
  }

  /** @param {Partial<LinkPattern>} change */
  #change(change) {
    this.draft = { ...this.draft, ...change };
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const { pattern, error } = read(this.draft);
    this.sent = true;
    if (pattern) this.#keep(settings.value.links.toSpliced(this.edited, 1, pattern), 'It is kept in this browser.');
    else this.#focus(error?.field ?? '');
  }

  /**
   * @param {LinkPattern[]} links
   * @param {string} said
   */
  #keep(links, said) {
    keep(links);
    this.#edit(settings.value.links.length, none);
    this.said = said;
  }

  /** @param {any} event */
  #paste({ target }) {
    try {
      this.#keep(readPatterns(target.value), 'They are kept in this browser.');
    } catch (error) {
      this.said = /** @type {Error} */ (error).message;
    }
  }
}
customElements.define('link-dialog', LinkDialog);

/** @type {LinkPattern} */
const none = { type: 'tags', key: null, url: '', text: '' };

/**
 * @param {LinkPattern} p
 * @param {unknown} actions
 */
function item(p, actions) {
  return html`<li class="row"><div title=${p.url}><b><bdi>${p.text}</bdi></b><br><span class="soft">${types[p.type]} ${p.key?.join(', ')}</span> <code>${p.url}</code></div>${actions}</li>`;
}

/**
 * @param {LinkPattern} draft its names as they are being written
 * @returns {{ pattern?: LinkPattern, error?: PatternError }}
 */
function read(draft) {
  const key = draft.key?.map((k) => k.trim()).filter(Boolean);
  try {
    return { pattern: readPattern({ ...draft, key: key?.length ? key : null }) };
  } catch (error) {
    return { error: /** @type {PatternError} */ (error) };
  }
}

/**
 * What the link would be: of the sample's tag, or of another tag of its span.
 * @param {LinkPattern} p
 * @param {Sample} sample
 */
function preview(p, { source, type, tags, tag }) {
  const { view } = source;
  const lists = { tags: [view?.tags], process: [view?.process], logs: view?.logs.map((l) => l.tags) ?? [], traces: [] }[p.type];
  const beside = p.type === 'traces' ? [] : type === p.type && tag && applies(p, tag) ? tags : lists.find((list) => list?.some((t) => applies(p, t)));
  const { url, problem, ...link } = beside ? fill(p, source, beside) : { url: '', text: '', problem: 'there is no such tag' };
  return problem ? `No link here: ${problem}.` : html`${linkItems([{ url, problem, ...link }])}<br><code>${cut(url, 300)}</code>`;
}
