// SPDX-License-Identifier: Apache-2.0

// The keys of all pages, which are also the help that "?" shows.

/**
 * @typedef {object} Key
 * @property {string} keys as people write them: "f", "Shift+ArrowUp", "g t" is g and then t
 * @property {string} does
 * @property {string} page "" on all pages
 */

/** @type {{ key: Key, run: (event: KeyboardEvent) => void }[]} */
const bound = [];
let before = '';

/**
 * Binds keys until the returned function is called. They do nothing while
 * somebody types or while a dialog is open.
 * @param {Key[]} keys
 * @param {(keys: string, event: KeyboardEvent) => void} run
 */
export function bind(keys, run) {
  const mine = keys.map((key) => ({ key, run: (/** @type {KeyboardEvent} */ event) => run(key.keys, event) }));
  bound.push(...mine);
  return () => {
    for (const b of mine.splice(0)) bound.splice(bound.indexOf(b), 1);
  };
}

/** The keys that work now: those of a page before those of all pages. */
export function active() {
  return bound.map((b) => b.key).sort((a, b) => Number(a.page === '') - Number(b.page === ''));
}

/** Listens to the keyboard. */
export function listen() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || taken(event)) return;
    const name = nameOf(event);
    const hit = bound.findLast((b) => b.key.keys === `${before} ${name}`) ?? bound.findLast((b) => b.key.keys === name);
    before = hit ? '' : name;
    if (!hit) return;
    event.preventDefault();
    hit.run(event);
  });
}

/** @param {KeyboardEvent} event */
function nameOf(event) {
  // Many keyboards have signs such as [ with Alt or AltGr, which can be Ctrl and Alt.
  if (event.altKey && /^[^\p{L}\p{N}]$/u.test(event.key)) return event.key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  // A letter or sign says itself whether Shift was held.
  if (event.shiftKey && event.key.length > 1) parts.push('Shift');
  parts.push(event.key === ' ' ? 'Space' : event.key);
  return parts.join('+');
}

/**
 * Whether the key is somebody else's: of a field, of an open dialog, or of the
 * button that has the focus.
 * @param {KeyboardEvent} event
 */
function taken(event) {
  const path = event.composedPath();
  const e = path[0];
  if (!(e instanceof HTMLElement)) return false;
  if (path.some((p) => p instanceof HTMLDialogElement && p.open)) return true;
  if (e.matches('button, a, summary, [role=button], [role=menuitem]') && (event.key === 'Enter' || event.key === ' ')) return true;
  return e.isContentEditable || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement || (e instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(e.type));
}
