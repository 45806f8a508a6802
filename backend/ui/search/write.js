// SPDX-License-Identifier: Apache-2.0

import { skip } from './tokens.js';
import { fields, keywords } from './words.js';

/**
 * A condition as text: condition('service', ':', 'a b') is service:"a b".
 * @param {string} key a field of words.js, or the name of a tag
 * @param {string} op
 * @param {string} value
 * @param {{ tag?: boolean }} [options] tag: key is the name of a tag, even if it is that of a field, too
 */
export function condition(key, op, value, { tag = false } = {}) {
  return (!tag && fields.has(key) ? key : writeKey(key)) + op + writeValue(value);
}

/**
 * The name of a tag as it stands before a comparison.
 * @param {string} key
 */
export function writeKey(key) {
  return plainKey(key) ? key : quote(key);
}

/**
 * The condition that a tag is there.
 * @param {string} key
 */
export function has(key) {
  return plainKey(key) ? key : 'has:' + writeValue(key);
}

/**
 * A value as it stands behind a comparison.
 * @param {string} s
 */
export function writeValue(s) {
  return s === '' || s[0] === '=' || s[0] === '~' || special(s, /[(){}"]/) ? quote(s) : s;
}

/**
 * A text in quotes.
 * @param {string} s
 */
export function quote(s) {
  return `"${s.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Whether a key means a tag when it stands without quotes.
 * @param {string} key
 */
function plainKey(key) {
  return key !== '' && !fields.has(key) && !keywords.includes(key.toUpperCase()) && key[0] !== '-' && !special(key, /[(){}":=!~<>]/);
}

/**
 * @param {string} s
 * @param {RegExp} signs
 */
function special(s, signs) {
  return signs.test(s) || [...s].some((c) => skip(c, 0) > 0);
}
