// SPDX-License-Identifier: Apache-2.0

/** @import { LinkPattern } from '../types.js' */
import { cut } from '../lib/format.js';

// The server reads them the same way, query/link_pattern.go. The limits are its, too.
const mostKeys = 100;
const longest = 4000;
const mostText = 1_000_000;

/** What stands for a value. */
export const parameter = /#\{([^{}]*)\}/g;
const scheme = /^[a-z][a-z0-9+.-]*:/i;
/** Those that lead to a page and do nothing else. */
const schemes = /^(https?|mailto):/i;

/** By the names that they have in files. @type {Record<string, LinkPattern['type']>} */
const types = { tags: 'tags', process: 'process', logs: 'logs', traces: 'traces', attributes: 'tags', resource: 'process', events: 'logs' };

/** What is wrong with a pattern, and in which of its fields. @typedef {Error & { field: string }} PatternError */

/**
 * A pattern of what somebody wrote. It throws a PatternError.
 * @param {any} raw
 * @returns {LinkPattern}
 */
export function readPattern(raw) {
  const name = raw?.type;
  if (typeof name !== 'string' || !Object.hasOwn(types, name)) throw wrong('type', 'not one of tags, process, logs, traces');
  const type = types[name];
  const key = type === 'traces' || raw.key == null ? null : [raw.key].flat();
  if (key && (!key.length || key.length > mostKeys || key.some((k) => typeof k !== 'string' || !k))) throw wrong('key', `neither the name of a tag nor a list of 1 to ${mostKeys} of them`);
  const url = template('url', raw.url);
  if (/\p{Cc}/u.test(url)) throw wrong('url', 'has a control character');
  // A value cannot change the kind of an address: it is encoded, and no scheme holds one.
  const [begin] = scheme.exec(url.replace(parameter, 'x')) ?? [];
  if (begin && !(schemes.test(begin) && url.startsWith(begin))) throw wrong('url', 'neither relative nor an address of http, https or mailto');
  return { type, key, url, text: template('text', raw.text) };
}

/**
 * @param {string} field
 * @param {string} message
 * @returns {PatternError}
 */
function wrong(field, message) {
  return Object.assign(new Error(message), { field });
}

/**
 * @param {string} field
 * @param {unknown} raw
 */
function template(field, raw) {
  const s = typeof raw === 'string' ? raw.trim() : '';
  if (!s || s.length > 2 * longest || [...s].length > longest) throw wrong(field, `not a text of 1 to ${longest} characters`);
  for (const [whole, inner] of s.matchAll(parameter)) {
    const problem = problemOf(inner);
    if (problem) throw wrong(field, cut(whole, 100) + problem);
  }
  if (s.replace(parameter, '').includes('#{')) throw wrong(field, 'has #{ without a } for it');
  return s;
}

/** What is wrong with "name | function argument | …", or "". @param {string} text */
function problemOf(text) {
  const [name, ...functions] = text.split('|');
  if (!name.trim()) return ' names no value';
  for (const f of functions) {
    const [called, argument = ''] = f.trim().split(/\s+/);
    if (called === 'add' && !/^[+-]?\d{1,15}$/.test(argument)) return ': add needs a whole number of up to 15 digits';
    if (called === 'pad_start' && !/^\d{1,3}$/.test(argument)) return ': pad_start needs a length from 0 to 999';
    if (!['add', 'pad_start', 'epoch_micros_to_date_iso'].includes(called)) return ': there are only the functions add, pad_start and epoch_micros_to_date_iso';
  }
  return '';
}

/**
 * The patterns of a text in JSON: a configuration of Jaeger's UI, a list of
 * patterns, or one. The error says what is wrong, and where.
 * @param {string} text
 */
export function readPatterns(text) {
  if (text.length > mostText) throw new Error('The text is too long.');
  /** @type {any} */ let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`It is not JSON: ${cut(/** @type {Error} */ (error).message, 200)}`);
  }
  const list = value?.linkPatterns ?? (value?.type ? [value] : value);
  if (!Array.isArray(list)) throw new Error('It is neither a list of links nor an object with "linkPatterns".');
  return list.map((raw, i) => {
    try {
      return readPattern(raw);
    } catch (error) {
      const { field, message } = /** @type {PatternError} */ (error);
      throw new Error(`linkPatterns[${i}].${field}: ${message}`);
    }
  });
}

/**
 * The configuration of the server that has these patterns, as readPatterns and
 * Jaeger's UI read it.
 * @param {LinkPattern[]} patterns
 */
export function writePatterns(patterns) {
  const one = (/** @type {LinkPattern} */ { type, key, url, text }) => ({ type, ...(key && { key: key.length === 1 ? key[0] : key }), url, text });
  return JSON.stringify({ linkPatterns: patterns.map(one) }, null, 2) + '\n';
}
