// SPDX-License-Identifier: Apache-2.0

/** @import { CompareView } from '../app/compare-view.js' */
/** @import { Comparison, Trace } from '../types.js' */
import { address } from '../app/base.js';
import { adjust, changed, navigate, route } from '../app/router.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { onKeys, watch } from '../app/watch.js';
import { count, duration, number, percent, since, time, zoneName } from '../lib/format.js';
import { href } from '../lib/url.js';
import { pathAt } from '../trace/compare.js';
import { pathID } from '../trace/paths.js';
import { rootOf } from '../trace/trace.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import './compare-menu.js';
import './service-name.js';

const keys = [{ keys: 'x', does: 'Swap the two traces', page: 'compare' }];
/** Services that the sentence names. */
const named = 4;

/** The two traces, and in a sentence what became of the time. */
export class CompareHead extends LitElement {
  static properties = { view: { attribute: false } };

  static styles = [controls, css`
    :host { display: block; padding: 8px 16px 4px; }
    .two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto; gap: 4px 24px; align-items: start; }
    .trace { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 8px; }
    .trace > b { font-size: 20px; line-height: 22px; width: 16px; }
    .key { align-self: center; height: 8px; border: 1px solid var(--text-soft); visibility: hidden; }
    .b .key { background: var(--text-soft); }
    .beside .key { visibility: visible; }
    .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; line-height: 22px; }
    .facts { display: flex; flex-wrap: wrap; gap: 0 14px; font-size: var(--small); color: var(--text-soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
    .do { display: flex; gap: 6px; }
    p { margin: 8px 0 0; font-size: 15px; font-variant-numeric: tabular-nums; }
    p + p { margin-top: 2px; font-size: var(--size); }
    p button { min-height: 0; padding: 0 2px; border: 0; background: none; color: inherit; font: inherit; vertical-align: baseline; text-decoration: underline dotted; text-underline-offset: 3px; white-space: normal; text-align: left; }
    .more, .less, .spans { white-space: nowrap; }
    .more { color: var(--warning); font-weight: 600; }
    .less { color: var(--ok); font-weight: 600; }
    @media (max-width: 700px) {
      .two { grid-template-columns: minmax(0, 1fr); }
    }
  `];

  constructor() {
    super();
    /** @type {CompareView | null} */
    this.view = null;
    watch(this, route, settings);
    onKeys(this, keys, () => this.#swap());
  }

  #swap() {
    const { a, b } = route.value.params;
    navigate(changed({ a: b, b: a }));
  }

  render() {
    if (!this.view) return nothing;
    const [a, b] = [this.view.c.a.trace, this.view.c.b.trace];
    const [ra, rb] = [rootOf(a), rootOf(b)];
    return html`
      <div class="two ${String(route.value.params.view)}">
        ${this.#trace('a', a, ra)}${this.#trace('b', b, rb)}
        <div class="do"><button title="Swap the two traces (x)" @click=${this.#swap}>Swap</button>
          <compare-menu text="Compare b with" .peer=${{ traceID: b.id, start: String(b.start), rootService: b.services[b.service[rb]] ?? '', rootName: b.names[b.name[rb]] ?? '' }}></compare-menu></div>
      </div>
      ${this.#story(this.view, a, b)}`;
  }

