// SPDX-License-Identifier: Apache-2.0

import { limits } from './words.js';

/** What is wrong with the text of a search, and where. */
export class SearchError extends Error {
  /**
   * @param {string} text of the search
   * @param {number} at in UTF-16 units, from 0
   * @param {string} reason
   */
  constructor(text, at, reason) {
    const column = [...text.slice(0, at)].length + 1;
    super(`column ${column}: ${reason}`);
    this.at = at;
    /** In characters, from 1. */
    this.column = column;
    /** More text might mend it. */
    this.unfinished = /is not closed|is missing/.test(reason) && !reason.startsWith('a space');
  }
}

/**
 * The beginning of a value, for an error.
 * @param {string} s
 */
export function excerpt(s) {
  const characters = [...s.slice(0, 2 * limits.excerpt + 2)];
  return characters.length > limits.excerpt ? characters.slice(0, limits.excerpt).join('') + '…' : s;
}

const escapes = new Map([['\x07', '\\a'], ['\b', '\\b'], ['\f', '\\f'], ['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t'], ['\v', '\\v'], ['"', '\\"'], ['\\', '\\\\']]);

/**
 * A text in quotes, with escapes for what cannot be seen, as the server writes it.
 * @param {string} s
 */
export function quoted(s) {
  const inner = s.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (c) => {
    const n = c.codePointAt(0) ?? 0;
    if (escapes.has(c)) return String(escapes.get(c));
    if (n < 0x80) return '\\x' + hex(n, 2);
    return n < 0x10000 ? '\\u' + hex(n, 4) : '\\U' + hex(n, 8);
  });
  return `"${inner}"`;
}

/**
 * @param {number} n
 * @param {number} digits
 */
function hex(n, digits) {
  return n.toString(16).padStart(digits, '0');
}
