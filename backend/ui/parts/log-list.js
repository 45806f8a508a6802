// SPDX-License-Identifier: Apache-2.0

/** @import { TraceView } from '../app/trace-view.js' */
/** @import { Log, SpanView, Trace } from '../types.js' */
import { address } from '../app/base.js';
import { linkPatterns, linkSource, served } from '../app/link-patterns.js';
import { loadAllSpans } from '../app/load-spans.js';
import { adjust, changed, route } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, number, since, time } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import { memo } from '../lib/memo.js';
import { hiddenSpans } from '../trace/filter.js';
import { linksOf } from '../trace/link.js';
import { allLogs } from '../trace/logs.js';
import { spanViews } from '../trace/span-view.js';
import { spanID, spanOf } from '../trace/trace.js';
import { LitElement, css, html, live, nothing, repeat } from '../vendor/lit.js';
import { linkItems, linkStyle } from './link-items.js';
import './note-box.js';
import './service-name.js';
import './trace-hide.js';
import './trace-notes.js';
import './virtual-rows.js';

/** Logs that are kept; reading ends there. */
const most = 50_000;

/** @typedef {{ log: Log, view: SpanView, span: number, text: string }} Line */
/** @typedef {{ trace: Trace, lines: Line[], read: number, cut: boolean }} Logs trace: whose spans the lines name; read: spans that were looked at */

/** What was read of traces that are still in memory. @type {WeakMap<Trace, Logs>} */
const known = new WeakMap();

/** The logs of a trace's spans, but for hidden ones, by time. What the address finds is looked for in them. */
export class LogList extends LitElement {
  static properties = { view: { attribute: false }, logs: { state: true }, read: { state: true }, failure: { state: true } };

