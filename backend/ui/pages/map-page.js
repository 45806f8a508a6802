// SPDX-License-Identifier: Apache-2.0

/** @import { Places, ServiceMap } from '../types.js' */
import { address } from '../app/base.js';
import { MapFeed } from '../app/map-feed.js';
import { adjust, changed, navigate, route } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { onKeys, watch } from '../app/watch.js';
import { count, duration, number, time, zoneName } from '../lib/format.js';
import { around, busiest, failing, matches } from '../lib/graph.js';
import { layOut, settle } from '../lib/layout.js';
import { memo } from '../lib/memo.js';
import '../parts/map-bar.js';
import '../parts/map-graph.js';
import '../parts/map-panel.js';
import '../parts/map-table.js';
import '../parts/note-box.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** Services that are drawn at most. */
const most = 300;

/** @type {import('../app/keys.js').Key[]} */
const keys = [
  ['/', 'Find a service'], ['n', 'Next found service'], ['N', 'Previous found service'], ['v', 'Graph, or table'],
  ['+', 'Zoom in'], ['-', 'Zoom out'], ['0', 'Show all'], ['l', 'Lay out anew'], ['Escape', 'Choose nothing'],
].map(([keys, does]) => ({ keys, does, page: 'map' }));

// They outlive the element: Back shows what was there, where it was.
const feed = new MapFeed();
/** @type {{ key: string, places: Places | null, plane: import('../lib/plane.js').Plane | null }} */
const kept = { key: '', places: null, plane: null };

/** Who calls whom, how often, and what fails. */
export class MapPage extends LitElement {
  static styles = [controls, css`
    :host { display: grid; grid-template-rows: auto auto minmax(0, 1fr); height: 100%; }
    note-box a { text-decoration: underline; }
    .notes { padding: 0 16px; }
    .notes p { margin: 6px 0; }
    .stale { padding: 4px 8px; background: var(--bg-warning); color: var(--warning); border-radius: var(--radius); }
    .both { display: grid; grid-template-columns: minmax(0, 1fr) 340px; min-height: 0; }
    map-panel p { margin: 16px 0 0; }
    @media (max-width: 800px) { .both { grid-template: minmax(0, 1fr) minmax(0, 38%) / minmax(0, 1fr); } }
  `];

  constructor() {
    super();
    this.some = memo((/** @type {ServiceMap} */ map, /** @type {string} */ service, /** @type {number} */ depth, /** @type {boolean} */ errors) => {
      const some = service ? around(map, service, depth) : map;
      return errors ? failing(some) : some;
    });
    this.drawn = memo(busiest);
    this.marked = memo((/** @type {ServiceMap} */ map, /** @type {string} */ find) => new Set([...map.services.keys()].filter((i) => find.trim() && matches(map.services[i].name, find.trim()))));
    watch(this, route, settings, feed.reading, feed.failure);
    onKeys(this, keys, (key) => this.#key(key));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    feed.leave();
  }

  get params() {
    const { service, depth, errors, find, view, since, until, live, chosen } = route.value.params;
    return { service: String(service), depth: Math.max(0, Number(depth)), errors: errors === true, find: String(find), table: view === 'table', since: String(since), until: String(until), live: live === true, chosen: /** @type {string[]} */ (chosen).slice(0, 2) };
  }

  willUpdate() {
    if (route.value.page !== 'map') return;
    const { since, until, live } = this.params;
    feed.show({ since, until }, live);
  }

  get graph() {
    return /** @type {import('../parts/map-graph.js').MapGraph | null} */ (this.renderRoot.querySelector('map-graph'));
  }

  render() {
    if (route.value.page !== 'map') return nothing;
    const reading = feed.reading.value;
    const { service, depth, errors, find, table } = this.params;
    const map = reading && this.some(reading.map, service, depth, errors);
    const found = map && find.trim() ? this.marked(map, find).size : -1;
    return html`
      <map-bar .names=${reading?.map.services.map((s) => s.name) ?? []} .said=${found < 0 ? '' : found ? number(found) + ' found' : 'none found'}></map-bar>
      <div class="notes">${reading && map ? this.#notes(reading, map, table) : nothing}</div>
      ${!reading || !map ? this.#waiting() : !map.calls.length ? this.#empty(reading) : this.#both(reading, map)}`;
  }

  #waiting() {
    return feed.failure.value
      ? html`<note-box kind="failed" heading="The map cannot be shown" detail=${feed.failure.value.message} @again=${() => feed.again()}></note-box>`
      : html`<note-box kind="loading" heading="Asking who called whom" @stop=${() => feed.stop()}></note-box>`;
  }

