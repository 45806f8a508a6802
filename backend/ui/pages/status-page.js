// SPDX-License-Identifier: Apache-2.0

/** @import { StatusJSON } from '../types.js' */
import { get } from '../app/api.js';
import { poll } from '../app/poll.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { duration, time, zoneName } from '../lib/format.js';
import { Latest } from '../lib/latest.js';
import '../parts/note-box.js';
import '../parts/status-books.js';
import '../parts/status-ports.js';
import '../parts/status-store.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

/** ms between two looks at the server. */
const pause = 2000;

/** An answer of the server, and when it came: ms on the page's clock. */
/** @typedef {{ status: StatusJSON, at: number }} Reading */

/** What the process does and what became of the spans that it got. */
export class StatusPage extends LitElement {
  static properties = { reading: { state: true }, failure: { state: true } };

  static styles = [controls, css`
    :host { display: block; padding: 12px 16px 32px; max-width: 1400px; }
    header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 24px; margin-bottom: 4px; }
    header p { margin: 0; overflow-wrap: anywhere; }
    .stale { margin: 8px 0; padding: 8px 12px; background: var(--bg-warning); color: var(--warning); border-radius: var(--radius); }
    .all { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 8px 48px; align-items: start; }
  `];

  constructor() {
    super();
    /** @type {Reading | null} */
    this.reading = null;
    /** @type {Reading | null} the one before, from which rates are computed */
    this.earlier = null;
    /** @type {Error | null} */
    this.failure = null;
    this.latest = new Latest();
    this.stop = () => {};
    watch(this, settings);
  }

  connectedCallback() {
    super.connectedCallback();
    this.stop = poll(() => this.#load(), pause);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stop();
    this.latest.cancel();
  }

  async #load() {
    try {
      const answer = await this.latest.run((signal) => get('/api/status', {}, signal));
      if (!answer) return;
      const same = this.reading && this.reading.status.started === answer.value.started;
      this.earlier = same ? this.reading : null;
      this.reading = { status: answer.value, at: performance.now() };
      this.failure = null;
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
  }

  render() {
    if (!this.reading) {
      return this.failure
        ? html`<note-box kind="failed" heading="The status cannot be shown" detail=${this.failure.message} @again=${() => this.#load()}></note-box>`
        : html`<note-box kind="loading" heading="Asking the server" @stop=${() => this.latest.cancel()}></note-box>`;
    }
    const { status, at } = this.reading;
    const { zone } = settings.value;
    const started = BigInt(status.started);
    const up = Date.now() * 1e6 - Number(started);
    return html`
      <header>
        <p>spur ${status.version}</p>
        <p class="soft">up ${duration(Math.floor(Math.max(up, 0) / 1e9) * 1e9)}, since ${time(started, zone, { digits: 0 })} ${zoneName(zone, new Date(Number(started / 1_000_000n)))}</p>
      </header>
      ${this.failure ? html`<p class="stale" role="status">${this.failure.message} What you see is from before; asking again every 2 s.</p>` : nothing}
      <div class="all">
        <status-books .books=${status.books} .earlier=${this.earlier?.status.books ?? null} .seconds=${this.earlier ? (at - this.earlier.at) / 1000 : 0}></status-books>
        <status-store .store=${status.store}></status-store>
        <status-ports .ports=${status.ports}></status-ports>
      </div>`;
  }
}
customElements.define('status-page', StatusPage);
