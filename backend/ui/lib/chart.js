// SPDX-License-Identifier: Apache-2.0

/**
 * An axis of values: its ends, and the round values between them.
 * @typedef {{ low: number, high: number, ticks: number[], log: boolean }} Axis
 */

/**
 * 1, 2 or 5 times a power of ten: the smallest that is not below n.
 * @param {number} n > 0
 */
export function roundUp(n) {
  const power = 10 ** Math.floor(Math.log10(n));
  return /** @type {number} */ ([1, 2, 5, 10].find((f) => f * power >= n * (1 - 1e-9))) * power;
}

/**
 * An axis from 0 to a round value.
 * @param {number} highest of the values, 0: there are none
 * @param {number} usual the end when all are 0
 * @param {number} n parts, at most
 * @returns {Axis}
 */
export function linear(highest, usual, n) {
  const step = roundUp((highest || usual) / n);
  const parts = Math.max(1, Math.ceil((highest || usual) / step - 1e-9));
  return { low: 0, high: parts * step, ticks: Array.from({ length: parts + 1 }, (_, i) => i * step), log: false };
}

/**
 * An axis on which as much room is between 1 and 10 as between 10 and 100. Its ends
 * are round; its ticks are powers of ten or, of a short one, 2 and 5 times those, too.
 * @param {number} lowest of the values; what is below 1 is 1
 * @param {number} highest
 * @param {number} n ticks, at most, about
 * @returns {Axis}
 */
export function logarithmic(lowest, highest, n) {
  const high = roundUp(Math.max(highest, 1));
  let low = 1 / roundUp(1 / Math.max(lowest, 1));
  if (low >= high) low = high / 10;
  const between = (/** @type {number[]} */ factors) => {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low) + 1e-9); 10 ** power <= high * (1 + 1e-9); power++) ticks.push(...factors.map((f) => f * 10 ** power));
    return ticks.filter((t) => t >= low * (1 - 1e-9) && t <= high * (1 + 1e-9));
  };
  let ticks = between([1, 2, 5]);
  if (ticks.length > n) ticks = between([1, 5]);
  if (ticks.length > n) ticks = between([1]);
  ticks = ticks.filter((_, i) => i % Math.ceil(ticks.length / n) === 0);
  return { low, high, ticks, log: true };
}

/**
 * Where a value is on an axis: 0 at its low end, 1 at its high one.
 * @param {Axis} a
 * @param {number} value
 */
export function place(a, value) {
  const at = a.log ? Math.log(Math.max(value, a.low) / a.low) / Math.log(a.high / a.low) : (value - a.low) / (a.high - a.low);
  return Math.max(0, Math.min(1, at));
}

/**
 * The value at a place of an axis.
 * @param {Axis} a
 * @param {number} at 0 to 1
 */
export function valueAt(a, at) {
  return a.log ? a.low * (a.high / a.low) ** at : a.low + (a.high - a.low) * at;
}

/**
 * A curve as paths of SVG: lines, lines from or to a part of a step, and dots where
 * a value has none beside it. Where there is no value lines are interrupted.
 * @param {Float64Array} values NaN: none
 * @param {(i: number) => boolean} partial
 * @param {(i: number) => number} x
 * @param {(value: number) => number} y
 */
export function paths(values, partial, x, y) {
  let [whole, part, dots, pen] = ['', '', '', -1];
  const at = (/** @type {number} */ i) => `${x(i).toFixed(1)} ${y(values[i]).toFixed(1)}`;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    if (i === 0 || Number.isNaN(values[i - 1])) {
      if (!(values[i + 1] >= 0)) dots += `M${at(i)}h.01`;
    } else if (partial(i) || partial(i - 1)) {
      part += `M${at(i - 1)}L${at(i)}`;
    } else {
      whole += `${pen === i - 1 ? '' : `M${at(i - 1)}`}L${at(i)}`;
      pen = i;
    }
  });
  return { whole, part, dots };
}
