// SPDX-License-Identifier: Apache-2.0

import { number } from './format.js';
import { tickStep } from './ticks.js';

/**
 * Powers of ten from below low to above high, which are the ends of a log scale.
 * @param {number} low ns, > 0
 * @param {number} high ns
 */
export function decades(low, high) {
  const from = Math.floor(Math.log10(Math.max(low, 1)) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(high, 1)) - 1e-9));
  return { from, to };
}

/**
 * A power of ten of ns as text: "10 ms".
 * @param {number} power
 */
export function decade(power) {
  const unit = Math.min(Math.floor(power / 3), 3);
  return `${number(10 ** (power - unit * 3))} ${['ns', 'µs', 'ms', 's'][unit]}`;
}

/**
 * Round times between two, and what is between them.
 * @param {bigint} from ns since 1970
 * @param {bigint} to
 * @param {number} most of them, at most
 * @param {bigint} shift what the zone is ahead of UTC, ns, so that days begin at midnight
 * @returns {{ step: number, at: bigint[] }}
 */
export function roundTimes(from, to, most, shift) {
  const step = tickStep(Number(to - from), most);
  const size = BigInt(step);
  /** @type {bigint[]} */
  const at = [];
  for (let t = ((from + shift + size - 1n) / size) * size - shift; t <= to; t += size) at.push(t);
  return { step, at };
}

/**
 * The duration whose bar has the full width: the longest, unless a few are so
 * much longer than the others that these would have no bar to see.
 * @param {number[]} durations
 */
export function barEnd(durations) {
  const sorted = Float64Array.from(durations).sort();
  const longest = sorted.at(-1) || 1;
  const usual = sorted[Math.floor(0.9 * (sorted.length - 1))] || 1;
  return longest > 4 * usual ? usual : longest;
}
