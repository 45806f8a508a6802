// SPDX-License-Identifier: Apache-2.0

/** @import { StatusJSON } from '../types.js' */
import { address } from '../app/base.js';
import { settings } from '../app/settings.js';
import { controls } from '../app/styles.js';
import { watch } from '../app/watch.js';
import { count, time, zoneName } from '../lib/format.js';
import { href } from '../lib/url.js';
import './note-box.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';

const program = `tracer, err := spur.New("hello", spur.FromEnv())
if err != nil {
	log.Fatal(err)
}
defer tracer.Close()
tracer.StartSpan("hello").Finish()`;

/**
 * What a list without traces says: how to send some, or how to find some.
 *
 * @fires go-on with what arrives
 */
export class TraceListEmpty extends LitElement {
  static properties = { q: {}, cut: { attribute: false }, tooLarge: { attribute: false }, status: { attribute: false }, listens: { type: Boolean } };

  static styles = [controls, css`
    pre { margin: 0 0 12px; padding: 12px 16px; overflow-x: auto; background: var(--bg-raised); border-radius: var(--radius); font: 13px/1.5 var(--mono); }
    p, ul { margin: 0 0 12px; }
    a { text-decoration: underline; }
    ul { padding-left: 20px; }
    dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 16px; margin: 0 0 12px; }
    dt { white-space: nowrap; }
    dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
  `];

  constructor() {
    super();
    this.q = '';
    /** The search gave up at this start, ns since 1970. @type {string | null} */
    this.cut = null;
    /** Traces that were left out. */
    this.tooLarge = 0;
    /** @type {StatusJSON | null} */
    this.status = null;
    this.listens = false;
    watch(this, settings);
  }

  render() {
    if (this.q.trim()) return this.#nothingFound();
    const port = this.status?.ports.find((p) => p.name === 'thrift-compact')?.address.split(':').pop() || '6831';
    const usual = port === '6831'; // where a tracer sends to when it is not told
    return html`<note-box heading="No traces yet">
      <p>${this.#listening('The first one')}</p>
      <p>In a Go program:</p>
      <pre tabindex="0" aria-label="Lines of Go">${program}</pre>
      <p>${usual ? 'With nothing set it sends to localhost:6831, and everything is recorded.' : html`Its environment has to say where this server is: <code>JAEGER_AGENT_PORT=${port} JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1</code>.`}</p>
      <p>Or run five services, in a clone of spur: <code>go -C examples/shop run . -load 5${usual ? '' : ` -to udp://localhost:${port}`}</code>. Or drop a file of Jaeger’s JSON or OTLP on this page.</p>
      ${this.#ports()}
    </note-box>`;
  }

  /** Whether what arrives is shown. @param {string} what */
  #listening(what) {
    if (this.listens) return `${what} appears here by itself: this page listens.`;
    return html`This page is paused: what arrives is not shown. <button @click=${() => this.dispatchEvent(new Event('go-on'))}>Go on</button>`;
  }

  #ports() {
    const ports = this.status?.ports ?? [];
    if (!ports.length) return nothing;
    return html`<p>These ports listen, or say why they do not:</p>
      <dl>${ports.map((p) => html`<dt>${p.name}</dt><dd>${p.error ? html`<span class="error">${p.error}</span>` : html`<code>${p.address}</code>`}</dd>`)}</dl>`;
  }

  #nothingFound() {
    const zone = settings.value.zone;
    const oldest = this.status?.store.oldest;
    return html`<note-box heading="No trace is found">
      <p>${this.#listening('What it finds later')}</p>
      <ul>
        ${this.cut ? html`<li>The search stopped at ${time(BigInt(this.cut), zone)}, for it had compared as many spans as it may. Narrow it by a service, a tag or <code>since:</code>.</li>` : nothing}
        ${this.tooLarge ? html`<li>${count(this.tooLarge, 'trace')} ${this.tooLarge === 1 ? 'is' : 'are'} left out: too large to be looked at.</li>` : nothing}
        <li><a href=${address(href('traces'))}>Show all traces</a>, or take conditions away one by one.</li>
        <li>Conditions beside each other hold for one and the same span. For two spans of a trace, put each into braces: <code>{service:a} {status:error}</code></li>
        ${oldest ? html`<li>The oldest span in the store is of ${time(BigInt(oldest), zone, { digits: 0 })} ${zoneName(zone, new Date(Number(BigInt(oldest) / 1_000_000n)))}${this.status?.store.evicted ? `; ${count(this.status.store.evicted, 'span')} before it ${this.status.store.evicted === 1 ? 'was' : 'were'} removed by retention` : ''}.</li>` : nothing}
      </ul>
    </note-box>`;
  }
}
customElements.define('trace-list-empty', TraceListEmpty);
