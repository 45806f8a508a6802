// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { apiURL } from '../app/api.js';
import { address } from '../app/base.js';
import { copy, save } from '../app/clipboard.js';
import { loadAllSpans, loadSpans } from '../app/load-spans.js';
import { linkSource, sample } from '../app/link-patterns.js';
import { changed, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, number } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { spanViews, viewOf } from '../trace/span-view.js';
import { curl, spanMarkdown, traceMarkdown, traceText } from '../trace/text.js';
import { spanID } from '../trace/trace.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { menuStyle, openMenu } from './menu.js';

/** Takes a trace, or the chosen span, elsewhere: links, text and files. */
export class ShareMenu extends LitElement {
  static properties = { trace: { attribute: false }, span: { type: Number }, said: { state: true }, failed: { state: true }, read: { state: true } };

  static styles = [controls, menuStyle, css`
    :host { display: inline-block; }
    .reading { display: flex; align-items: center; gap: 8px; padding: 4px 10px; font-size: var(--small); }
    .reading button { width: auto; color: var(--link); }
    progress { width: 80px; }
  `];

  constructor() {
    super();
    /** @type {Trace | null} */
    this.trace = null;
    /** The chosen one, or -1. */
    this.span = -1;
    this.said = '';
    this.failed = false;
    /** Spans read for a file; -1: none is being made. */
    this.read = -1;
    this.saving = new Latest();
    this.copying = new Latest();
    watch(this, route);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.copying.cancel();
    this.#stop();
  }

  get #menu() {
    return /** @type {HTMLElement} */ (this.renderRoot.querySelector('.menu'));
  }

  render() {
    const t = this.trace;
    return html`<button aria-haspopup="true" ?disabled=${!t} @click=${(/** @type {Event} */ e) => this.#open(e)}>Share ▾</button>
      <div class="menu" popover role="group" aria-label="Share">${t ? this.#items(t) : nothing}</div>`;
  }

  /** @param {Event} event */
  #open(event) {
    this.said = '';
    openMenu(this.#menu, /** @type {HTMLElement} */ (event.currentTarget));
  }

  /** @param {Trace} t */
  #items(t) {
    const here = location.origin + address(changed({}));
    const ofTrace = location.origin + address(changed({ span: '' }));
    const api = location.origin + apiURL(`/api/traces/${encodeURIComponent(t.id)}`);
    const item = (/** @type {string} */ text, /** @type {() => string | Promise<string>} */ make) => html`<button @click=${() => this.#copy(text, make)}>${text}</button>`;
    return html`
      ${this.span < 0 ? nothing : html`
        <div class="title">The span</div>
        ${item('Copy link to the span', () => here)}
        ${item('Copy the span as Markdown', () => this.#spanMarkdown(t, here))}
        ${item('Copy the span as curl', () => curl(location.origin + apiURL(`/api/trace/${encodeURIComponent(t.id)}/spans`, { ids: spanID(t, this.span) })))}
        <hr>`}
      <div class="title">The trace</div>
      ${item('Copy link to the trace', () => ofTrace)}
      ${item('Copy the trace as Markdown', () => traceMarkdown(t, ofTrace))}
      ${item('Copy the trace as text', () => traceText(t))}
      ${item('Copy the trace as curl', () => curl(api))}
      <a href=${api} download=${`trace-${t.id}.json`}>Save as Jaeger JSON</a>
      <button ?disabled=${this.read >= 0} @click=${() => this.#saveOTLP(t)}>Save as OTLP JSON</button>
      ${this.read < 0 ? nothing : html`<div class="reading">
        <progress aria-label="Spans read" max=${t.count} .value=${this.read}></progress>${number(this.read)} of ${count(t.count, 'span')}<button @click=${() => this.#stop()}>Cancel</button>
      </div>`}
      <hr><button @click=${() => {
        this.#menu.hidePopover();
        sample.value = { source: linkSource(t) };
      }}>Links…</button>
      <div class=${this.failed ? 'said error' : 'said'} role="status">${this.said}</div>`;
  }

  /**
   * @param {string} said
   * @param {boolean} [failed]
   */
  #say(said, failed = false) {
    this.said = said;
    this.failed = failed;
  }

  /**
   * @param {string} what
   * @param {() => string | Promise<string>} make
   */
  async #copy(what, make) {
    try {
      await copy(make());
      this.#say(`${what.replace('Copy', 'Copied')}.`);
    } catch (error) {
      this.#say(/** @type {Error} */ (error).message, true);
    }
  }

  /**
   * @param {Trace} t
   * @param {string} link
   */
  async #spanMarkdown(t, link) {
    const span = this.span;
    const answer = await this.copying.run((signal) => loadSpans(t, [span], signal));
    const view = answer && viewOf(t, span, spanViews(answer.value, t.start));
    if (!view) throw new Error('The span is no longer stored.');
    return spanMarkdown(view, link);
  }

  /** @param {Trace} t */
  async #saveOTLP(t) {
    this.#say('');
    this.read = 0;
    try {
      const answer = await this.saving.run(async (signal) => {
        /** @type {string[]} */
        const parts = [];
        for await (const { part, done } of loadAllSpans(t, signal)) {
          for (const r of part.resourceSpans ?? []) parts.push(parts.length ? ',' : '', JSON.stringify(r));
          this.read = done;
        }
        return parts;
      });
      if (answer) {
        save(`trace-${t.id}-otlp.json`, ['{"resourceSpans":[', ...answer.value, ']}\n'], 'application/json');
        this.#say(`Saved ${count(t.count, 'span')}.`);
      }
    } catch (error) {
      this.#say(`The file was not made: ${/** @type {Error} */ (error).message}`, true);
    }
    this.read = -1;
  }

  #stop() {
    this.saving.cancel();
    this.read = -1;
  }
}
customElements.define('share-menu', ShareMenu);
