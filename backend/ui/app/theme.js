// SPDX-License-Identifier: Apache-2.0

import { Atom } from '../lib/atom.js';
import { settings } from './settings.js';

/** Height of a row of the tree in px, as --row. */
export const rowHeight = 24;

const prefersDark = matchMedia('(prefers-color-scheme: dark)');

/** What is shown now. @type {Atom<'light' | 'dark'>} */
export const theme = new Atom(current());

/** @returns {'light' | 'dark'} */
function current() {
  const chosen = settings.value.theme;
  return chosen === 'system' ? (prefersDark.matches ? 'dark' : 'light') : chosen;
}

/** Follows the settings and the system. */
export function listen() {
  const apply = () => {
    const chosen = settings.value.theme;
    if (chosen === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    theme.value = current();
  };
  settings.watch(apply);
  prefersDark.addEventListener('change', apply);
  apply();
}

/**
 * The value of a token, for a canvas.
 * @param {string} name "--line"
 */
export function token(name) {
  probe.style.setProperty('color', `var(${name})`);
  if (!probe.isConnected) document.body.append(probe);
  return getComputedStyle(probe).color;
}

const probe = document.createElement('span');
probe.hidden = true;
