// SPDX-License-Identifier: Apache-2.0

/** @import { Imported } from './upload.js' */
import { Atom } from '../lib/atom.js';
import { upload } from './upload.js';

/** Files that are remembered, at most. */
const maxFiles = 50;

/**
 * A file on its way: it has an answer or a failure when it is over.
 * @typedef {{ file: File, sent: number, answer: Imported | null, failure: Error | null, stop: AbortController }} Sending
 */

/** The files, the latest first; a new array after each change. @type {Atom<Sending[]>} */
export const files = new Atom(/** @type {Sending[]} */ ([]));
/** How many were imported. */
export const imported = new Atom(0);

/**
 * Imports files of traces, one after the other.
 * @param {Iterable<File>} list
 */
export async function importFiles(list) {
  const added = [...list].slice(0, maxFiles).map((file) => ({ file, sent: 0, answer: null, failure: null, stop: new AbortController() }));
  files.value = [...added, ...files.value].slice(0, maxFiles);
  for (const f of added) await send(f);
}

/**
 * Imports a file, once more perhaps.
 * @param {Sending} f
 */
export async function send(f) {
  if (f.failure) f.stop = new AbortController();
  set(f, { failure: null, sent: 0 });
  try {
    const answer = await upload(f.file, (sent) => set(f, { sent }), f.stop.signal);
    set(f, { answer });
    imported.value++;
  } catch (error) {
    set(f, { failure: /** @type {Error} */ (error) });
  }
}

/** Forgets the files. */
export function close() {
  files.value = [];
}

/** @param {Sending} f */
export function running(f) {
  return !f.answer && !f.failure;
}

/**
 * @param {Sending} f
 * @param {Partial<Sending>} change
 */
function set(f, change) {
  Object.assign(f, change);
  files.value = [...files.value];
}
