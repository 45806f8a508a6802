// SPDX-License-Identifier: Apache-2.0

/** @import { StatusJSON } from '../types.js' */
import { settings } from '../app/settings.js';
import { watch } from '../app/watch.js';
import { ago, bytes, count, duration, number, time, zoneName } from '../lib/format.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { setStyle } from './set-style.js';
import { tables } from './status-styles.js';

/** What is stored, where, and when it will be removed. */
export class StatusStore extends LitElement {
  static properties = { store: { attribute: false } };

  static styles = [...tables, css`
    th { white-space: nowrap; color: var(--text-soft); width: 1%; padding-right: 24px; }
    .bar { height: 6px; margin-top: 4px; border: 1px solid var(--line-strong); border-radius: 3px; overflow: hidden; }
    .bar i { display: block; height: 100%; background: var(--accent); }
  `];

  constructor() {
    super();
    /** @type {StatusJSON['store'] | null} */
    this.store = null;
    watch(this, settings);
  }

  render() {
    const s = this.store;
    if (!s) return nothing;
    return html`
      <h2 id="store">Store</h2>
      <table aria-labelledby="store"><tbody>
        ${row('holds', holds(s))}
        ${row('in', s.path ? html`${s.engine}, <code>${s.path}</code>` : s.engine)}
        ${s.uncounted && !s.bytes ? nothing : row('size', this.#size(s))}
        ${s.uncounted && s.oldest === null ? nothing : row('oldest span', this.#oldest(s))}
        ${row('kept', kept(s))}
        ${s.shared ? nothing : row('removed', s.evicted ? html`${count(s.evicted, 'span')}, the oldest, since the start` : 'nothing since the start')}
      </tbody></table>`;
  }

  /** @param {StatusJSON['store']} s */
  #size(s) {
    if (!s.maxBytes) return bytes(s.bytes);
    const share = Math.min(1, s.bytes / s.maxBytes);
    return html`${bytes(s.bytes)} of ${bytes(s.maxBytes)}${s.spans ? html`, ${number(Math.round(s.bytes / s.spans))} B a span` : nothing}
      <div class="bar" aria-hidden="true"><i ${setStyle({ width: `${share * 100}%` })}></i></div>`;
  }

  /** @param {StatusJSON['store']} s */
  #oldest(s) {
    if (s.oldest === null) return 'none: nothing is stored yet';
    const at = BigInt(s.oldest);
    const { zone } = settings.value;
    return `${time(at, zone, { digits: 0 })} ${zoneName(zone, new Date(Number(at / 1_000_000n)))}, ${ago(at, Date.now())}`;
  }
}
customElements.define('status-store', StatusStore);

/**
 * @param {string} name
 * @param {unknown} value
 */
function row(name, value) {
  return html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`;
}

/** @param {StatusJSON['store']} s */
function holds(s) {
  if (s.uncounted && !s.spans) return 'spans that this engine does not count';
  return `${s.uncounted ? 'about ' : ''}${count(s.traces, 'trace')}, ${count(s.spans, 'span')}`;
}

/** @param {StatusJSON['store']} s */
function kept(s) {
  const limits = [];
  if (s.maxBytes) limits.push(`up to ${bytes(s.maxBytes)}`);
  if (Number(s.maxAge)) limits.push(`for at most ${duration(Number(s.maxAge))}`);
  if (s.volatile) limits.push('until the process ends');
  return limits.length ? `${limits.join(', ')}; then the oldest go first` : 'forever';
}
