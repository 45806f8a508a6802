// SPDX-License-Identifier: Apache-2.0

import { number } from './format.js';

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

const second = 1e9;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 2 * 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400].map((s) => s * second);
const fine = [1e6, 2e6, 5e6, 1e7, 2e7, 5e7, 1e8, 2e8, 5e8];

/**
 * Round times between two, at most so many.
 * @param {bigint} from ns since 1970
 * @param {bigint} to
 * @param {number} most
 * @param {bigint} shift what the zone is ahead of UTC, ns, so that days begin at midnight
 * @returns {{ step: number, at: bigint[] }}
 */
export function roundTimes(from, to, most, shift) {
  const range = Number(to - from);
  const step = [...fine, ...steps].find((s) => range / s <= most) ?? Math.ceil(range / most);
  const size = BigInt(step);
  /** @type {bigint[]} */
  const at = [];
  for (let t = ((from + shift + size - 1n) / size) * size - shift; t <= to; t += size) at.push(t);
  return { step, at };
}
