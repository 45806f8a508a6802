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
 * somebody types.
 * @param {Key[]} keys
 * @param {(keys: string, event: KeyboardEvent) => void} run
 */
export function bind(keys, run) {
  const mine = keys.map((key) => ({ key, run: (/** @type {KeyboardEvent} */ event) => run(key.keys, event) }));
  bound.push(...mine);
  return () => {
    for (const b of mine) bound.splice(bound.indexOf(b), 1);
  };
}

/** The keys that work now. */
export function active() {
  return bound.map((b) => b.key);
}

/** Listens to the keyboard. */
export function listen() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || typing(event)) return;
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
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  // A letter or sign says itself whether Shift was held.
  if (event.shiftKey && event.key.length > 1) parts.push('Shift');
  parts.push(event.key === ' ' ? 'Space' : event.key);
  return parts.join('+');
}

/** @param {KeyboardEvent} event */
function typing(event) {
  const e = event.composedPath()[0];
  if (!(e instanceof HTMLElement)) return false;
  return e.isContentEditable || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement || (e instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(e.type));
}
