// SPDX-License-Identifier: Apache-2.0

import { picking } from '../app/compare-pick.js';
import { controls } from '../app/styles.js';
import { onKeys, watch } from '../app/watch.js';
import { cut } from '../lib/format.js';
import { LitElement, css, html } from '../vendor/lit.js';
import './service-name.js';

const keys = [{ keys: 'Escape', does: 'Compare no traces', page: 'traces' }];

/** While two traces are picked: which one is next. */
export class CompareStrip extends LitElement {
  static styles = [controls, css`
    :host { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; padding: 6px 16px; background: var(--bg-selected); border-top: 1px solid var(--accent); }
    span { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  `];

  constructor() {
    super();
    watch(this, picking);
    onKeys(this, keys, cancel);
  }

  render() {
    const first = picking.value?.first;
    return html`<span role="status">${first
      ? html`Choose the trace to compare with <service-name .name=${cut(first.rootService, 60)}></service-name> <bdi>${cut(first.rootName, 80)}</bdi> <code>${first.traceID.slice(0, 7)}</code>, here or in another search`
      : 'Choose the first of two traces to compare'}</span><button @click=${cancel}>Cancel</button>`;
  }
}
customElements.define('compare-strip', CompareStrip);

function cancel() {
  picking.value = null;
}
