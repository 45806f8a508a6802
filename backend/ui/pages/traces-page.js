// SPDX-License-Identifier: Apache-2.0

import { address } from '../app/base.js';
import { schedule } from '../app/frame.js';
import { imported } from '../app/imports.js';
import { adjust, changed, navigate, route } from '../app/router.js';
import { controls } from '../app/styles.js';
import { TraceFeed } from '../app/trace-feed.js';
import { onKeys, watch } from '../app/watch.js';
import { count, number } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import '../parts/forget-all.js';
import '../parts/import-button.js';
import '../parts/live-bar.js';
import '../parts/note-box.js';
import '../parts/scatter.js';
import '../parts/search-box.js';
import '../parts/search-form.js';
import '../parts/trace-list-bar.js';
import '../parts/trace-list-empty.js';
import '../parts/trace-list-end.js';
import '../parts/trace-list.js';
import { withTimes, withTraceDuration } from '../search/narrow.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** @type {import('../app/keys.js').Key[]} */
const keys = [
  { keys: 'j', does: 'Next trace; Enter opens it', page: 'traces' },
  { keys: 'k', does: 'Previous trace', page: 'traces' },
  { keys: 'n', does: 'Show the new traces', page: 'traces' },
  { keys: 'p', does: 'Pause, or go on', page: 'traces' },
];

// They outlive the element: Back shows what was there.
const feed = new TraceFeed();
const place = { listings: 0, top: 0, opened: '' };

/** The traces that a search finds, and those that arrive. */
export class TracesPage extends LitElement {
  static styles = [controls, css`
    :host { display: block; height: 100%; overflow-y: auto; overflow-x: hidden; overflow-anchor: none; }
    .search { display: flex; flex-wrap: wrap; align-items: start; gap: 8px; padding: 12px 16px 8px; }
    search-box { flex: 1; min-width: 240px; }
    @media (max-width: 960px) { search-box { flex-basis: 100%; } }
    .plot { min-height: 132px; }
    .bar { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 16px; padding: 6px 16px; background: var(--bg); border-bottom: 1px solid var(--line); }
    h2 { flex: none; margin: 0; font-size: 1em; font-weight: 600; min-width: 10em; white-space: nowrap; font-variant-numeric: tabular-nums; }
    .push { flex: 1; }
    note-box a { text-decoration: underline; }
    @media (min-width: 1120px) {
      .bar { flex-wrap: nowrap; }
      trace-list-bar { flex: none; }
    }
    @media (max-width: 719px) {
      .bar { display: contents; }
      h2 { padding: 4px 16px 0; }
      live-bar { position: sticky; top: 0; z-index: 2; padding: 6px 16px; background: var(--bg); }
      trace-list-bar { padding: 0 16px 8px; border-bottom: 1px solid var(--line); }
    }
    .searching { animation: appear 0.01s 0.3s both; }
    @keyframes appear { from { visibility: hidden; } to { visibility: visible; } }
  `];

