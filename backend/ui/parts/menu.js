// SPDX-License-Identifier: Apache-2.0

import { css } from '../vendor/lit.js';

/** What a popover with links and buttons, one a line, looks like. */
export const menuStyle = css`
  .menu { position: fixed; inset: auto; margin: 0; padding: 4px; min-width: 200px; max-width: min(340px, calc(100vw - 16px)); max-height: calc(100vh - 16px); overflow: auto;
    color: var(--text); background: var(--bg); border: 1px solid var(--line-strong); border-radius: var(--radius); box-shadow: var(--shadow); }
  .menu a, .menu button { display: block; width: 100%; min-height: 28px; padding: 4px 10px; border: 0; border-radius: 3px; background: none; color: var(--text); text-align: left;
    white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .menu a:hover, .menu button:hover:not(:disabled), .menu a:focus-visible, .menu button:focus-visible { background: var(--bg-hover); text-decoration: none; outline-offset: -2px; }
  .menu .title { margin: 0; padding: 6px 10px 2px; font-size: var(--small); font-weight: 600; color: var(--text-soft); }
  .menu hr { border: 0; border-top: 1px solid var(--line); margin: 4px 0; }
  .menu .said { padding: 4px 10px; font-size: var(--small); color: var(--text-soft); }
  .menu .said:empty { display: none; }
`;

/**
 * Opens a popover below what was pressed, or above it where there is no room,
 * and moves the focus into it. When it closes, the focus moves back, unless it
 * is elsewhere by then.
 * @param {HTMLElement} menu
 * @param {HTMLElement} opener
 */
export function openMenu(menu, opener) {
  menu.showPopover();
  menu.onkeydown = (event) => {
    if (event.key === 'Escape') event.stopPropagation(); // the browser closes the menu, and nobody anything else
  };
  menu.addEventListener('toggle', function closed(event) {
    if (/** @type {ToggleEvent} */ (event).newState !== 'closed') return;
    menu.removeEventListener('toggle', closed);
    const root = /** @type {ShadowRoot} */ (menu.getRootNode());
    if (document.activeElement === document.body || root.activeElement) opener.focus({ preventScroll: true });
  });
  const at = opener.getBoundingClientRect();
  const below = at.bottom + menu.offsetHeight + 4 <= innerHeight;
  menu.style.setProperty('left', `${Math.max(8, Math.min(at.left, innerWidth - menu.offsetWidth - 8))}px`);
  menu.style.setProperty('top', `${below ? at.bottom + 2 : Math.max(8, at.top - menu.offsetHeight - 2)}px`);
  /** @type {HTMLElement | null} */ (menu.querySelector('a, button, input, select'))?.focus();
}
