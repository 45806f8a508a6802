// SPDX-License-Identifier: Apache-2.0

import { address } from '../app/base.js';
import { RedFeed } from '../app/red-feed.js';
import { kindChoices, spansOf } from '../app/red-search.js';
import { adjust, changed, navigate, route } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { onKeys, watch } from '../app/watch.js';
import { count, number, time, zoneName } from '../lib/format.js';
import { href } from '../lib/url.js';
import '../parts/note-box.js';
import '../parts/search-range.js';
import '../parts/service-name.js';
import '../parts/services-charts.js';
import '../parts/services-table.js';
import { withWindow } from '../search/edit.js';
import { LitElement, css, html, live, nothing } from '../vendor/lit.js';

/** @type {import('../app/keys.js').Key[]} */
const keys = [
  { keys: '/', does: 'Find a service or operation', page: 'services' },
  { keys: 'n', does: 'Sort anew', page: 'services' },
  { keys: 'p', does: 'Pause, or go on', page: 'services' },
];

/** Names that are listed at most. */
const mostNames = 1000;

// It outlives the element: Back shows what was there.
const feed = new RedFeed();

/** Rates, errors and durations of all services or, of one, of its operations. */
export class ServicesPage extends LitElement {
  static styles = [controls, css`
    :host { display: block; height: 100%; overflow-y: auto; overflow-x: hidden; }
    .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; padding: 8px 16px; border-bottom: 1px solid var(--line); }
    .bar input { width: 16em; min-width: 0; }
    .push { flex: 1; }
    .at { font-size: var(--small); color: var(--text-soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
    .pause { min-width: 66px; }
    .path { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 8px; margin: 0; padding: 10px 16px 0; font-size: 1.05em; font-weight: 400; overflow-wrap: anywhere; }
    .path b { font-weight: 600; unicode-bidi: isolate; }
    .path .links { display: flex; gap: 16px; margin-left: auto; font-size: var(--size); }
    .stale { margin: 8px 16px; padding: 8px 12px; background: var(--bg-warning); color: var(--warning); border-radius: var(--radius); }
    .note { margin: 0; padding: 4px 16px 0; font-size: var(--small); color: var(--text-soft); }
    .old { opacity: 0.5; } /* while what was chosen is loading */
    note-box a { text-decoration: underline; }
    .loading { animation: appear 0.01s 0.3s both; }
    @keyframes appear { from { visibility: hidden; } to { visibility: visible; } }
    @media (max-width: 719px) {
      .bar input { flex: 1; }
      .push { display: none; }
    }
  `];