  constructor() {
    super();
    this.measure = () => {
      const bar = this.renderRoot.querySelector('.bar');
      if (bar) this.style.setProperty('--list-head', `${bar.clientHeight}px`);
    };
    this.tags = memo((/** @type {string} */ group, /** @type {string[]} */ ...col) => [...new Set(group ? [...col, group] : col)].slice(0, 20));
    /** Where an element before this one was scrolled to. */
    this.remembered = place.top;
    this.addEventListener('scroll', () => { if (this.isConnected) place.top = this.scrollTop; }, { passive: true });
    watch(this, route, feed.version, feed.live.state);
    onKeys(this, keys, (key) => this.#key(key));
  }

  connectedCallback() {
    super.connectedCallback();
    this.resized = new ResizeObserver(() => schedule('read', this.measure));
    this.unwatch = imported.watch(() => feed.again());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resized?.disconnect();
    this.unwatch?.();
    feed.leave();
    place.opened = route.value.page === 'trace' ? route.value.id : '';
  }

  get params() {
    const { q, order, group, col, live, form } = route.value.params;
    const columns = /** @type {string[]} */ (col);
    return { q: String(q), order: String(order), group: String(group), col: columns, live: live === true, form: form === true };
  }

  willUpdate() {
    if (route.value.page !== 'traces') return;
    const { q, order, live } = this.params;
    feed.show({ q, order, columns: this.columns }, live);
  }

  /** The tags that the rows have: that by which they are grouped is one. */
  get columns() {
    const { col, group } = this.params;
    return this.tags(group && group !== 'service' && group !== 'operation' ? group : '', ...col);
  }

  firstUpdated() {
    const bar = this.renderRoot.querySelector('.bar');
    if (bar) this.resized?.observe(bar);
  }

  updated() {
    const top = this.remembered;
    if (place.listings !== feed.listings) {
      Object.assign(place, { listings: feed.listings, top: 0, opened: '' });
      this.scrollTop = 0;
    } else if (top && feed.listing) {
      schedule('write', () => { this.scrollTop = top; }); // the list has its height then
    }
    if (feed.listing) this.remembered = 0;
  }

  render() {
    if (route.value.page !== 'traces') return nothing;
    const { q, order, group, live, form } = this.params;
    const rows = (feed.wrong || feed.failure ? null : feed.listing)?.rows ?? [];
    const search = (/** @type {CustomEvent<{ q: string }>} */ e) => navigate(changed({ q: e.detail.q }));
    return html`
      <div class="search">
        <search-box .q=${q} @search=${search}></search-box>
        <button aria-pressed=${form} @click=${() => adjust({ form: !form })}>Form</button>
        <import-button></import-button>
        ${feed.status?.store.shared ? nothing : html`<forget-all @forgotten=${() => feed.again()}></forget-all>`}
      </div>
      ${form ? html`<search-form .q=${q} @search=${search}></search-form>` : nothing}
      <div class="plot" ?hidden=${!feed.searching && !rows.length}><trace-scatter .rows=${rows} @select=${this.#select}></trace-scatter></div>
      <div class="bar">
        <h2>${this.#count()}</h2>
        <live-bar .state=${feed.live.state.value} .waiting=${feed.listing?.waiting ?? 0} .missed=${feed.listing?.missed ?? false} .paused=${!live}
          @show=${this.#show} @pause=${this.#pause} @clear=${this.#clear} @again=${() => feed.live.again()}></live-bar>
        <span class="push"></span>
        <trace-list-bar .order=${order} .group=${group} .columns=${this.columns} @change=${(/** @type {CustomEvent} */ e) => navigate(changed(e.detail))}></trace-list-bar>
      </div>
      ${this.#list(rows, group)}`;
  }

  #count() {
    const l = feed.listing;
    if (feed.searching) return html`<span class="searching">Searching <button @click=${() => feed.stop()}>Stop</button></span>`;
    if (feed.wrong || feed.failure || !l) return 'Traces';
    return html`${l.rows.length < l.total || l.atLeast ? `${number(l.rows.length)} of ${l.atLeast ? 'at least ' : ''}` : ''}${count(l.total, 'trace')}`;
  }

  /**
   * @param {import('../types.js').TraceSummary[]} rows
   * @param {string} group
   */
  #list(rows, group) {
    const l = feed.listing;
    const { q, live } = this.params;
    if (feed.wrong) return html`<note-box heading="This cannot be searched for" detail=${feed.wrong.message}>Mend the text above, or <a href=${address('/')}>show all traces</a>.</note-box>`;
    if (feed.failure) return html`<note-box kind="failed" heading="The search failed" detail=${feed.failure.message} @again=${() => feed.again()}></note-box>`;
    if (!l) return feed.stopped ? html`<note-box kind="failed" heading="The search was stopped" @again=${() => feed.again()}></note-box>` : nothing;
    const end = html`<trace-list-end .listing=${l} .count=${rows.length} .status=${feed.status} .loading=${feed.loadingMore} .failure=${feed.moreFailure} .q=${q}
      @more=${() => feed.more()} @stop=${() => feed.stopMore()}></trace-list-end>`;
    if (!rows.length) return html`<trace-list-empty .q=${q} .cut=${l.cutAt} .tooLarge=${l.tooLarge} .status=${feed.status} .listens=${live} @go-on=${this.#pause}></trace-list-empty>${l.cursor ? end : nothing}`;
    return html`<trace-list .rows=${rows} .columns=${this.columns} .group=${group} .scroller=${this} .opened=${place.opened} @remove-column=${this.#removeColumn}></trace-list>${end}`;
  }

  /** @param {string} key */
  #key(key) {
    if (key === 'n') this.#show();
    else if (key === 'p') this.#pause();
    else /** @type {import('../parts/trace-list.js').TraceList | null} */ (this.renderRoot.querySelector('trace-list'))?.move(key === 'j' ? 1 : -1);
  }

  #pause() {
    adjust({ live: !this.params.live });
  }

  #show() {
    feed.reveal();
    this.scrollTop = 0;
  }

  #clear() {
    navigate(changed({ q: withTimes(this.params.q, BigInt(Date.now()) * 1_000_000n, null) }));
  }

  /** @param {CustomEvent<string>} event */
  #removeColumn(event) {
    const { col, group } = this.params;
    navigate(changed({ col: col.filter((c) => c !== event.detail), group: group === event.detail ? '' : group }));
  }

  /** @param {CustomEvent<{ from: bigint, to: bigint, shortest: bigint, longest: bigint }>} event */
  #select(event) {
    const { from, to, shortest, longest } = event.detail;
    navigate(changed({ q: withTraceDuration(withTimes(this.params.q, from, to), shortest, longest) }));
  }
}
customElements.define('traces-page', TracesPage);
