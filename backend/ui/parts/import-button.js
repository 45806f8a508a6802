// SPDX-License-Identifier: Apache-2.0

import { importFiles } from '../app/imports.js';
import { controls } from '../app/styles.js';
import { LitElement, html } from '../vendor/lit.js';

/** The button that lets one choose files to import. */
export class ImportButton extends LitElement {
  static styles = controls;

  render() {
    return html`<button title="Jaeger’s JSON, or OTLP. Files can also be dropped on the page." @click=${() => this.#input.click()}>Import…</button>
      <input type="file" multiple hidden accept=".json,.jsonl,.gz,.pb,application/json" aria-label="Files of traces" @change=${this.#chosen}>`;
  }

  get #input() {
    return /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('input'));
  }

  #chosen() {
    importFiles(this.#input.files ?? []);
    this.#input.value = '';
  }
}
customElements.define('import-button', ImportButton);