  constructor() {
    super();
    watch(this, route, settings, feed.version);
    onKeys(this, keys, (key) => this.#key(key));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    feed.leave();
  }

  get params() {
    const { service, op, kind, since, until, find, live } = route.value.params;
    const asked = { service: String(service), op: service ? String(op) : '', kind: kindChoices.some(([k]) => k === kind) ? String(kind) : 'requests', since: String(since), until: String(until) };
    return { asked, find: String(find), live: live === true };
  }

  willUpdate() {
    if (route.value.page !== 'services') return;
    const { asked, live } = this.params;
    // What lies between two points in time is there already.
    feed.show(asked, live && !asked.until);
  }

  render() {
    if (route.value.page !== 'services') return nothing;
    const { asked, find, live: on } = this.params;
    const { kind, since, until } = asked;
    const { zone } = settings.value;
    const at = feed.reading?.at;
    return html`
      <div class="bar">
        <select aria-label="Which spans count" @change=${(/** @type {any} */ e) => navigate(changed({ kind: e.target.value }))}>${kindChoices.map(([k, text]) => html`<option value=${k} .selected=${k === kind}>${text}</option>`)}</select>
        <search-range .window=${{ since, until }} @range=${(/** @type {CustomEvent} */ e) => navigate(changed(e.detail))}></search-range>
        <input type="search" maxlength="200" placeholder="Find" aria-label=${asked.service ? 'Find an operation' : 'Find a service'} .value=${live(find)} @input=${(/** @type {any} */ e) => adjust({ find: e.target.value })}>
        <span class="push"></span>
        ${at ? html`<span class="at">as of ${time(at, zone, { date: false, digits: 0 })} ${zoneName(zone, new Date(Number(at / 1_000_000n)))}</span>` : nothing}
        ${until ? nothing : html`<button class="pause" aria-pressed=${!on} title="Ask every few seconds, or not (p)" @click=${() => this.#pause()}>${on ? 'Pause' : 'Go on'}</button>`}
      </div>
      ${asked.service ? this.#path(asked) : nothing}
      ${this.#content(asked)}`;
  }

  /** Where one is, and where one can go from there. @param {import('../app/red-feed.js').Asked} asked */
  #path({ service, op, kind, since, until }) {
    const q = withWindow(spansOf({ service, op, kind }), { since, until });
    return html`<h2 class="path"><a href=${address(changed({ service: '', op: '', find: '' }))}>All services</a> <span class="soft" aria-hidden="true">›</span>
      ${op ? html`<a href=${address(changed({ op: '' }))}><service-name .name=${service.slice(0, 200)}></service-name></a> <span class="soft" aria-hidden="true">›</span> <b>${op.slice(0, 300)}</b>` : html`<b><service-name .name=${service.slice(0, 200)}></service-name></b>`}
      <span class="links"><a href=${address(href('map', { service, depth: 1, since, until }))}>On the map</a><a href=${address(href('traces', { q }))}>Traces</a></span></h2>`;
  }

  /** @param {import('../app/red-feed.js').Asked} asked */
  #content(asked) {
    const r = feed.reading;
    const mine = r && r.asked.service === asked.service ? r : null;
    if (!mine) {
      if (feed.failure) return this.#failed(feed.failure);
      if (feed.stopped) return html`<note-box kind="failed" heading="This was stopped" @again=${() => feed.again()}></note-box>`;
      return html`<note-box class="loading" kind="loading" heading="Adding up the spans" @stop=${() => feed.cancel()}></note-box>`;
    }
    const same = JSON.stringify(mine.asked) === JSON.stringify(asked);
    if (!same && feed.failure && !feed.loading) return this.#failed(feed.failure);
    if (mine.oldest === null && !mine.names?.length) return html`<note-box heading="No spans are stored yet"><p>Services are listed here with their first span. <a href=${address('/')}>Traces</a> says how to send some.</p></note-box>`;
    if (asked.service && !mine.known) return html`<note-box heading="Nothing of this service is stored"><p>Its name may be another, or its spans were removed for their age. <a href=${address(changed({ service: '', op: '' }))}>Show all services</a>.</p></note-box>`;
    if (mine.names) return this.#unrated(asked, mine.names);
    return html`
      ${feed.failure ? html`<p class="stale" role="status">${feed.failure.message} What you see is from before. <button class="quiet" @click=${() => feed.again()}>Try again</button></p>` : nothing}
      ${same || !feed.loading ? nothing : html`<p class="note loading" role="status">Adding up the spans <button class="quiet" @click=${() => feed.cancel()}>Stop</button></p>`}
      ${same || !feed.stopped ? nothing : html`<p class="note">This was stopped. <button class="quiet" @click=${() => feed.again()}>Try again</button></p>`}
      <div class=${same ? '' : 'old'} aria-busy=${!same}>
        ${this.#nothing(mine)}
        <services-charts .reading=${mine}></services-charts>
        <services-table .reading=${mine}></services-table>
        ${this.#notes(mine)}
      </div>`;
  }

  /**
   * Names alone, of a store that has no rates.
   * @param {import('../app/red-feed.js').Asked} asked
   * @param {string[]} names
   */
  #unrated(asked, names) {
    const { service, kind, since, until } = asked;
    const find = this.params.find.trim().toLowerCase();
    const some = names.filter((name) => name.toLowerCase().includes(find));
    const q = (/** @type {string} */ op) => withWindow(spansOf({ service, op, kind }), { since, until });
    return html`<note-box heading=${count(some.length, service ? 'operation' : 'service')}><p>This store has no rates, errors and durations to show.</p>
      <ul>${some.slice(0, mostNames).map((name) => html`<li><a href=${service ? address(href('traces', { q: q(name) })) : address(changed({ service: name, op: '', find: '' }))}>${name.slice(0, 200)}</a></li>`)}</ul>
      ${some.length > mostNames ? html`<p>The first ${number(mostNames)} are listed; Find above looks at all.</p>` : nothing}</note-box>`;
  }

  /** That no span counts, and what to do. @param {NonNullable<RedFeed['reading']>} r */
  #nothing(r) {
    if (r.asked.service ? r.series : r.rows.some((row) => row.spans)) return nothing;
    const all = r.asked.kind === 'all' ? nothing : html`<a href=${address(changed({ kind: 'all' }))}>Count all spans</a>, or `;
    return html`<note-box heading="No such spans in this time"><p>${all}<a href=${address(changed({ since: '', until: '' }))}>look at any time</a>.</p></note-box>`;
  }

  /** What the numbers do not say. @param {NonNullable<RedFeed['reading']>} r */
  #notes(r) {
    const { zone } = settings.value;
    const since = r.oldest !== null && r.oldest > r.frame.from ? `Stored since ${time(r.oldest, zone, { digits: 0 })} ${zoneName(zone, new Date(Number(r.oldest / 1_000_000n)))}: rates are of the time since then. ` : '';
    return html`<p class="note">${since}Dotted is what is not over yet, or only in part within this time. Percentiles are an eighth off at most. Spans that sampling left out are not counted.</p>`;
  }

  /** @param {Error} failure */
  #failed(failure) {
    return html`<note-box kind="failed" heading="The services cannot be shown" detail=${failure.message} @again=${() => feed.again()}>
      <p>If that was too much at once: <a href=${address(changed({ since: '15m', until: '' }))}>the last 15 minutes</a> are less.</p></note-box>`;
  }

  #pause() {
    adjust({ live: !this.params.live });
  }

  /** @param {string} key */
  #key(key) {
    if (key === 'p') this.#pause();
    else if (key === 'n') /** @type {import('../parts/services-table.js').ServicesTable | null} */ (this.renderRoot.querySelector('services-table'))?.sortAnew();
    else /** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector('input'))?.focus();
  }
}
customElements.define('services-page', ServicesPage);
