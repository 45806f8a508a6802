// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
import { adjust, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { seek } from '../app/trace-actions.js';
import { match, matched, noMatch } from '../app/trace-match.js';
import { cursor } from '../app/trace-state.js';
import { onKeys, watch } from '../app/watch.js';
import { count, number } from '../lib/format.js';
import { LitElement, css, html, live, nothing } from '../vendor/lit.js';

const keys = [
  { keys: '/', does: 'Find in the trace', page: 'trace' },
  { keys: 'Ctrl+f', does: 'Find in the trace', page: 'trace' },
  { keys: 'Ctrl+b', does: 'Find in the trace', page: 'trace' },
];

/** Finds spans by text and goes from one to the next. */
export class TraceFind extends LitElement {
  static properties = { view: { attribute: false } };

  static styles = [controls, css`
    :host { display: flex; align-items: center; gap: 4px; flex-wrap: wrap; }
    button.step { padding: 3px 8px; }
    input { flex: 0 1 260px; min-width: 120px; }
    .said { font-size: var(--small); color: var(--text-soft); font-variant-numeric: tabular-nums; min-width: 5em; }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    /** What the server was asked for. @type {unknown[]} */
    this.asked = [];
    watch(this, route, cursor, matched);
    onKeys(this, keys, () => this.input?.select());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    noMatch();
    this.asked = [];
  }

  get input() {
    return this.renderRoot.querySelector('input');
  }

  willUpdate() {
    const { view } = this;
    const text = String(route.value.params.find ?? '');
    if (!view) return;
    if (view.trace === this.asked[0] && text === this.asked[1]) return;
    this.asked = [view.trace, text];
    if (text.trim()) match(view.trace, text);
    else noMatch();
  }

  render() {
    const { view } = this;
    if (!view) return nothing;
    const text = String(route.value.params.find ?? '');
    const only = Boolean(route.value.params.only);
    const hits = view.found?.count ?? 0;
    return html`
      <input type="search" placeholder="Find in this trace ( / )" aria-label="Find in this trace" autocomplete="off" spellcheck="false" maxlength="2000" title="Text of services, names, ids, tags and logs, or conditions as in a search: status:error, dur>10ms, http.status_code>=500" .value=${live(text)}
        @input=${(/** @type {any} */ e) => adjust({ find: e.target.value })} @keydown=${this.#key}>
      ${text ? html`
        <button class="step" aria-label="Previous match" title="Previous match (N)" ?disabled=${!hits} @click=${() => this.#go(-1)}>↑</button>
        <button class="step" aria-label="Next match" title="Next match (n)" ?disabled=${!hits} @click=${() => this.#go(1)}>↓</button>
        <button aria-pressed=${String(only)} @click=${() => adjust({ only: !only })}>Only matches</button>
        <span class="said" role="status">${this.#place(view, hits)}</span>${this.#server()}` : nothing}`;
  }

  /**
   * @param {TraceView} view
   * @param {number} hits
   */
  #place({ found }, hits) {
    const at = cursor.value?.at ?? -1;
    if (!found || !hits) return matched.value?.ids != null || matched.value?.failure ? 'no match' : 'searching…';
    if (at < 0 || !found.mask[at]) return count(hits, 'match', 'matches');
    let before = 0;
    for (let i = 0; i <= at; i++) before += found.mask[i];
    return `${number(before)} of ${number(hits)}`;
  }

  #server() {
    if (matched.value?.failure) return html`<span class="said error" role="alert">Tags and logs were not searched: ${matched.value.failure.message}</span>`;
    return nothing;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Enter') this.#go(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') {
      adjust({ find: '', only: false });
      this.input?.blur();
    } else return;
    event.preventDefault();
  }

  /** @param {1 | -1} by */
  #go(by) {
    const { view } = this;
    if (view?.found?.count) seek(view, by, (i) => view.found?.mask[i] === 1);
  }
}
customElements.define('trace-find', TraceFind);
