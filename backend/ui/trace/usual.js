// SPDX-License-Identifier: Apache-2.0

/** @import { Quantiles, Rates } from '../types.js' */

/** Of fewer spans nothing is said. */
export const few = 5;

/** Percentiles are at most 12 % off (trace/histogram.go): what is not farther away may be equal. */
const near = 1.125;

/**
 * Whether a duration is surely longer than a percentile.
 * @param {number} ns
 * @param {string} quantile ns
 */
export function longer(ns, quantile) {
  return ns > Number(quantile) * near;
}

/**
 * The percentile that a duration is unusual for: it is longer than 99 or 95 % of
 * the spans of its operation, of which there are enough to say so, and half as long
 * again as the one in the middle; "": it is not.
 * @param {number} ns
 * @param {Rates | undefined} rates of the operation
 * @returns {'p99' | 'p95' | ''}
 */
export function unusual(ns, rates) {
  if (!rates || ns <= Number(rates.durations.p50) * 1.5) return '';
  if (rates.spans >= 100 && longer(ns, rates.durations.p99)) return 'p99';
  return rates.spans >= 20 && longer(ns, rates.durations.p95) ? 'p95' : '';
}

/**
 * How many times as long as the operation's span in the middle; 0: it is not known.
 * @param {number} ns
 * @param {Rates | undefined} rates
 */
export function times(ns, rates) {
  const p50 = rates && rates.spans >= few ? Number(rates.durations.p50) : 0;
  return p50 ? ns / p50 : 0;
}

/** A name of each percentile, and what share of all is below it. @type {readonly [keyof Quantiles, number][]} */
export const quantiles = [['p50', 50], ['p75', 75], ['p90', 90], ['p95', 95], ['p99', 99]];
