// SPDX-License-Identifier: Apache-2.0

import { css } from '../vendor/lit.js';

/** Of search-input. The field and its coloured copy have to break lines alike. */
export const styles = css`
  :host { display: block; position: relative; min-width: 0; }
  .box { display: grid; max-height: 30vh; overflow: auto; border: 1px solid var(--line-strong); border-radius: var(--radius); background: var(--bg); }
  .box:focus-within { outline: var(--focus); outline-offset: -1px; }
  .mirror, textarea { grid-area: 1 / 1; min-width: 0; margin: 0; padding: 5px 10px; border: 0; font: 13px/20px var(--mono); letter-spacing: 0; tab-size: 4;
    white-space: pre-wrap; overflow-wrap: anywhere; }
  textarea { display: block; width: 100%; height: 100%; resize: none; overflow: hidden; outline: none; background: none; color: var(--text); -webkit-text-fill-color: transparent; }
  textarea::placeholder { color: var(--text-soft); -webkit-text-fill-color: var(--text-soft); opacity: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  textarea::selection { background: color-mix(in srgb, var(--accent) 30%, transparent); }
  .field { color: var(--link); }
  .op, .open, .close { color: var(--text-soft); }
  .not, .keyword { color: var(--warning); font-weight: 400; }
  .text { color: var(--ok); }
  .wrong { text-decoration: underline wavy var(--error) 1px; text-underline-offset: 3px; }
  .spot { display: inline-block; width: 0; }
  .menu { position: absolute; z-index: 20; top: calc(100% + 2px); left: var(--spot, 0); min-width: min(320px, 100%); max-width: calc(100% - var(--spot, 0px)); padding: 4px;
    background: var(--bg); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); }
  .menu .soft { padding: 2px 8px 0; font-size: var(--small); text-align: right; font-variant-numeric: tabular-nums; }
  [role='option'] { display: flex; justify-content: space-between; align-items: baseline; gap: 16px; padding: 2px 8px; border-radius: 3px; cursor: pointer; white-space: nowrap; }
  [role='option'] code, [role='option'] span { overflow: hidden; text-overflow: ellipsis; }
  [role='option'] span { flex: 0 1000 auto; min-width: 3.4em; font-size: var(--small); color: var(--text-soft); text-align: right; }
  [role='option'] span:empty { min-width: 0; }
  [role='option']:hover { background: var(--bg-hover); }
  [aria-selected='true'] { background: var(--bg-selected); }
  [aria-selected='true'] span { color: var(--text); }
  #problem span { display: block; padding-top: 4px; padding-left: var(--wrong, 0); color: var(--error); font-size: var(--small); overflow-wrap: anywhere; }
  #problem span::before { content: '↑ ' / ''; }
  #problem.before span { padding: 4px var(--behind, 0) 0 0; text-align: right; }
  #problem.before span::before { content: none; }
  #problem.before span::after { content: ' ↑' / ''; }
  @media (forced-colors: active) {
    .mirror { visibility: hidden; }
    textarea { -webkit-text-fill-color: currentColor; }
  }
`;
