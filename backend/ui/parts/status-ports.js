// SPDX-License-Identifier: Apache-2.0

/** @import { StatusJSON } from '../types.js' */
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { tables } from './status-styles.js';

/** The ports: where they listen and what for, or why they do not. */
export class StatusPorts extends LitElement {
  static properties = { ports: { attribute: false } };

  static styles = [...tables, css`
    :host { grid-column: 1 / -1; }
    .name, .mono { width: 1%; white-space: nowrap; padding-right: 32px; }
    @media (max-width: 600px) { .name, .mono { padding-right: 12px; } }
  `];

  constructor() {
    super();
    /** @type {StatusJSON['ports'] | null} */
    this.ports = null;
  }

  render() {
    if (!this.ports) return nothing;
    return html`
      <h2 id="ports">Ports</h2>
      <table aria-labelledby="ports">
        <thead><tr><th scope="col">name</th><th scope="col">address</th><th scope="col">for</th></tr></thead>
        <tbody>${this.ports.map((p) => html`<tr>
          <th scope="row" class="name">${p.name}</th>
          <td class="mono">${p.address}</td>
          <td>${p.purpose}${p.error ? html` <span class="error">not used: ${p.error}</span>` : nothing}</td>
        </tr>`)}</tbody>
      </table>`;
  }
}
customElements.define('status-ports', StatusPorts);
