// SPDX-License-Identifier: Apache-2.0

/** @import { StatusJSON } from '../types.js' */
import { count, number } from '../lib/format.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { tables } from './status-styles.js';

/** @typedef {StatusJSON['books']} Books */

/** Why spans are refused, in words. @type {Record<string, string>} */
const reasons = {
  malformed: 'cannot be read',
  invalid_trace_id: 'the trace id is zero',
  invalid_span_id: 'the span id is zero',
  too_large: 'too large',
  memory: 'no memory left for them',
  queue_full: 'the queue is full',
  token: 'sent without the token',
  kernel: 'the socket’s buffer was full',
  store_error: 'the store cannot write',
  shutdown: 'still waiting at the end',
};

/** What became of the spans that came, as a sum. */
export class StatusBooks extends LitElement {
  static properties = { books: { attribute: false }, earlier: { attribute: false }, seconds: { attribute: false } };

  static styles = [...tables, css`
    .sum th, .sum td { border-bottom: 0; border-top: 2px solid var(--line-strong); font-weight: 600; }
    td.number + td.number { width: 7em; }
    i { font-style: normal; display: inline-block; width: 1.2em; color: var(--text-soft); }
    .ok { color: var(--ok); }
  `];

  constructor() {
    super();
    /** @type {Books | null} */
    this.books = null;
    /** @type {Books | null} some time before */
    this.earlier = null;
    /** How long before. */
    this.seconds = 0;
  }

  render() {
    const b = this.books;
    if (!b) return nothing;
    const refused = entries(b.refused);
    const unread = entries(b.unread);
    return html`
      <h2 id="spans">Spans</h2>
      <table aria-labelledby="spans">
        <thead><tr><th scope="col">since the start</th><th scope="col" class="number">spans</th><th scope="col" class="number">now</th></tr></thead>
        <tbody>
          ${this.#row('', 'received', b.received, this.earlier?.received)}
          ${this.#row('−', 'stored', b.stored, this.earlier?.stored)}
          ${this.#row('−', 'waiting to be stored', b.waiting, undefined)}
          ${refused.length
            ? refused.map(([reason, n]) => this.#row('−', html`<span class="error">refused</span>: ${words(reason)}`, n, this.earlier?.refused?.[reason] ?? 0))
            : this.#row('−', 'refused', 0, this.earlier ? 0 : undefined)}
          <tr class="sum"><th scope="row"><i>=</i>unaccounted for</th><td class="number ${b.balance ? 'error' : 'ok'}">${number(b.balance)}</td><td></td></tr>
        </tbody>
      </table>
      <p class="soft">Imported spans are not among the received ones.</p>
      ${b.mended ? html`<p>${count(b.mended, 'span')} had something put right: a warning on the span says what.</p>` : nothing}
      ${unread.length ? html`
        <h2 id="unread">Not read</h2>
        <p class="soft">Datagrams and requests whose spans could not be counted.</p>
        <table aria-labelledby="unread">
          <tbody>${unread.map(([reason, n]) => this.#row('', html`<span class="error">${words(reason)}</span>`, n, this.earlier?.unread?.[reason] ?? 0))}</tbody>
        </table>` : nothing}`;
  }

  /**
   * @param {string} sign
   * @param {unknown} what
   * @param {number} n
   * @param {number | undefined} before undefined: without a rate
   */
  #row(sign, what, n, before) {
    const rate = before === undefined || !this.earlier || !(this.seconds > 0) ? '' : perSecond((n - before) / this.seconds);
    return html`<tr><th scope="row"><i>${sign}</i>${what}</th><td class="number">${number(n)}</td><td class="number soft">${rate}</td></tr>`;
  }
}
customElements.define('status-books', StatusBooks);

/** @param {Record<string, number> | null} by */
function entries(by) {
  return Object.entries(by ?? {}).filter(([, n]) => n).sort(([, a], [, b]) => b - a);
}

/** @param {string} reason */
function words(reason) {
  return Object.hasOwn(reasons, reason) ? reasons[reason] : reason.replaceAll('_', ' ');
}

/** @param {number} rate */
function perSecond(rate) {
  return `${number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))} / s`;
}
