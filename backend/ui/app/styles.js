// SPDX-License-Identifier: Apache-2.0

import { css } from '../vendor/lit.js';

/** What buttons, fields and links look like in all elements. */
export const controls = css`
  :host { box-sizing: border-box; }
  *, *::before, *::after { box-sizing: border-box; }
  [hidden] { display: none !important; }
  a { color: var(--link); text-decoration: none; }
  p a, a:hover { text-decoration: underline; }
  button, input, select, textarea { font: inherit; color: inherit; }
  button, select, input[type='text'], input[type='search'], input[type='number'] {
    min-height: 30px;
    padding: 3px 10px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--bg);
  }
  button { cursor: pointer; white-space: nowrap; }
  button:hover:not(:disabled) { background: var(--bg-hover); }
  button:disabled { color: var(--text-soft); cursor: default; }
  button[aria-pressed='true'] { background: var(--bg-selected); border-color: var(--accent); }
  button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
  button.quiet { border-color: transparent; background: none; color: var(--link); padding: 3px 6px; }
  :focus-visible { outline: var(--focus); outline-offset: 1px; }
  code, .mono { font-family: var(--mono); font-size: 0.93em; }
  .soft { color: var(--text-soft); }
  .error { color: var(--error); }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
