// SPDX-License-Identifier: Apache-2.0

/** @import { Listing } from '../lib/listing.js' */
/** @import { StatusJSON } from '../types.js' */
import { settings } from '../app/settings.js';
import { changed, navigate } from '../app/router.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { bytes, count, number, time } from '../lib/format.js';
import { windowOf, withWindow } from '../search/edit.js';
import { iso } from '../search/narrow.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/**
 * What is below a list of traces: how to get more, and why there are no more.
 *
 * @fires more
 * @fires stop
 */
export class TraceListEnd extends LitElement {
  static properties = { listing: { attribute: false }, count: { type: Number }, status: { attribute: false }, loading: { type: Boolean }, failure: { attribute: false }, q: {} };

  static styles = [controls, css`
    :host { display: block; padding: 12px 16px 24px; }
    p { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; margin: 0 0 8px; }
  `];

  constructor() {
    super();
    /** @type {Listing | null} */
    this.listing = null;
    /** Rows of the listing: it is the same object after a change. */
    this.count = 0;
    /** @type {StatusJSON | null} */
    this.status = null;
    this.loading = false;
    /** @type {Error | null} */
    this.failure = null;
    this.q = '';
    watch(this, settings);
  }

  render() {
    const l = this.listing;
    if (!l) return nothing;
    return html`
      ${l.cutAt ? html`<p role="status">The search compared ${count(l.scanned, 'span')} one by one and stopped at ${time(BigInt(l.cutAt), settings.value.zone)}: what is behind was not looked at.</p>` : nothing}
      ${l.tooLarge ? html`<p role="status">${count(l.tooLarge, 'trace')} ${l.tooLarge === 1 ? 'is' : 'are'} left out: too large to be looked at.</p>` : nothing}
      ${l.full ? this.#full(l) : nothing}
      ${l.cursor ? html`<p>${this.#more(l)}</p>` : nothing}
      ${!l.cursor && !l.full ? this.#all() : nothing}`;
  }

  /** @param {Listing} l */
  #more(l) {
    if (this.loading) return html`<span role="status">Loading more traces</span><button @click=${() => this.#fire('stop')}>Stop</button>`;
    const text = l.cutAt ? 'Search on from there' : 'Load 100 more';
    return html`${this.failure ? html`<span class="error" role="alert">More traces cannot be loaded: ${this.failure.message}</span>` : nothing}
      <button @click=${() => this.#fire('more')}>${this.failure ? 'Try again' : text}</button>
      <span class="soft">${number(this.count)} of ${l.atLeast ? 'at least ' : ''}${count(l.total, 'trace')}</span>`;
  }

  /** @param {Listing} l */
  #full(l) {
    const last = l.rows[l.rows.length - 1];
    return html`<p>The list holds ${count(this.count, 'trace')}, no more.
      ${l.order === 'newest' && last ? html`<button @click=${() => this.#older(BigInt(last.start))}>Older ones</button>` : 'Narrow the search to see others.'}</p>`;
  }

  /** @param {bigint} before ns since 1970 */
  #older(before) {
    navigate(changed({ q: withWindow(this.q, { since: windowOf(this.q).since, until: iso(before, 9) }) }));
  }

  #all() {
    const store = this.status?.store;
    const kept = store?.maxBytes ? ` The store keeps ${bytes(store.maxBytes)}.` : '';
    const removed = store?.evicted ? ` Retention removed ${count(store.evicted, 'span')} since the start; the oldest that is left is of ${store.oldest ? time(BigInt(store.oldest), settings.value.zone, { digits: 0 }) : 'no time'}.` : '';
    return html`<p class="soft">That is all.${removed}${removed ? kept : ''}</p>`;
  }

  /** @param {string} name */
  #fire(name) {
    this.dispatchEvent(new Event(name));
  }
}
customElements.define('trace-list-end', TraceListEnd);
