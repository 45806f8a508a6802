// SPDX-License-Identifier: Apache-2.0

/** @import { Expr, Parser } from './parse.js' */
/** @import { Token } from './tokens.js' */
import { excerpt, quoted } from './errors.js';
import { regexpProblem } from './regexp.js';
import { isDuration, isNumber, parseDuration, parseTime, traceID } from './values.js';
import { fields, keywords, limits, tagOps } from './words.js';

const delimiter = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000)}]/;

/**
 * Checks one condition. It is null for since:, until: and id:, which are of
 * the whole search.
 * @param {Parser} p
 * @param {Token} key
 * @param {Token | undefined} op
 * @param {Token} value when there is an op
 * @returns {Expr | null}
 */
export function condition(p, key, op, value) {
  closed(p, key);
  if (!op) return bare(p, key);
  const after = p.text[op.end];
  if (after === '=' || after === '~') throw p.error(op.end, `${quoted(op.text + after)} is not a comparison: these are : = != ~ !~ < <= > >=`);
  if (!key.text && !key.quoted) throw p.error(key.start, `a key is missing before ${op.text}`);
  closed(p, value);
  if (!value.text && !value.quoted && !/[({"]/.test(p.text[value.start] ?? '')) throw p.error(value.start, `a value is missing after ${excerpt(key.text)}${op.text}`);
  delimited(p, value);
  return comparison(p, key, op, value);
}

/**
 * A word without a comparison: a quoted text, or the key of a tag.
 * @param {Parser} p
 * @param {Token} word
 */
function bare(p, word) {
  delimited(p, word);
  const { text, quoted: inQuotes, start } = word;
  if (inQuotes && !text) throw p.error(start, 'an empty text');
  if (inQuotes) return term(word, word, 'text', '', '', text);
  if (fields.has(text)) throw p.error(start, `a value is missing: ${text}:…`);
  const upper = text.toUpperCase();
  if (keywords.includes(upper)) throw p.error(start, `${quoted(text)} between conditions is written ${upper}; the tag is has:${text}`);
  return term(word, word, 'tag', text, '', '');
}

/**
 * Checks that key can be compared so with value.
 * @param {Parser} p
 * @param {Token} key
 * @param {Token} op
 * @param {Token} value
 */
function comparison(p, key, op, value) {
  const field = key.quoted ? undefined : fields.get(key.text);
  const name = excerpt(key.text);
  if (!field && !key.quoted && op.text === ':') {
    throw p.error(key.start, `unknown field ${quoted(name)}: a tag is compared with = as in ${name}=${excerpt(value.text)}`);
  }
  const allowed = field?.ops ?? tagOps;
  if (!allowed.includes(op.text)) throw p.error(key.start, `${name} cannot be compared with ${op.text}, only with ${allowed.join(' ')}`);
  if (field?.whole) {
    if (p.depth) throw p.error(key.start, `${key.text}: is for the whole search, outside of parentheses and negations`);
    if (key.text === 'id') add(p, value);
    else time(p, /** @type {'since' | 'until'} */ (key.text), value);
    return null;
  }
  if (field?.of === 'key') return term(key, value, 'tag', value.text, '', '');
  if (field?.of === 'id') return term(key, value, key.text, '', '=', id(p, value));
  const cmp = op.text === ':' ? '=' : op.text;
  const operand = field?.values ? value.text.toLowerCase() : value.text;
  check(p, field, cmp, value);
  return term(key, value, field ? key.text : 'tag', field ? '' : key.text, cmp, operand);
}

/**
 * @param {Parser} p
 * @param {import('./words.js').Field | undefined} field
 * @param {string} cmp
 * @param {Token} value
 */
function check(p, field, cmp, value) {
  const said = quoted(excerpt(value.text));
  if (cmp === '~' || cmp === '!~') {
    const problem = regexpProblem(value.text);
    if (problem) throw p.error(value.start, problem);
  } else if (field?.of === 'duration') {
    if (!isDuration(value.text)) throw p.error(value.start, `not a duration: ${said}; 10ms is one, and 1.5s, 2h30m, 1d`);
  } else if (field?.values) {
    if (!field.values.includes(value.text.toLowerCase())) throw p.error(value.start, `unknown value ${said}, it is one of ${field.values.join(', ')}`);
  } else if (/[<>]/.test(cmp) && !isNumber(value.text)) {
    throw p.error(value.start, `not a number: ${said}`);
  }
}

/**
 * @param {Parser} p
 * @param {Token} value
 */
function id(p, value) {
  const id = traceID(value.text);
  if (!id) throw p.error(value.start, `invalid trace id ${quoted(excerpt(value.text))}`);
  return id;
}

/**
 * @param {Parser} p
 * @param {Token} value
 */
function add(p, value) {
  const one = id(p, value);
  const { ids } = p.query;
  if (ids.length === limits.ids) throw p.error(value.start, `more than ${limits.ids} ids`);
  if (!ids.includes(one)) ids.push(one);
}

/**
 * @param {Parser} p
 * @param {'since' | 'until'} name
 * @param {Token} value
 */
function time(p, name, value) {
  if (p.query[name] !== null) throw p.error(value.start, `a second ${name}:`);
  const before = parseDuration(value.text);
  const at = before === null ? parseTime(value.text) : p.now - before;
  if (at === null) throw p.error(value.start, `not a time: ${quoted(excerpt(value.text))}; 1h is one (an hour ago), and 1d12h, 2026-01-31, 2026-01-31T15:04:05Z`);
  p.query[name] = at;
}

/**
 * @param {Parser} p
 * @param {Token} word
 */
function closed(p, word) {
  if (!word.closed) throw p.error(word.start, 'the quote is not closed');
}

/**
 * Says when a word ends where another begins, without a space.
 * @param {Parser} p
 * @param {Token} word
 */
function delimited(p, word) {
  const after = String.fromCodePoint(p.text.codePointAt(word.end) ?? 32);
  if (delimiter.test(after)) return;
  throw p.error(word.end, word.quoted ? 'a space is missing behind the quote' : `${quoted(after)} stands only in quotes`);
}

/**
 * @param {Token} first
 * @param {Token} last
 * @param {string} field
 * @param {string} key
 * @param {string} op
 * @param {string} value
 * @returns {Expr}
 */
function term(first, last, field, key, op, value) {
  return { is: 'term', args: [], start: first.start, end: last.end, field, key, op, value };
}
