// SPDX-License-Identifier: Apache-2.0

import '../pages/compare-page.js';
import '../pages/map-page.js';
import '../pages/services-page.js';
import '../pages/status-page.js';
import '../pages/trace-page.js';
import '../pages/traces-page.js';
import '../parts/import-drop.js';
import '../parts/key-help.js';
import '../parts/note-box.js';
import '../parts/settings-menu.js';
import { href } from '../lib/url.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { address } from './base.js';
import { route } from './router.js';
import { controls } from './styles.js';
import { watch } from './watch.js';

const titles = { traces: 'Traces', trace: 'Trace', compare: 'Compare', services: 'Services', map: 'Map', status: 'Status', unknown: 'Not found' };

/** The frame of all pages: where one can go, settings and keys. */
export class Shell extends LitElement {
  static styles = [controls, css`
    :host { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); height: 100vh; }
    header { display: flex; align-items: center; gap: 4px 16px; padding: 4px 16px; background: var(--bg-raised); border-bottom: 1px solid var(--line); }
    nav { display: flex; flex: 1; flex-wrap: wrap; gap: 4px; }
    nav a { padding: 6px 10px; border-radius: var(--radius); color: var(--text); }
    nav a[aria-current] { background: var(--bg-selected); }
    .brand { font-weight: 700; }
    main:focus-visible { outline-offset: -2px; }
    main { min-height: 0; min-width: 0; overflow: auto; }
    @media (max-width: 480px) {
      header { gap: 4px; padding: 4px 8px; }
      nav { gap: 2px; }
      nav a { padding: 6px; }
      .brand { position: absolute; clip-path: inset(50%); }
    }
    .newer { padding: 8px 16px; background: var(--bg-warning); color: var(--warning); }
  `];

  constructor() {
    super();
    watch(this, route);
  }

  render() {
    const { page, id, newer } = route.value;
    return html`
      <header>
        <b class="brand">spur</b>
        <nav aria-label="Pages">
          ${this.#link('/', 'Traces', page === 'traces' || page === 'trace')}
          ${/** @type {const} */ (['compare', 'services', 'map', 'status']).map((p) => this.#link(href(p), titles[p], page === p))}
        </nav>
        <settings-menu></settings-menu>
        <key-help></key-help>
      </header>
      <main tabindex=${page === 'status' ? '0' : nothing}>
        <h1 class="sr">${titles[page]}</h1>
        ${newer ? html`<p class="newer">This address was made by a newer version of spur: reload the page, or some of it is ignored.</p>` : nothing}
        ${this.#page(page, id)}
      </main>
      <import-drop></import-drop>`;
  }

  updated() {
    const { page, id, params } = route.value;
    const { q, service, a, b } = params;
    const ids = [id, a, b].map((one) => String(one || '?').slice(0, 7));
    const what = page === 'trace' ? `Trace ${ids[0]}` : page === 'compare' && (a || b) ? `Compare ${ids[1]} with ${ids[2]}` : service ? `${service}: ${titles[page].toLowerCase()}` : String(q || titles[page]);
    document.title = `${what.slice(0, 100)} · spur`;
  }

  /**
   * @param {string} page
   * @param {string} id
   */
  #page(page, id) {
    switch (page) {
      case 'traces':
        return html`<traces-page></traces-page>`;
      case 'trace':
        return html`<trace-page trace=${id}></trace-page>`;
      case 'compare':
        return html`<compare-page></compare-page>`;
      case 'services':
        return html`<services-page></services-page>`;
      case 'map':
        return html`<map-page></map-page>`;
      case 'status':
        return html`<status-page></status-page>`;
      default:
        return html`<note-box heading="There is no such page"><a href=${address('/')}>All traces</a></note-box>`;
    }
  }

  /**
   * @param {string} path
   * @param {string} text
   * @param {boolean} current
   */
  #link(path, text, current) {
    return html`<a href=${address(path)} aria-current=${current ? 'page' : nothing}>${text}</a>`;
  }
}
customElements.define('spur-app', Shell);
