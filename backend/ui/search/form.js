// SPDX-License-Identifier: Apache-2.0

/** @import { Expr } from './parse.js' */
import { hasBraces, split, tryParse, withCondition } from './edit.js';
import { parse } from './parse.js';
import { problemOf } from './problem.js';
import { condition } from './write.js';

/**
 * The fields of the form: conditions that a text has once beside its others.
 * ops[0] is how a new one is written.
 * @type {Record<string, { field: string, ops: string[] }>}
 */
export const form = {
  service: { field: 'service', ops: ['='] },
  operation: { field: 'op', ops: ['='] },
  status: { field: 'status', ops: ['='] },
  kind: { field: 'kind', ops: ['='] },
  longer: { field: 'dur', ops: ['>', '>='] },
  shorter: { field: 'dur', ops: ['<', '<='] },
  traceLonger: { field: 'trace.dur', ops: ['>', '>='] },
  traceShorter: { field: 'trace.dur', ops: ['<', '<='] },
};

/**
 * What the form shows of a text.
 * @typedef {object} Filled
 * @property {Record<string, string>} values by field of the form, "" where the text says nothing
 * @property {string} other the conditions that are no field
 * @property {'' | 'wrong' | 'braces'} unfit why the form cannot show the text
 */

/**
 * @param {string} text
 * @returns {Filled}
 */
export function fill(text) {
  const values = Object.fromEntries(Object.keys(form).map((name) => [name, '']));
  const { body } = split(text);
  if (problemOf(text)) return { values, other: body, unfit: 'wrong' };
  if (hasBraces(body)) return { values, other: body, unfit: 'braces' };
  const { found, all } = sort(body);
  const own = Object.entries(found);
  for (const [name, e] of own) values[name] = e.value;
  return { values, other: all.filter((a) => !own.some(([, e]) => e === a)).map((a) => source(a, body)).join(' '), unfit: '' };
}

/**
 * The text with another value of a field of the form, "" for none. The rest
 * stays as it is written.
 * @param {string} text one that fits
 * @param {string} name
 * @param {string} value
 */
export function set(text, name, value) {
  const { body, options } = split(text);
  const { field, ops } = form[name];
  const { found, all } = sort(body);
  const e = found[name];
  if (!value) return glue(all.filter((a) => a !== e).map((a) => source(a, body)).join(' '), options);
  const op = e?.op ?? ops[0];
  const written = condition(field, op === '=' ? ':' : op, value);
  return glue(e ? body.slice(0, e.start) + written + body.slice(e.end) : withCondition(body, written), options);
}

/**
 * The text with other conditions beside the fields of the form.
 * @param {string} text one that fits
 * @param {string} other
 */
export function setOther(text, other) {
  const { body, options } = split(text);
  const { found } = sort(body);
  const own = Object.values(found).sort((a, b) => a.start - b.start).map((e) => source(e, body));
  const inner = split(other);
  const rest = own.length && tryParse(inner.body)?.where?.args[0].is === 'or' && !hasBraces(inner.body) ? `(${inner.body})` : inner.body;
  return glue([...own, rest].filter(Boolean).join(' '), [...options, ...inner.options]);
}

/**
 * All conditions of a text, and those of them that are fields of the form.
 * @param {string} body
 */
function sort(body) {
  /** @type {Record<string, Expr>} */
  const found = {};
  const where = parse(body).where?.args[0];
  const all = !where ? [] : where.is === 'and' ? where.args : [where];
  for (const e of all) {
    const name = Object.keys(form).find((n) => e.is === 'term' && e.field === form[n].field && form[n].ops.includes(e.op) && !found[n]);
    if (name) found[name] = e;
  }
  return { found, all };
}

/**
 * @param {Expr} e
 * @param {string} body
 */
function source(e, body) {
  return body.slice(e.start, e.end);
}

/**
 * @param {string} body
 * @param {{ source: string }[]} options
 */
function glue(body, options) {
  return [body.trim(), ...options.map((o) => o.source)].filter(Boolean).join(' ');
}
