// SPDX-License-Identifier: Apache-2.0

import { hasBraces, parts, split, tryParse, withWindow } from './edit.js';

/**
 * The text for traces that took a time within two, in place of the conditions
 * trace.dur that hold for all it finds. The times are rounded to three digits,
 * outwards.
 * @param {string} text
 * @param {bigint} shortest ns
 * @param {bigint} longest ns
 */
export function withTraceDuration(text, shortest, longest) {
  const { body, options } = split(text);
  const where = tryParse(body)?.where;
  const e = where?.is === 'span' && !hasBraces(body) ? where.args[0] : where;
  let kept = body ? [body] : [];
  if (e?.is === 'or') kept = [`(${body})`];
  else if (e) kept = parts(e, body).filter((s) => !/^trace\.dur\s*[<>]/.test(s));
  return [...kept, `trace.dur>=${rounded(shortest, false)}`, `trace.dur<=${rounded(longest, true)}`, ...options.map((o) => o.source)].join(' ');
}

/**
 * The text for what starts within two points in time, rounded outwards so that
 * they read well: to a thousandth of the range or finer.
 * @param {string} text
 * @param {bigint} since ns since 1970
 * @param {bigint | null} until null: no end
 */
export function withTimes(text, since, until) {
  const range = until === null ? 1_000_000_000n : until - since;
  const digits = range >= 1_000_000_000_000n ? 0 : range >= 1_000_000_000n ? 3 : range >= 1_000_000n ? 6 : 9;
  const step = 10n ** BigInt(9 - digits);
  return withWindow(text, { since: iso(since / step * step, digits), until: until === null ? '' : iso((until / step + 1n) * step, digits) });
}

/**
 * @param {bigint} ns
 * @param {boolean} up
 */
function rounded(ns, up) {
  const step = 10n ** BigInt(Math.max(0, String(ns).length - 3));
  const n = ((ns + (up ? step - 1n : 0n)) / step) * step;
  const [unit, size] = n >= 1_000_000_000n ? ['s', 9] : n >= 1_000_000n ? ['ms', 6] : n >= 1000n ? ['us', 3] : ['ns', 0];
  const s = String(n).padStart(size + 1, '0');
  const fraction = s.slice(s.length - size).replace(/0+$/, '');
  return (size ? s.slice(0, -size) + (fraction && '.' + fraction) : s) + unit;
}

/**
 * A time in UTC, as the language reads it.
 * @param {bigint} ns since 1970
 * @param {number} digits of the second's fraction
 */
export function iso(ns, digits) {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return seconds + (digits ? '.' + String(ns % 1_000_000_000n).padStart(9, '0').slice(0, digits) : '') + 'Z';
}
