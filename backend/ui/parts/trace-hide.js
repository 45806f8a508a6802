// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
import { adjust, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { hide } from '../app/trace-actions.js';
import { watch } from '../app/watch.js';
import { number } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import { parseDuration } from '../search/values.js';
import { kinds } from '../search/words.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { openMenu } from './menu.js';
import './service-name.js';

/** So many services are listed, those of most spans. */
const most = 100;

/** The menu of what is hidden: services, kinds and short spans. */
export class TraceHide extends LitElement {
  static properties = { view: { attribute: false }, wrong: { state: true } };

  static styles = [controls, css`
    :host { display: inline-block; }
    .menu { position: fixed; inset: auto; margin: 0; padding: 10px 14px; width: min(340px, calc(100vw - 16px)); max-height: min(70vh, 560px); overflow: auto; background: var(--bg); color: var(--text); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); }
    fieldset { border: 0; margin: 0 0 10px; padding: 0; min-width: 0; }
    legend { padding: 0; font-size: var(--small); color: var(--text-soft); }
    label { display: flex; align-items: center; gap: 6px; min-height: 24px; min-width: 0; }
    label > :not(input, .number) { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
    input[type='text'] { width: 7em; }
    .number { color: var(--text-soft); font-size: var(--small); font-variant-numeric: tabular-nums; }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    this.wrong = '';
    this.counts = memo((/** @type {TraceView['trace']} */ t) => {
      const services = new Int32Array(t.services.length);
      const byKind = new Int32Array(kinds.length);
      for (let i = 0; i < t.count; i++) {
        services[t.service[i]]++;
        byKind[t.kind[i]]++;
      }
      const order = Array.from(services, (_, s) => s).sort((a, b) => services[b] - services[a] || (t.services[a] < t.services[b] ? -1 : 1));
      return { services, byKind, order };
    });
    watch(this, route);
  }

  render() {
    const { view } = this;
    if (!view) return nothing;
    const t = view.trace;
    const hidden = /** @type {string[]} */ (route.value.params.hide ?? []);
    const { services, byKind, order } = this.counts(t);
    const shorter = hidden.find((h) => h.startsWith('shorter:'))?.slice(8) ?? '';
    return html`
      <button aria-haspopup="true" aria-pressed=${String(hidden.length > 0)} @click=${this.#open}>Hide ▾</button>
      <div class="menu" popover role="group" aria-label="Hide">
        <fieldset><legend>Services</legend>
          ${order.slice(0, most).map((s) => html`<label><input type="checkbox" .checked=${hidden.includes('service:' + t.services[s])} @change=${() => hide('service:' + t.services[s])}>
            <service-name .name=${t.services[s]}></service-name><span class="number">${number(services[s])}</span></label>`)}
          ${order.length > most ? html`<p class="soft">and ${number(order.length - most)} more services</p>` : nothing}
        </fieldset>
        <fieldset><legend>Kinds</legend>
          ${kinds.map((kind, k) => byKind[k] ? html`<label><input type="checkbox" .checked=${hidden.includes('kind:' + kind)} @change=${() => hide('kind:' + kind)}>
            <span>${kind}</span><span class="number">${number(byKind[k])}</span></label>` : nothing)}
        </fieldset>
        <label><span>Spans shorter than</span> <input type="text" placeholder="10ms" .value=${shorter} aria-invalid=${String(Boolean(this.wrong))} @change=${(/** @type {any} */ e) => this.#shorter(e.target.value.trim())}></label>
        ${this.wrong ? html`<p class="error" role="alert">${this.wrong}</p>` : nothing}
        ${hidden.length ? html`<button @click=${() => adjust({ hide: [] })}>Show all</button>` : nothing}
      </div>`;
  }

  /** @param {Event} event */
  #open(event) {
    const menu = /** @type {HTMLElement} */ (this.renderRoot.querySelector('.menu'));
    if (menu.matches(':popover-open')) menu.hidePopover();
    else openMenu(menu, /** @type {HTMLElement} */ (event.currentTarget));
  }

  /** @param {string} text */
  #shorter(text) {
    this.wrong = text && parseDuration(text) === null ? `“${text.slice(0, 40)}” is no duration: write 10ms, 1.5s or 2m.` : '';
    if (this.wrong) return;
    const others = /** @type {string[]} */ (route.value.params.hide).filter((h) => !h.startsWith('shorter:'));
    adjust({ hide: text ? [...others, 'shorter:' + text] : others });
  }
}
customElements.define('trace-hide', TraceHide);
