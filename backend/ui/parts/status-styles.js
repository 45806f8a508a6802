// SPDX-License-Identifier: Apache-2.0

import { controls } from '../app/styles.js';
import { css } from '../vendor/lit.js';

/** What the tables of the status page look like. */
export const tables = [controls, css`
  :host { display: block; min-width: 0; }
  h2 { font-size: 1.05em; margin: 16px 0 4px; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; font-weight: 400; vertical-align: baseline; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
  th:last-child, td:last-child { padding-right: 0; }
  thead th { color: var(--text-soft); font-size: var(--small); }
  .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  p { margin: 6px 0; }
`];
