// SPDX-License-Identifier: Apache-2.0

import { iso } from '../search/narrow.js';
import { kinds } from '../search/words.js';
import { condition } from '../search/write.js';

/** @typedef {{ service: string, op: string, kind: string }} Scope which spans are counted; op "": of all operations */

/** Choices of kinds, and what their spans are called. @type {[string, string][]} */
export const kindChoices = [['requests', 'Requests'], ['all', 'All spans'], ...kinds.slice(1).map((k) => /** @type {[string, string]} */ ([k, `${k[0].toUpperCase()}${k.slice(1)} spans`])), ['unspecified', 'Spans of no kind']];

/**
 * The kinds of a choice, as parameters of the API.
 * @param {string} choice
 */
export function kindsOf(choice) {
  if (choice === 'all') return [];
  return kinds.includes(choice) ? [choice] : ['server', 'consumer'];
}

/**
 * The conditions of the counted spans.
 * @param {Scope} scope
 */
export function spansOf({ service, op, kind }) {
  const of = kindsOf(kind).map((k) => condition('kind', ':', k));
  return [condition('service', ':', service), op && condition('op', ':', op), of.length > 1 ? `(${of.join(' OR ')})` : of[0]].filter(Boolean).join(' ');
}

/**
 * What a list of traces is asked for to show the counted spans of a time.
 * @param {Scope} scope
 * @param {{ from: bigint, to: bigint }} time
 * @param {string[]} [more] conditions of the same span
 */
export function searchOf(scope, { from, to }, more = []) {
  return [spansOf(scope), ...more, condition('since', ':', exact(from)), condition('until', ':', exact(to))].join(' ');
}

/** The condition of an error. */
export const failed = condition('status', ':', 'error');

/**
 * The condition of spans that take as long, or longer; of a duration with three
 * digits, rounded down.
 * @param {number} ns
 */
export function atLeast(ns) {
  return condition('dur', '>=', written(ns, Math.floor));
}

/** @param {number} ns */
export function atMost(ns) {
  return condition('dur', '<=', written(ns, Math.ceil));
}

/**
 * @param {number} ns
 * @param {(n: number) => number} round
 */
function written(ns, round) {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(ns, 1))) - 2);
  const n = round(ns / unit - (round === Math.floor ? -1e-9 : 1e-9)) * unit;
  return n >= 1e9 ? `${n / 1e9}s` : n >= 1e6 ? `${n / 1e6}ms` : `${n / 1e3}us`;
}

/** A time with as many digits as it has. @param {bigint} ns since 1970 */
function exact(ns) {
  return iso(ns, ns % 1_000_000_000n ? 9 : 0);
}
