// SPDX-License-Identifier: Apache-2.0

import { time } from '../lib/format.js';
import { parseDuration, parseTime } from './values.js';

/** @typedef {{ since: string, until: string }} Window values of since: and until:, "" for none */

/** Windows that end now, by what since: says. */
export const usual = ['5m', '15m', '1h', '3h', '12h', '1d', '3d', '7d'];

const names = new Map([['m', 'minute'], ['h', 'hour'], ['d', 'day'], ['s', 'second']]);

/**
 * A window in words: "Last 15 minutes", "from 2026-01-31 15:04:05".
 * @param {Window} window
 * @param {string} zone "utc" or "local"
 */
export function label({ since, until }, zone) {
  if (!since && !until) return 'Any time';
  if (!until && parseDuration(since) !== null) return `Last ${words(since)}`;
  const from = since && point(since, zone);
  const to = until && point(until, zone);
  if (from && to) return `${from} – ${to.slice(0, 10) === from.slice(0, 10) && to.length > 11 ? to.slice(11) : to}`;
  return from ? `From ${from}` : `Until ${to}`;
}

/**
 * A duration of one unit in words, "15 minutes", and others as they are.
 * @param {string} text
 */
export function words(text) {
  const [, n, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (!unit) return text;
  return n === '1' ? String(names.get(unit)) : `${n} ${names.get(unit)}s`;
}

/**
 * @param {string} text
 * @param {string} zone
 */
function point(text, zone) {
  if (parseDuration(text) !== null) return `${words(text).replace(/^(?=[a-z])/, '1 ')} ago`;
  const at = parseTime(text);
  return at === null ? text : time(at, zone, { digits: at % 1_000_000_000n ? 3 : 0 });
}

/**
 * The point in time that since: or until: means, ns since 1970; null when it is
 * empty or wrong.
 * @param {string} text
 * @param {bigint} now ns since 1970
 */
export function pointOf(text, now) {
  const before = parseDuration(text);
  return before === null ? parseTime(text) : now - before;
}

/**
 * What a field of type datetime-local shows of a point in time, to the second.
 * @param {bigint | null} ns since 1970
 * @param {string} zone
 */
export function toField(ns, zone) {
  return ns === null ? '' : time(ns, zone, { digits: 0 }).replace(' ', 'T');
}

/**
 * What since: and until: say for such a field, in UTC: "2026-01-31T14:04:05Z".
 * @param {string} field "" for none
 * @param {string} zone
 */
export function fromField(field, zone) {
  const at = new Date(zone === 'utc' ? field + 'Z' : field);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().replace('.000Z', 'Z');
}
