// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { address } from '../app/base.js';
import { linkPatterns, linkSource, served } from '../app/link-patterns.js';
import { askLinking, linking } from '../app/linked.js';
import { changed, route } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, duration, number, time, zoneName } from '../lib/format.js';
import { memo } from '../lib/memo.js';
import { linksOf } from '../trace/link.js';
import { linksOut } from '../trace/references.js';
import { rootOf, spanOf } from '../trace/trace.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './compare-menu.js';
import './copy-button.js';
import './link-dialog.js';
import { linkItems, linkStyle } from './link-items.js';
import './service-name.js';
import './share-menu.js';
import { viewsStyle } from './views.js';

const views = /** @type {const} */ ([['tree', 'Timeline'], ['flame', 'Flame'], ['table', 'Table'], ['logs', 'Logs'], ['linked', 'Linked']]);

/** What a trace is as a whole, the views of it, and what can be done with it. */
export class TraceHeader extends LitElement {
  static properties = { trace: { attribute: false }, arrived: { type: Number } };

  static styles = [controls, linkStyle, viewsStyle, css`
    :host { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 8px 16px; }
    .title { flex: 1 1 280px; min-width: 0; }
    .go { display: flex; flex-wrap: wrap; gap: 4px 8px; }
    h2 { margin: 0; font-size: 16px; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .top { display: flex; align-items: baseline; gap: 12px; } /* where what comes makes no line more */
    .top span { flex: none; font-size: var(--small); }
    service-name { unicode-bidi: isolate; }
    dl { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 10px; margin: 0; font-size: var(--small); }
    dl div { display: flex; max-width: 100%; align-items: baseline; gap: 4px; white-space: nowrap; }
    dd button.quiet { min-height: 24px; padding: 0; margin: -4px 0; border: 0; font-size: inherit; line-height: inherit; vertical-align: baseline; color: var(--error); text-decoration: underline; }
    .warning, .warning dt { color: var(--warning); }
    dt { color: var(--text-soft); }
    dd { margin: 0; font-variant-numeric: tabular-nums; }
  `];

  constructor() {
    super();
    /** @type {Trace | null} */
    this.trace = null;
    /** How many of its spans came while it was looked at. */
    this.arrived = 0;
    this.facts = memo(facts);
    watch(this, route, settings, served, linking);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('trace') && this.trace) askLinking(this.trace);
  }

  /** Whether other traces are linked with it. @param {Trace} t */
  #linked(t) {
    return linksOut(t) || (linking.value?.id === t.id && linking.value.traces.length > 0);
  }

  render() {
    const t = this.trace;
    if (!t || !t.count) return nothing;
    const { zone } = settings.value;
    const { view, span } = route.value.params;
    const { depth, errors, lost } = this.facts(t);
    const links = linksOf(linkPatterns(), 'traces', linkSource(t));
    const root = rootOf(t);
    const name = t.names[t.name[root]];
    const spans = t.total - t.doubles;
    return html`
      <div class="title">
        <div class="top"><h2 title=${name.slice(0, 500)}><service-name .name=${t.services[t.service[root]]}></service-name> <bdi>${name}</bdi></h2>
          <span class="soft" role="status">${this.arrived ? `${count(this.arrived, 'span')} came just now` : ''}</span></div>
        <dl>
          <div><dt>Trace</dt><dd><span class="mono">${t.id}</span><copy-button what="the trace's id" .text=${t.id}></copy-button></dd></div>
          <div><dt>Start</dt><dd>${time(t.start, zone)} ${zoneName(zone, new Date(Number(t.start / 1_000_000n)))}</dd></div>
          <div><dt>Duration</dt><dd>${duration(t.duration)}</dd></div>
          <div><dt>Services</dt><dd>${number(t.services.length)}</dd></div>
          <div><dt>Depth</dt><dd>${number(depth + 1)}</dd></div>
          <div><dt>Spans</dt><dd>${spans > t.count ? `${number(t.count)} of ${number(spans)} shown` : number(t.count)}</dd></div>
          ${errors ? html`<div><dt class="sr">Errors</dt><dd><button class="quiet error" title="Go to the next error (e)" @click=${() => this.dispatchEvent(new Event('error-next'))}>${count(errors, 'error')}</button></dd></div>` : nothing}
          ${lost ? html`<div class="warning" title="Their parents were not sent, are yet to come, or are below them."><dt>Partial:</dt><dd>${count(lost, 'span')} without a parent</dd></div>` : nothing}
          ${t.doubles ? html`<div><dt>Came twice:</dt><dd>${count(t.doubles, 'span')}</dd></div>` : nothing}
          ${links.length ? html`<div><dt>Links</dt><dd class="links">${linkItems(links)}</dd></div>` : nothing}
        </dl>
      </div>
      <div class="go"><nav aria-label="Views of the trace">
        ${views.filter(([v]) => v !== 'linked' || v === view || this.#linked(t)).map(([v, text]) => html`<a href=${address(changed(v === 'linked' ? { view: v, from: 0, to: 0 } : { view: v }))} aria-current=${v === view ? 'page' : nothing}>${text}</a>`)}
      </nav>
      <compare-menu .peer=${{ traceID: t.id, start: String(t.start), rootService: t.services[t.service[root]], rootName: name }}></compare-menu>
      <share-menu .trace=${t} .span=${spanOf(t, String(span))}></share-menu></div>
      <link-dialog></link-dialog>`;
  }
}
customElements.define('trace-header', TraceHeader);

/** @param {Trace} t */
function facts(t) {
  let [depth, errors, lost] = [0, 0, 0];
  for (let i = 0; i < t.count; i++) {
    if (t.depth[i] > depth) depth = t.depth[i];
    if (t.status[i] === 2) errors++;
    if (t.parent[i] === -2) lost++;
  }
  return { depth, errors, lost };
}
