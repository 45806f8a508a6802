// SPDX-License-Identifier: Apache-2.0

import { css } from '../vendor/lit.js';

/** What the links to the views of a page look like, side by side. */
export const viewsStyle = css`
  nav { display: flex; border: 1px solid var(--line-strong); border-radius: var(--radius); overflow: hidden; }
  nav a { padding: 4px 9px; color: var(--text); }
  nav a:hover { background: var(--bg-hover); text-decoration: none; }
  nav a + a { border-left: 1px solid var(--line); }
  nav a[aria-current] { background: var(--bg-selected); }
  nav a:focus-visible { outline-offset: -2px; }
`;
