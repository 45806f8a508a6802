// SPDX-License-Identifier: Apache-2.0

import { limits } from './words.js';

const units = new Map([['ns', 1n], ['us', 1000n], ['µs', 1000n], ['μs', 1000n], ['ms', 1_000_000n], ['s', 1_000_000_000n], ['m', 60_000_000_000n], ['h', 3_600_000_000_000n]]);
const day = 86_400_000_000_000n;
const longest = 2n ** 63n - 1n;

/** @param {string} s */
export function isDuration(s) {
  return parseDuration(s) !== null;
}

/**
 * The ns of a duration that is not negative: "1.5s", "2h30m", "1d12h". Null when
 * it is none.
 * @param {string} s
 */
export function parseDuration(s) {
  let total = 0n;
  const days = /^([0-9.]*)d/.exec(s);
  if (days) {
    const n = /\d/.test(days[1]) && !/\..*\./.test(days[1]) ? Number(days[1]) : NaN;
    if (!(n <= 100_000)) return null;
    total = BigInt(Math.trunc(n * Number(day)));
    s = s.slice(days[0].length);
    if (!s) return total;
  }
  if (s === '0') return total;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(s)) return null;
  for (const [, whole, fraction, unit] of s.matchAll(/(\d*)\.?(\d*)([a-zµμ]+)/g)) {
    const size = units.get(unit) ?? 0n;
    total += BigInt(whole || 0) * size + (fraction ? (BigInt(fraction) * size) / 10n ** BigInt(fraction.length) : 0n);
  }
  return total > longest ? null : total;
}

const timeForm = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)?)?)?$/;

/**
 * The ns since 1970 of "2026-01-31T15:04:05.123Z", with a zone ("+01:00"), or
 * in UTC without one, seconds or time. Null when it is none.
 * @param {string} s
 */
export function parseTime(s) {
  const m = timeForm.exec(s);
  if (!m) return null;
  const [year, month, date, hour, minute, second] = m.slice(1, 7).map((n) => Number(n ?? 0));
  const d = new Date(0);
  d.setUTCFullYear(year, month - 1, date);
  if (d.getUTCMonth() !== month - 1 || d.getUTCDate() !== date || hour > 23 || minute > 59 || second > 59) return null;
  let seconds = BigInt(d.getTime() / 1000 + hour * 3600 + minute * 60 + second);
  const zone = m[8] ?? 'Z';
  if (zone !== 'Z') {
    const [h, min] = [Number(zone.slice(1, 3)), Number(zone.slice(4))];
    if (h > 24 || min > 59) return null;
    seconds -= BigInt((zone[0] === '-' ? -1 : 1) * (h * 3600 + min * 60));
  }
  const ns = seconds * 1_000_000_000n + BigInt((m[7] ?? '').padEnd(9, '0').slice(0, 9));
  return ns === -62_135_596_800_000_000_000n ? null : ns; // the year 1, the server's "no time"
}

/**
 * Whether a text reads as a decimal number: not "0x10", not "1e999".
 * @param {string} s
 */
export function isNumber(s) {
  if (/^-?Infinity$/.test(s)) return true;
  if (s.length > limits.numberBytes || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(s)) return false;
  return Number.isFinite(Number(s));
}

/**
 * A trace id in any spelling that is in use, as 16 or 32 hex digits; "" when it
 * is none: hex with or without its leading zeros, a UUID, base64, a W3C
 * traceparent, an uber-trace-id.
 * @param {string} text
 */
export function traceID(text) {
  let s = text.trim();
  if (s.length > 35 && s.startsWith('00-') && s[35] === '-') s = s.slice(3, 35);
  else if (s.split(':').length === 4) s = s.slice(0, s.indexOf(':'));
  else if (/^.{8}-.{4}-.{4}-.{4}-.{12}$/.test(s)) s = s.replaceAll('-', '');
  let hex = '';
  if (/^[0-9a-fA-F]{1,32}$/.test(s)) hex = s.toLowerCase();
  else if (/^(?:[A-Za-z0-9+/]{11}=|[A-Za-z0-9+/]{22}==|[\w-]{11}=|[\w-]{22}==)$/.test(s)) {
    hex = Array.from(atob(s.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  }
  hex = hex.padStart(32, '0');
  if (/^0*$/.test(hex)) return '';
  return hex.startsWith('0'.repeat(16)) ? hex.slice(16) : hex;
}

/**
 * The id of the trace that a text as a whole names, as people copy them: 16 or
 * 32 hex digits, a UUID, a traceparent, an uber-trace-id. Else "".
 * @param {string} text
 */
export function lookup(text) {
  const s = text.trim();
  const whole = /^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|[0-9a-f]{1,32}:[0-9a-f]{1,16}:[0-9a-f]{1,16}:[0-9a-f]{1,2})$/i;
  return whole.test(s) ? traceID(s) : '';
}
