// SPDX-License-Identifier: Apache-2.0

/** @import { LinkSource, Log } from '../types.js' */
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, since, time } from '../lib/format.js';
import { LitElement, css, html, nothing, repeat } from '../vendor/lit.js';
import './tag-list.js';

/** How many are shown at first, and with each press of the button. */
const some = 50;

/** The logs of one span, with the time since the trace began. */
export class SpanPanelLogs extends LitElement {
  static properties = { logs: { attribute: false }, service: {}, source: { attribute: false }, shown: { state: true } };

  static styles = [controls, css`
    :host { display: block; }
    ol { list-style: none; margin: 0; padding: 0; }
    li { padding: 3px 0 5px; }
    li + li { border-top: 1px solid var(--line); }
    .head { display: flex; gap: 8px; align-items: baseline; }
    time { flex: none; font-size: var(--small); color: var(--text-soft); font-variant-numeric: tabular-nums; }
    .name { overflow-wrap: anywhere; unicode-bidi: isolate; font-weight: 600; }
    tag-list { margin-left: 12px; }
  `];

  constructor() {
    super();
    /** @type {Log[]} */
    this.logs = [];
    this.service = '';
    /** Where values of links come from. @type {LinkSource | null} */
    this.source = null;
    this.shown = some;
    watch(this, settings);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('logs')) this.shown = some;
  }

  render() {
    const more = this.logs.length - this.shown;
    return html`<ol>${repeat(this.logs.slice(0, this.shown), (_, n) => n, (log, n) => html`<li>
        <div class="head"><time title=${time(log.time, settings.value.zone, { digits: 9 })}>${since(log.at)}</time><span class="name">${log.name.slice(0, 2000)}</span></div>
        ${log.tags.length ? html`<tag-list .tags=${log.tags} .service=${this.service} of="logs" .source=${this.source}></tag-list>` : nothing}
      </li>`)}</ol>
      ${more > 0 ? html`<button @click=${() => { this.shown += some * 4; }}>Show ${count(Math.min(more, some * 4), 'more log')} of ${more}</button>` : nothing}`;
  }
}
customElements.define('span-panel-logs', SpanPanelLogs);