  /**
   * @param {'a' | 'b'} key
   * @param {Trace} t
   * @param {number} root
   */
  #trace(key, t, root) {
    const { zone } = settings.value;
    const name = t.names[t.name[root]] ?? '';
    const errors = t.status.reduce((n, s) => n + Number(s === 2), 0);
    return html`<div class="trace ${key}"><b>${key}</b>
      <a class="name" href=${address(href('trace', {}, t.id))} title=${name.slice(0, 500)}><service-name .name=${t.services[t.service[root]] ?? ''}></service-name> <bdi>${name.slice(0, 300)}</bdi></a>
      <i class="key" title="Bars of ${key} look so"></i><div class="facts"><span class="mono">${t.id.slice(0, 7)}</span><span>${time(t.start, zone)} ${zoneName(zone, new Date(Number(t.start / 1_000_000n)))}</span><span>${duration(t.duration)}</span>
        <span>${t.total - t.doubles > t.count ? `the first ${number(t.count)} of ` : ''}${count(t.total - t.doubles, 'span')}</span><span class=${errors ? 'error' : ''}>${count(errors, 'error')}</span></div>
    </div>`;
  }

  /**
   * Why b is slower, or not.
   * @param {CompareView} view
   * @param {Trace} a
   * @param {Trace} b
   */
  #story({ c, d, sums }, a, b) {
    if (a.id === b.id) return html`<p>a and b are the same trace: nothing differs.</p>`;
    const longer = b.duration - a.duration;
    const moved = sums.services.filter((s) => s.delta);
    const most = d.delta.reduce((best, x, at) => (Math.abs(x) > Math.abs(d.delta[best]) ? at : best), 0);
    const critical = route.value.params.by === 'critical';
    const text = (/** @type {number} */ ns) => html`<span class=${ns > 0 ? 'more' : 'less'}>${since(ns)}</span>`;
    return html`
      <p>${longer ? html`<b>b took <span class=${longer > 0 ? 'more' : 'less'}>${duration(Math.abs(longer))} ${longer > 0 ? 'longer' : 'less'}</span></b>` : html`<b>Both took equally long</b>`},
        ${longer ? html`${duration(a.duration)} → ${duration(b.duration)}${ratio(a.duration, b.duration)}` : duration(a.duration)}${!c.count || !d.delta[most] ? '.' : html`; most in
        <button title="Show it" @click=${() => this.#show(most)}><service-name .name=${pathAt(c, most).service}></service-name> <bdi>${pathAt(c, most).name.slice(0, 120)}</bdi></button> ${text(d.delta[most])}${this.#spans(c, most)}.`}${c.count === c.a.count + c.b.count ? ' They have no path in common.' : nothing}</p>
      ${moved.length ? html`<p><span title=${critical ? 'For how long each trace waited for them: together that is its duration' : 'When a span ran and none of its children did. Where spans run beside each other, that is more than the duration'}>${critical ? 'Critical path' : 'Self time'}</span>
        ${text(sums.delta)}:
        ${moved.slice(0, named).map((s, i) => html`${i ? ', ' : ''}<button title="Find it" @click=${() => adjust({ find: s.service.slice(0, 200) })}><service-name .name=${s.service}></service-name></button> ${text(s.delta)}`)}${
        moved.length > named ? html`, ${count(moved.length - named, 'other')} ${text(moved.slice(named).reduce((sum, s) => sum + s.delta, 0))}` : nothing}.</p>` : nothing}`;
  }

  /**
   * How many spans a path had, where that differs.
   * @param {Comparison} c
   * @param {number} at
   */
  #spans({ a, b, inA, inB }, at) {
    const [before, after] = [inA[at] < 0 ? 0 : a.spans[inA[at]], inB[at] < 0 ? 0 : b.spans[inB[at]]];
    return before === after ? nothing : html` <span class="spans">(${number(before)} → ${count(after, 'span')})</span>`;
  }

  /** @param {number} at a path */
  #show(at) {
    const { paths, path } = pathAt(/** @type {CompareView} */ (this.view).c, at);
    adjust({ path: pathID(paths, path), find: '', only: '' });
  }
}
customElements.define('compare-head', CompareHead);

/**
 * By how much a duration grew.
 * @param {number} a ns
 * @param {number} b ns
 */
function ratio(a, b) {
  if (!a || b > 10 * a) return a ? `, ${number(Math.round(b / a))} times as long` : '';
  return ` (${b > a ? '+' : '−'}${percent(Math.abs(b - a) / a).replace(' ', '\u00a0')})`;
}
