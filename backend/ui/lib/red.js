// SPDX-License-Identifier: Apache-2.0

/** @import { REDJSON } from '../types.js' */
import { number } from './format.js';
import { tickStep } from './ticks.js';

/**
 * A stretch of time in steps, as /api/red answers: a step begins at a multiple of
 * its length since 1970.
 * @typedef {object} Frame
 * @property {bigint} from ns since 1970
 * @property {bigint} to the first time behind it
 * @property {number} step s
 * @property {number} first when the first step begins, s since 1970
 * @property {number} count of steps
 * @property {bigint | null} oldest the start of the oldest stored span: before it nothing is known
 */

/** @typedef {REDJSON['series'][number]} Series */

/**
 * What a series says of each step. Where it says nothing there is NaN: what is
 * older than the oldest span, and the durations and the share of errors of no spans.
 * @typedef {Record<'spans' | 'errors' | 'rate' | 'share' | 'p50' | 'p95' | 'p99', Float64Array>} Curves
 */

/**
 * A row of the table: a service or an operation.
 * @typedef {object} Row
 * @property {string} name
 * @property {number} spans
 * @property {number} errors
 * @property {number} share of them that failed, NaN: there are none
 * @property {number} rate spans a second
 * @property {number} p50 ns, NaN: there are none
 * @property {number} p95
 * @property {number} p99
 * @property {Series | null} series
 */

/**
 * The steps between two times.
 * @param {bigint} from ns since 1970
 * @param {bigint} to > from
 * @param {number} most steps, about: one more when it begins or ends within one
 * @param {bigint | null} oldest
 * @param {boolean} whole begin with a whole step
 * @returns {Frame}
 */
export function frame(from, to, most, oldest, whole) {
  const step = Math.max(60, tickStep(Number(to - from), most) / 1e9);
  const size = BigInt(step) * 1_000_000_000n;
  const begin = from / size;
  return { from: whole ? begin * size : from, to, step, first: Number(begin) * step, count: Number((to - 1n) / size - begin) + 1, oldest };
}

/**
 * How many seconds of a step count: of those in the frame, since the oldest span.
 * @param {Frame} f
 * @param {number} i
 */
export function covered(f, i) {
  const begin = BigInt(f.first + i * f.step) * 1_000_000_000n;
  const end = begin + BigInt(f.step) * 1_000_000_000n;
  return between(later(begin, f), end < f.to ? end : f.to);
}

/** How many seconds of all steps count. @param {Frame} f */
export function coveredInAll(f) {
  return between(later(f.from, f), f.to);
}

/** @param {bigint} at @param {Frame} f */
function later(at, { from, oldest }) {
  const begin = at > from ? at : from;
  return oldest !== null && oldest > begin ? oldest : begin;
}

/** @param {bigint} from @param {bigint} to */
function between(from, to) {
  return Math.max(0, Number(to - from) / 1e9);
}

/**
 * @param {Series | null | undefined} series null: no spans
 * @param {Frame} f
 * @returns {Curves}
 */
export function curves(series, f) {
  const column = (/** @type {number} */ value) => new Float64Array(f.count).fill(value);
  const all = { spans: column(0), errors: column(0), rate: column(NaN), share: column(NaN), p50: column(NaN), p95: column(NaN), p99: column(NaN) };
  for (const p of series?.points ?? []) {
    const i = (Number(BigInt(p.time) / 1_000_000_000n) - f.first) / f.step;
    if (!(i >= 0 && i < f.count)) continue;
    all.spans[i] = p.spans;
    all.errors[i] = p.errors;
    all.share[i] = p.errors / p.spans;
    for (const q of /** @type {const} */ (['p50', 'p95', 'p99'])) all[q][i] = Number(p.durations[q]);
  }
  for (let i = 0; i < f.count; i++) {
    const seconds = covered(f, i);
    if (seconds > 0) all.rate[i] = all.spans[i] / seconds;
  }
  return all;
}

/** Whether only a part of a step counts: it is not over, say. @param {Frame} f @param {number} i */
export function partial(f, i) {
  return covered(f, i) < f.step;
}

/**
 * A row for each series, and for each of the names that have none.
 * @param {REDJSON} red
 * @param {string[]} names
 * @param {Frame} f
 * @param {'service' | 'operation'} by
 * @returns {Row[]}
 */
export function rows(red, names, f, by) {
  const seconds = coveredInAll(f);
  const found = red.series.map((series) => {
    const { spans, errors, durations: d } = series.total;
    return { name: series[by] ?? '', spans, errors, share: errors / spans, rate: spans / seconds, p50: Number(d.p50), p95: Number(d.p95), p99: Number(d.p99), series };
  });
  const known = new Set(found.map((r) => r.name));
  const none = names.filter((name) => !known.has(name)).map((name) => ({ name, spans: 0, errors: 0, share: NaN, rate: 0, p50: NaN, p95: NaN, p99: NaN, series: null }));
  return [...found, ...none];
}

/** @typedef {'name' | 'spans' | 'share' | 'errors' | 'p50' | 'p95' | 'p99'} Column */

/**
 * The names of rows in order; those without spans are the last.
 * @param {Row[]} all
 * @param {Column} column
 * @param {boolean} up the smallest first
 */
export function order(all, column, up) {
  const sign = up ? 1 : -1;
  const byName = (/** @type {Row} */ a, /** @type {Row} */ b) => (a.name < b.name ? -1 : 1);
  const compare = column === 'name' ? (/** @type {Row} */ a, /** @type {Row} */ b) => sign * byName(a, b) : (/** @type {Row} */ a, /** @type {Row} */ b) => sign * (a[column] - b[column]) || byName(a, b);
  return all.toSorted((a, b) => Number(!a.spans) - Number(!b.spans) || (a.spans ? compare(a, b) : byName(a, b))).map((r) => r.name);
}

/**
 * The names in the order that is shown: those that are new come last.
 * @param {string[]} shown
 * @param {Row[]} all
 */
export function keepOrder(shown, all) {
  const names = new Set(all.map((r) => r.name));
  const kept = shown.filter((name) => names.delete(name));
  return [...kept, ...names];
}

/**
 * A rate a second, with three digits: "12.3", "0.004".
 * @param {number} n
 */
export function rate(n) {
  if (n > 0 && n < 0.001) return '< 0.001';
  const short = Number(n.toPrecision(3));
  return n >= 1000 ? number(Math.round(n)) : short < 1 ? String(short) : number(short);
}
