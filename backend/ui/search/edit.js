// SPDX-License-Identifier: Apache-2.0

/** @import { Expr } from './parse.js' */
import { parse } from './parse.js';
import { problemOf } from './problem.js';
import { tokens } from './tokens.js';

/**
 * The text with one more condition, which a span has to meet beside the others.
 * In a text with braces the condition is of a span of its own. One that is
 * there already is not added.
 * @param {string} text
 * @param {string} condition as write.js writes it, "-" before it negates
 */
export function withCondition(text, condition) {
  const { body, options: found } = split(text);
  const options = found.map((o) => o.source);
  const where = tryParse(body)?.where;
  if (!where) return glue(body, condition, ...options);
  const one = where.is === 'span' && !hasBraces(body);
  if (!one) return glue(body, condition.startsWith('-') ? `-{${condition.slice(1)}}` : `{${condition}}`, ...options);
  const [all] = where.args;
  if (parts(all, body).includes(condition)) return text;
  return glue(all.is === 'or' ? `(${body})` : body, condition, ...options);
}

/**
 * The text with another window: values of since: and until:, "" for none.
 * @param {string} text
 * @param {{ since: string, until: string }} window
 */
export function withWindow(text, { since, until }) {
  const { body, options } = split(text);
  const others = options.filter((o) => o.name === 'id').map((o) => o.source);
  return glue(body, ...others, since && `since:${since}`, until && `until:${until}`);
}

/**
 * The values of since: and until: as they stand in the text, "" when they do not.
 * @param {string} text
 */
export function windowOf(text) {
  const { options } = split(text);
  const value = (/** @type {string} */ name) => options.find((o) => o.name === name)?.value ?? '';
  return { since: value('since'), until: value('until') };
}

/**
 * Takes since:, until: and id: out of a text, each with an AND beside it.
 * @param {string} text
 */
export function split(text) {
  /** @type {{ name: string, value: string, source: string }[]} */
  const options = [];
  /** @type {string[]} */
  const pieces = [];
  let from = 0;
  const list = tokens(text);
  const and = (/** @type {number} */ i) => list[i]?.kind === 'keyword' && list[i].text === 'AND' && list[i].start >= from;
  list.forEach((key, i) => {
    const value = list[i + 2];
    if (key.kind !== 'key' || key.quoted || !['since', 'until', 'id'].includes(key.text) || list[i + 1]?.kind !== 'op' || !value) return;
    options.push({ name: key.text, value: value.text, source: text.slice(key.start, value.end) });
    pieces.push(text.slice(from, and(i - 1) ? list[i - 1].start : key.start));
    from = !and(i - 1) && and(i + 3) ? list[i + 3].end : value.end;
  });
  return { body: glue(...pieces, text.slice(from)), options };
}

/**
 * The conditions that must all hold of one span, as they stand in the text.
 * @param {Expr} e
 * @param {string} text
 */
export function parts(e, text) {
  return (e.is === 'and' ? e.args : [e]).map((arg) => text.slice(arg.start, arg.end));
}

/**
 * Whether a text says in braces of which span its conditions are.
 * @param {string} text
 */
export function hasBraces(text) {
  return tokens(text).some((t) => t.kind === 'open' && t.text === '{');
}

/**
 * What a text asks for; null when something is wrong with it.
 * @param {string} text
 */
export function tryParse(text) {
  return problemOf(text) ? null : parse(text);
}

/** @param {string[]} texts */
function glue(...texts) {
  return texts.map((s) => s.trim()).filter(Boolean).join(' ');
}
