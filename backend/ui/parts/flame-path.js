// SPDX-License-Identifier: Apache-2.0

/** @import { Paths } from '../types.js' */
import { address } from '../app/base.js';
import { changed } from '../app/router.js';
import { controls } from '../app/styles.js';
import { count, cut, duration, number, percent, since } from '../lib/format.js';
import { kinds } from '../search/words.js';
import { pathID } from '../trace/paths.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './service-name.js';

/** The numbers of a path, and the way to its spans. */
export class FlamePath extends LitElement {
  static properties = { paths: { attribute: false }, path: { type: Number }, rest: { type: Number }, sum: { type: Number } };

  static styles = [controls, css`
    :host { display: block; border-top: 1px solid var(--line); padding: 6px 16px; min-height: 74px; }
    .name > * { overflow: hidden; text-overflow: ellipsis; }
    b { font-weight: 600; unicode-bidi: isolate; }
    .facts, dl { display: flex; flex-wrap: wrap; gap: 0 16px; margin: 0; font-size: var(--small); font-variant-numeric: tabular-nums; line-height: 1.6; }
    dl div { display: flex; gap: 4px; white-space: nowrap; }
    dt { color: var(--text-soft); }
    dd { margin: 0; }
    p { margin: 0; font-size: var(--small); color: var(--text-soft); }
    .name { display: flex; gap: 8px; min-width: 0; font-size: var(--size); color: var(--text); white-space: nowrap; }
    @media (max-width: 500px) { :host { min-height: 118px; } }
    @media (max-height: 500px) { :host { min-height: 0; height: 66px; overflow: auto; } }
  `];

  constructor() {
    super();
    /** @type {Paths | null} */
    this.paths = null;
    this.path = -1;
    /** How many paths right below it are meant instead, too narrow to be drawn; 0: it is meant. */
    this.rest = 0;
    /** All self times of the trace's spans, ns. */
    this.sum = 0;
  }

  render() {
    const { paths, path: p } = this;
    if (!paths || p < -1 || p >= paths.count) return nothing;
    if (this.rest) return html`<p class="name"><b>${count(this.rest, 'more path')}</b> <span>${p < 0 ? 'at the top' : html`below ${cut(paths.trace.names[paths.name[p]], 200)}`}, each narrower than a pixel</span></p>
      <p>${p < 0 ? 'Hide or find something, and there is more room for them.' : 'Click to see it alone, with more room for them.'} The table lists all.</p>`;
    if (p < 0) return nothing;
    const { trace: t, spans, errors, total, self, max, start } = paths;
    const [service, name] = [t.services[paths.service[p]], t.names[paths.name[p]]];
    let calls = 0;
    for (let k = p + 1; k < paths.end[p]; k = paths.end[k]) calls += total[k];
    const fact = (/** @type {string} */ what, /** @type {unknown} */ value, title = '') => html`<div title=${title || nothing}><dt>${what}</dt><dd>${value}</dd></div>`;
    return html`
      <p class="name"><service-name .name=${cut(service, 200)}></service-name><b title=${cut(name, 500)}>${cut(name, 300)}</b>${paths.kind[p] ? html`<span class="soft">${kinds[paths.kind[p]]}</span>` : nothing}</p>
      <div class="facts"><dl>
        ${fact('Spans', number(spans[p]))}
        ${errors[p] ? fact('Errors', html`<span class="error">${number(errors[p])}</span>`) : nothing}
        ${fact('Total', `${duration(total[p])}, ${percent(total[p] / (t.duration || 1))} of the trace`, 'The sum of their durations, beside the duration of the trace')}
        ${fact('Self', `${duration(self[p])}, ${percent(self[p] / (this.sum || 1))} of all`, 'The time in which they ran and none of their children did, beside all such time of the trace')}
        ${spans[p] > 1 ? html`${fact('Average', duration(total[p] / spans[p]))}${fact('Longest', duration(max[p]))}` : nothing}
        ${fact('First', since(start[p]))}
      </dl><a href=${address(changed({ view: 'tree', find: `path:${pathID(paths, p)}`, only: true, path: '' }))}>${spans[p] > 1 ? `Its ${number(spans[p])} spans` : 'Its span'} in the timeline</a></div>
      ${calls > total[p] ? html`<p>What it called took ${duration(calls)} in its ${duration(total[p])}, some of it at the same time or after it.</p>` : nothing}`;
  }
}
customElements.define('flame-path', FlamePath);