  /**
   * @param {import('../app/map-feed.js').Reading} reading
   * @param {ServiceMap} map
   * @param {boolean} table
   */
  #notes(reading, map, table) {
    const { zone } = settings.value;
    const left = map.services.length - most;
    return html`
      ${feed.failure.value ? html`<p class="stale" role="status">${feed.failure.value.message} What you see is of ${time(reading.to, zone, { digits: 0 }).slice(11)}. <button @click=${() => feed.again()}>Try again</button></p>` : nothing}
      ${left > 0 && !table ? html`<p>These are the ${most} busiest of ${count(map.services.length, 'service')}. Choose one to see what is around it, or look at <a href=${address(changed({ view: 'table' }))}>the table of all calls</a>.</p>` : nothing}`;
  }

  /** Of which time the numbers are. @param {import('../app/map-feed.js').Reading} reading */
  #when({ from, to, seconds, younger, stored }) {
    const { zone } = settings.value;
    const window = `${time(from, zone, { digits: 0 })} – ${time(to, zone, { digits: 0 }).slice(11)} ${zoneName(zone, new Date(Number(to / 1_000_000n)))}`;
    return html`<p class="soft">${window}, ${duration(Math.round(seconds) * 1e9)}${younger ? ': nothing before it is stored' : ''}.${stored ? ' The calls are those of the days that a job has added up.' : ''}</p>`;
  }

  /** @param {import('../app/map-feed.js').Reading} reading */
  #empty({ map: all, stored }) {
    const { service, errors } = this.params;
    const everything = html`<a href=${address(changed({ service: '', errors: false }))}>Show all services</a>`;
    if (errors && all.noErrors && all.calls.length) return html`<note-box heading="Which calls failed is not stored">The services' traces say it. ${everything}</note-box>`;
    if (errors && all.calls.length) return html`<note-box heading="No call failed">${service ? 'Of the calls around this service none failed in this time.' : 'Of the calls between services none failed in this time.'} ${everything}</note-box>`;
    if (service && all.calls.length) return html`<note-box heading=${all.services.some((s) => s.name === service) ? `${service.slice(0, 100)} made and got no calls in this time` : `There is no service ${service.slice(0, 100)} in this time`}>Choose another one, or a longer time above. ${everything}</note-box>`;
    if (stored) return html`<note-box heading="No calls of this time are stored">This store shows the calls that <code>dependencies</code>, ours or Jaeger's, adds up for it, a day at a time: is it run regularly? Choose a longer time above, or <a href=${address('/')}>look at the traces</a>.</note-box>`;
    return html`<note-box heading="No service called another in this time">A service is here from its first call to another one on: a span whose parent is of another service. ${all.services.length ? html`There are spans of ${count(all.services.length, 'service')}; if they do call each other, their tracers do not pass on the trace context. ` : nothing}Choose a longer time above, or <a href=${address('/')}>look at the traces</a>.</note-box>`;
  }

  /**
   * @param {import('../app/map-feed.js').Reading} reading
   * @param {ServiceMap} map
   */
  #both(reading, map) {
    const { seconds } = reading;
    const { chosen, find, table } = this.params;
    const choose = (/** @type {CustomEvent<string[]>} */ e) => this.#choose(e.detail);
    const panel = html`<map-panel .map=${chosen.length ? reading.map : map} .seconds=${seconds} .chosen=${chosen} tabindex="0" role="region" aria-label="Numbers">${this.#when(reading)}</map-panel>`;
    if (table) {
      const calls = find.trim() ? map.calls.filter((c) => this.marked(map, find).has(c.from) || this.marked(map, find).has(c.to)) : map.calls;
      return html`<div class="both"><map-table .map=${{ ...map, calls }} .seconds=${seconds} .chosen=${chosen} tabindex="0" role="region" aria-label="Calls"></map-table>${panel}</div>`;
    }
    const drawn = this.drawn(map, most);
    const places = this.#places(drawn);
    return html`<div class="both">
      <map-graph .map=${drawn} .places=${places} .seconds=${seconds} .chosen=${chosen} .kept=${kept} .marked=${this.marked(drawn, find)} @choose=${choose}>
        <button ?disabled=${places.settled} title="Services came or went since they were laid out (l)" @click=${() => this.#anew()}>Lay out anew</button>
      </map-graph>${panel}</div>`;
  }

  /** Where services are: where they were, as long as the same is asked for. @param {ServiceMap} map */
  #places(map) {
    const { service, depth, errors, since, until } = this.params;
    const key = JSON.stringify([service, depth, errors, since, until]);
    if (kept.places && kept.key === key && map.services.some((s) => kept.places?.at.has(s.name))) kept.places = settle(kept.places, map);
    else Object.assign(kept, { key, places: layOut(map), plane: null });
    return /** @type {Places} */ (kept.places);
  }

  #anew() {
    Object.assign(kept, { places: null });
    this.graph?.fit();
    this.requestUpdate();
  }

  /** @param {string[]} chosen */
  #choose(chosen) {
    if (JSON.stringify(chosen) !== JSON.stringify(this.params.chosen)) navigate(changed({ chosen }));
  }

  /** @param {string} key */
  #key(key) {
    const { graph } = this;
    if (key === '/') /** @type {import('../parts/map-bar.js').MapBar | null} */ (this.renderRoot.querySelector('map-bar'))?.find();
    else if (key === 'v') navigate(changed({ view: this.params.table ? 'graph' : 'table' }));
    else if (key === 'Escape') this.#choose([]);
    else if (key === 'n' || key === 'N') this.#next(key === 'n' ? 1 : -1);
    else if (key === 'l') this.#anew();
    else if (key === '0') graph?.fit();
    else graph?.zoom(key === '+' ? 1.25 : 0.8);
  }

  /** Chooses the found service that is next. @param {1 | -1} by */
  #next(by) {
    const { find, chosen } = this.params;
    const map = this.graph?.map;
    if (!map) return;
    const names = [...this.marked(map, find)].map((i) => map.services[i].name);
    if (!names.length) return;
    const at = names.indexOf(chosen[0]);
    adjust({ chosen: [names[at < 0 ? (by > 0 ? 0 : names.length - 1) : (at + by + names.length) % names.length]] });
  }
}
customElements.define('map-page', MapPage);
