// SPDX-License-Identifier: Apache-2.0

const units = /** @type {const} */ ([['d', 86_400e9], ['h', 3600e9], ['m', 60e9], ['s', 1e9], ['ms', 1e6], ['µs', 1e3], ['ns', 1]]);

/**
 * A duration with three significant digits and its unit, "1.23 ms"; from a
 * minute on in two units, "2m 5s".
 * @param {number} ns
 */
export function duration(ns) {
  const sign = ns < 0 ? '−' : '';
  ns = Math.abs(ns);
  if (ns < 1) return '0 µs';
  // Rounding can carry into the next unit: 999.9996 µs is 1 ms.
  for (let i = 0; i < 3; i++) {
    const [unit, size] = units[i];
    const less = units[i + 1];
    if (Number(digits(ns / less[1])) < size / less[1]) continue;
    const whole = Math.round(ns / less[1]);
    const [n, rest] = [Math.floor((whole * less[1]) / size), whole % (size / less[1])];
    return sign + (rest ? `${n}${unit} ${rest}${less[0]}` : `${n}${unit}`);
  }
  for (let i = 3; i < units.length; i++) {
    const [unit, size] = units[i];
    const text = digits(ns / size);
    if (Number(text) >= 1) return `${sign}${text} ${unit}`;
  }
  return '0 µs';
}

/**
 * A time since another, "+1.23 ms", "−4 µs".
 * @param {number} ns
 */
export function since(ns) {
  return (ns > 0 ? '+' : '') + duration(ns);
}

/**
 * A share of a whole, "79 %", "0.4 %".
 * @param {number} share 0 to 1
 */
export function percent(share) {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${share < 0.0995 ? Number((share * 100).toFixed(1)) : Math.round(share * 100)} %`;
}

/** @param {number} n */
function digits(n) {
  return String(Number(n >= 1000 ? n.toFixed(0) : n.toPrecision(3)));
}

/**
 * A count with its noun: "1 span", "1,204 spans".
 * @param {number} n
 * @param {string} one
 * @param {string} [many]
 */
export function count(n, one, many = one + 's') {
  return `${number(n)} ${n === 1 ? one : many}`;
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** @param {number} n */
export function number(n) {
  return grouped.format(n);
}

/**
 * A size, "1.4 MB".
 * @param {number} n bytes
 */
export function bytes(n) {
  const names = ['B', 'kB', 'MB', 'GB', 'TB'];
  let i = 0;
  for (; n >= 999.5 && i < names.length - 1; i++) n /= 1000;
  return `${digits(n)} ${names[i]}`;
}

/**
 * A point in time in a zone, "2026-01-31 15:04:05.123".
 * @param {bigint} ns since 1970
 * @param {string} zone "utc" or "local"
 * @param {{ date?: boolean, digits?: number }} [options] digits of the second's fraction, 3 unless it says so
 */
export function time(ns, zone, { date = true, digits = 3 } = {}) {
  const ms = ns / 1_000_000n;
  const d = new Date(Number(ms));
  if (Number.isNaN(d.getTime())) return `${ns} ns`;
  const utc = zone === 'utc';
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const day = utc
    ? `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`
    : `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  const clock = utc
    ? `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
    : `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  const fraction = digits ? '.' + String(ns % 1_000_000_000n).padStart(9, '0').slice(0, digits) : '';
  return (date ? day + ' ' : '') + clock + fraction;
}

/**
 * The name of a zone: "UTC" or "UTC+2".
 * @param {string} zone "utc" or "local"
 * @param {Date} at
 */
export function zoneName(zone, at) {
  const minutes = zone === 'utc' ? 0 : -at.getTimezoneOffset();
  if (!minutes) return 'UTC';
  const [h, m] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '−' : '+'}${h}${m ? ':' + String(m).padStart(2, '0') : ''}`;
}

/**
 * How long ago: "3 s ago", "2 h ago".
 * @param {bigint} ns since 1970
 * @param {number} now ms since 1970
 */
export function ago(ns, now) {
  const s = (now - Number(ns / 1_000_000n)) / 1000;
  if (s < 0) return 'in the future';
  if (s < 1) return 'just now';
  const [unit, size] = /** @type {[string, number][]} */ ([['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]).find(([, size]) => s >= size) ?? ['s', 1];
  return `${Math.floor(s / size)} ${unit} ago`;
}

/**
 * The beginning of a text that is longer than n UTF-16 units.
 * @param {string} s
 * @param {number} n
 */
export function cut(s, n) {
  return s.length > n ? s.slice(0, n - 1) + '…' : s;
}
