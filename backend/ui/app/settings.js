// SPDX-License-Identifier: Apache-2.0

/** @import { LinkPattern } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { readPattern } from '../trace/link-pattern.js';

/**
 * What a browser remembers of its user.
 * @typedef {object} Settings
 * @property {'system' | 'light' | 'dark'} theme
 * @property {'local' | 'utc'} zone
 * @property {number} names width of the tree's names, px
 * @property {number} panel width of the span's panel, px
 * @property {string[]} history searches, the latest first
 * @property {{ name: string, q: string }[]} saved searches
 * @property {LinkPattern[]} links one's own
 */

const key = 'spur.ui.1';

/** @type {Settings} */
const defaults = { theme: 'system', zone: 'local', names: 380, panel: 420, history: [], saved: [], links: [] };

/** @type {Atom<Settings>} */
export const settings = new Atom(load());

/** @returns {Settings} */
function load() {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? '{}');
    const merged = /** @type {any} */ ({ ...defaults });
    for (const [name, fallback] of Object.entries(defaults)) {
      const value = stored[name];
      if (typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback)) merged[name] = value;
    }
    merged.history = merged.history.filter((/** @type {unknown} */ q) => typeof q === 'string');
    merged.saved = merged.saved.filter((/** @type {any} */ s) => typeof s?.name === 'string' && typeof s.q === 'string');
    merged.links = merged.links.flatMap(valid);
    return merged;
  } catch {
    return defaults; // storage is forbidden, or holds something else
  }
}

/** @param {unknown} link */
function valid(link) {
  try {
    return [readPattern(link)];
  } catch {
    return [];
  }
}

/** @param {Partial<Settings>} change */
export function change(change) {
  settings.value = { ...settings.value, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(settings.value));
  } catch {
    // then only this page knows
  }
}

/** Takes over what another tab changed. */
export function listen() {
  addEventListener('storage', (event) => {
    if (event.key === key) settings.value = load();
  });
}
