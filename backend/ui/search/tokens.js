// SPDX-License-Identifier: Apache-2.0

import { comparisons, keywords } from './words.js';

/**
 * A piece of the text of a search; between two of them is white space at most.
 * After an op stands a value, which may be empty.
 * @typedef {object} Token
 * @property {'open' | 'close' | 'not' | 'keyword' | 'key' | 'op' | 'value' | 'text' | 'bad'} kind
 * @property {number} start
 * @property {number} end
 * @property {string} text without quotes
 * @property {boolean} quoted
 * @property {boolean} closed false when the quote at its end is missing
 */

// What Unicode calls white space, which \s is not quite.
const space = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/y;
const keyEnd = /[(){}":=!~<>\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|$/g;
const valueEnd = /[(){}"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|$/g;
const keyword = new RegExp(`(?:${keywords.join('|')})(?=[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000(){}"-]|$)`, 'y');

/**
 * Cuts the text of a search into tokens, whatever it is.
 * @param {string} text
 * @returns {Token[]}
 */
export function tokens(text) {
  /** @type {Token[]} */
  const list = [];
  for (let pos = skip(text, 0); pos < text.length; pos = skip(text, pos)) {
    const first = next(text, pos);
    list.push(first);
    pos = first.end;
    if (first.kind !== 'key' && first.kind !== 'text' || !first.closed) continue;
    const at = skip(text, pos);
    const op = comparisons.find((c) => text.startsWith(c, at));
    if (!op) continue;
    first.kind = 'key';
    list.push(plain('op', text, at, at + op.length));
    const value = word(text, skip(text, at + op.length), valueEnd, 'value');
    list.push(value);
    pos = value.end;
  }
  return list;
}

/**
 * The token at pos, where a condition may begin.
 * @param {string} text
 * @param {number} pos
 * @returns {Token}
 */
function next(text, pos) {
  const c = text[pos];
  if (c === '(' || c === '{') return plain('open', text, pos, pos + 1);
  if (c === ')' || c === '}') return plain('close', text, pos, pos + 1);
  if (c === '-') return plain('not', text, pos, pos + 1);
  const said = match(keyword, text, pos);
  if (said) return plain('keyword', text, pos, pos + said.length);
  const key = word(text, pos, keyEnd, 'key');
  if (key.quoted) return { ...key, kind: 'text' };
  if (key.text || comparisons.some((op) => text.startsWith(op, pos))) return key;
  return plain('bad', text, pos, pos + 1);
}

/**
 * A word in quotes, or everything up to what end matches.
 * @param {string} text
 * @param {number} start
 * @param {RegExp} end
 * @param {'key' | 'value'} kind
 * @returns {Token}
 */
function word(text, start, end, kind) {
  if (text[start] === '"') return quotedWord(text, start, kind);
  end.lastIndex = start;
  return plain(kind, text, start, end.exec(text)?.index ?? text.length);
}

/**
 * A word in quotes, in which \" is a quote, \\ a backslash and any other
 * backslash itself.
 * @param {string} text
 * @param {number} start
 * @param {'key' | 'value'} kind
 * @returns {Token}
 */
function quotedWord(text, start, kind) {
  let s = '';
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '"') return { kind, start, end: i + 1, text: s, quoted: true, closed: true };
    if (text[i] === '\\' && (text[i + 1] === '"' || text[i + 1] === '\\')) i++;
    s += text[i];
  }
  return { kind, start, end: text.length, text: s, quoted: true, closed: false };
}

/**
 * @param {Token['kind']} kind
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {Token}
 */
function plain(kind, text, start, end) {
  return { kind, start, end, text: text.slice(start, end), quoted: false, closed: true };
}

/**
 * Where the white space that begins at pos ends.
 * @param {string} text
 * @param {number} pos
 */
export function skip(text, pos) {
  return pos + match(space, text, pos).length;
}

/**
 * @param {RegExp} sticky
 * @param {string} text
 * @param {number} pos
 */
function match(sticky, text, pos) {
  sticky.lastIndex = pos;
  return sticky.exec(text)?.[0] ?? '';
}
