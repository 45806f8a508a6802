// SPDX-License-Identifier: Apache-2.0

import { css } from '../vendor/lit.js';

/** What a table of numbers looks like whose columns can be sorted. */
export const tableStyle = css`
  table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
  thead th { position: sticky; top: 0; z-index: 1; background: var(--bg-raised); box-shadow: inset 0 -1px var(--line); text-align: right; font-weight: 600; padding: 0; }
  thead th:first-child { text-align: left; padding-left: 8px; }
  thead th.plain { padding: 0 8px; }
  thead button { min-height: 28px; padding: 2px 8px; border: 0; background: none; font-weight: inherit; }
  th[scope='row'] { text-align: left; font-weight: normal; max-width: 0; width: 40%; padding: 0 8px 0 16px; }
  th[scope='row'] a { display: block; line-height: 24px; color: var(--text); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  td { text-align: right; white-space: nowrap; }
  td { padding: 0 8px; line-height: 24px; }
  td, tbody th { border-bottom: 1px solid var(--line); }
  tbody tr > :last-child { padding-right: 16px; }
  thead th:last-child { padding-right: 8px; } /* its button has 8 more */
  thead th.plain:last-child { padding-right: 16px; }
  tbody tr:hover > * { background: var(--bg-hover); }
`;
