// SPDX-License-Identifier: Apache-2.0

import { change, settings } from './settings.js';

const mostRecent = 30;
/** So many are kept under a name. */
export const mostSaved = 100;

/**
 * Puts a search at the head of those that were made.
 * @param {string} q
 */
export function remember(q) {
  if (!q || settings.value.history[0] === q) return;
  change({ history: [q, ...settings.value.history.filter((h) => h !== q)].slice(0, mostRecent) });
}

/** Forgets the searches that were made, but for those that were saved. */
export function forgetRecent() {
  change({ history: [] });
}

/**
 * Keeps a search under a name, in place of what has this name. When there are
 * mostSaved others it is not kept.
 * @param {string} name
 * @param {string} q
 */
export function save(name, q) {
  const others = settings.value.saved.filter((s) => s.name !== name);
  if (others.length < mostSaved) change({ saved: [...others, { name, q }].sort((a, b) => a.name.localeCompare(b.name)) });
}

/** @param {string} name */
export function remove(name) {
  change({ saved: settings.value.saved.filter((s) => s.name !== name) });
}