  static styles = [controls, linkStyle, css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr); min-width: 0; container-type: inline-size; }
    .head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; min-height: 40px; padding: 4px 16px; border-bottom: 1px solid var(--line); font-size: var(--small); }
    input { flex: 0 1 260px; min-width: 120px; font-size: var(--size); }
    [role=listitem] { display: flex; gap: 0 8px; height: var(--row); padding-right: 16px; }
    .links { flex-wrap: nowrap; max-width: 40%; }
    .line { flex: 1; min-width: 0; display: grid; grid-template-columns: 84px 26cqi minmax(0, 1fr); gap: 0 12px; height: var(--row); line-height: var(--row); padding: 0 0 0 16px; color: var(--text); white-space: nowrap; font-size: 13px; }
    .line:hover { text-decoration: none; }
    [role=listitem]:hover { background: var(--bg-hover); }
    [role=listitem]:has([aria-current]) { background: var(--bg-selected); }
    .line:focus-visible, .link:focus-visible { outline-offset: -2px; }
    time { text-align: right; color: var(--text-soft); font-variant-numeric: tabular-nums; }
    service-name { color: var(--text-soft); }
    .of, .text { overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate; }
    .fields { unicode-bidi: isolate; color: var(--text-soft); font-family: var(--mono); font-size: 0.93em; }
    @container (max-width: 560px) {
      .line { grid-template-columns: 72px minmax(0, 1fr); }
      .of { display: none; }
    }
  `];

  constructor() {
    super();
    /** @type {TraceView | null} */
    this.view = null;
    /** @type {Logs | null} */
    this.logs = null;
    /** Spans looked at so far. */
    this.read = 0;
    /** @type {Error | null} */
    this.failure = null;
    /** Of the trace whose logs are shown. */
    this.id = '';
    this.sight = { first: 0, end: 0 };
    this.latest = new Latest();
    this.filter = memo(filter);
    watch(this, route, settings, served);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.latest.cancel();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const before = /** @type {TraceView | null | undefined} */ (changed.get('view'));
    if (this.view && this.view.trace !== before?.trace && changed.has('view')) this.#load(this.view.trace);
  }

  /** @param {Trace} t */
  async #load(t) {
    this.failure = null;
    const before = known.get(t);
    if (before || this.id !== t.id) this.logs = before ?? null; // else spans came, and what is shown stays until theirs are read
    this.id = t.id;
    this.read = 0;
    if (before) return;
    /** @type {Logs} */
    const logs = { trace: t, lines: [], read: 0, cut: false };
    this.stopped = () => this.#show(t, logs);
    try {
      const answer = await this.latest.run(async (signal) => {
        for await (const { spans, part, done } of loadAllSpans(t, signal)) {
          const index = new Map([...spans].map((i) => [spanID(t, i), i]));
          for (const { log, view } of allLogs(spanViews(part, t.start))) logs.lines.push({ log, view, span: index.get(view.spanID) ?? 0, text: textOf(log) });
          this.read = logs.read = done;
          if (logs.lines.length < most) continue;
          logs.cut = done < t.count;
          break;
        }
      });
      if (!answer) return;
      this.#show(t, logs);
      known.set(t, logs);
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  /**
   * @param {Trace} t
   * @param {Logs} logs
   */
  #show(t, logs) {
    if (t !== this.view?.trace) return;
    logs.lines.sort((a, b) => a.log.at - b.log.at);
    this.logs = logs;
  }

  render() {
    const { view } = this;
    if (!view) return nothing;
    const t = view.trace;
    if (this.failure) return html`<note-box kind="failed" heading="The logs cannot be shown" detail=${this.failure.message} @again=${() => this.#load(t)}></note-box>`;
    if (!this.logs) {
      return html`<note-box kind="loading" heading="Reading the logs" detail="${number(this.read)} of ${count(t.count, 'span')}" @stop=${() => { this.latest.cancel(); this.stopped?.(); }}></note-box>`;
    }
    const { trace, lines, read, cut } = this.logs;
    if (!lines.length && read < t.count) return html`<note-box heading="There are no logs so far" detail="${number(read)} of ${count(t.count, 'span')} were read, and have no logs."><button @click=${() => this.#load(t)}>Read all</button></note-box>`;
    if (!lines.length) return html`<note-box heading="There are no logs in this trace">A span gets one by <code>span.LogKV("event", "cache miss")</code>, or by an event of OpenTelemetry.</note-box>`;
    const { find = '', hide = [], focus = '' } = route.value.params;
    const shown = this.filter(trace, lines, String(find), JSON.stringify(hide), String(focus));
    return html`
      <div class="head">
        <input type="search" placeholder="Find in the logs" aria-label="Find in the logs" autocomplete="off" spellcheck="false" maxlength="2000"
          .value=${live(String(find))} @input=${(/** @type {any} */ e) => adjust({ find: e.target.value })}>
        <span role="status">${shown.length < lines.length ? `${number(shown.length)} of ${count(lines.length, 'log')}` : count(lines.length, 'log')}</span>
        ${cut ? html`<span class="soft">of the first ${number(read)} spans: there are too many to show them all</span>` : read < t.count ? html`<span class="soft">of ${number(read)} of ${count(t.count, 'span')}, then it was stopped</span> <button class="quiet" @click=${() => this.#load(t)}>Read all</button>` : nothing}
        <trace-hide .view=${view}></trace-hide>
        <trace-notes .view=${view}></trace-notes>
      </div>
      <virtual-rows tabindex="0" role="list" aria-label="Logs" .count=${shown.length} @rows=${(/** @type {CustomEvent} */ e) => { this.sight = e.detail; this.requestUpdate(); }}>
        ${repeat(shown.slice(this.sight.first, this.sight.end), (l) => l, (l) => this.#line(trace, l))}
      </virtual-rows>`;
  }

  /**
   * @param {Trace} t
   * @param {Line} line
   */
  #line(t, { log, view, span, text }) {
    const id = spanID(t, span);
    const patterns = linkPatterns();
    const links = log.tags.flatMap((tag) => linksOf(patterns, 'logs', linkSource(t, view), log.tags, tag));
    return html`<div role="listitem"><a class="line" href=${address(changed({ span: id }))} aria-current=${id === route.value.params.span ? 'true' : nothing} title=${text.slice(0, 500)}>
      <time title=${time(log.time, settings.value.zone, { digits: 9 })}>${since(log.at)}</time>
      <span class="of"><service-name .name=${t.services[t.service[span]].slice(0, 100)}></service-name> ${t.names[t.name[span]].slice(0, 200)}</span>
      <span class="text"><bdi>${log.name.slice(0, 300)}</bdi> <span class="fields">${text.slice(log.name.length + 1, log.name.length + 500)}</span></span>
    </a>${links.length ? html`<span class="links">${linkItems(links)}</span>` : nothing}</div>`;
  }
}
customElements.define('log-list', LogList);

/**
 * The lines that have a text in them, of spans that are to be seen.
 * @param {Trace} t
 * @param {Line[]} lines
 * @param {string} find
 * @param {string} hide as in the address, JSON
 * @param {string} focus the id of the span whose subtree alone is seen, "": all are
 */
function filter(t, lines, find, hide, focus) {
  const hidden = hiddenSpans(t, JSON.parse(hide))?.mask;
  const top = spanOf(t, focus);
  const wanted = find.trim().toLowerCase();
  return lines.filter(({ span, text }) => !hidden?.[span] && (top < 0 || (span >= top && span < t.end[top])) && text.toLowerCase().includes(wanted));
}

/** A log as a line: its name, then its fields. @param {Log} log */
function textOf(log) {
  return `${log.name} ${log.tags.filter(({ key, text }) => key !== 'event' || text !== log.name).map((tag) => `${tag.key}=${tag.text.slice(0, 1000)}`).join(' ')}`;
}
