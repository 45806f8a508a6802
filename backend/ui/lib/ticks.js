// SPDX-License-Identifier: Apache-2.0

import { duration } from './format.js';

const [second, minute, hour, day] = [1e9, 60e9, 3600e9, 86_400e9];
const steps = [1, 2, 5, 10, 15, 30].map((n) => n * second)
  .concat([1, 2, 5, 10, 15, 30].map((n) => n * minute), [1, 2, 3, 6, 12].map((n) => n * hour), day);

/**
 * A round step that divides a range into n parts or fewer: 1, 2 or 5 times a
 * power of ten, or what clocks have.
 * @param {number} range ns
 * @param {number} n
 */
export function tickStep(range, n) {
  const least = Math.max(range, 1) / Math.max(n, 1);
  if (least > second / 2 && least <= day) return /** @type {number} */ (steps.find((s) => s >= least));
  const unit = least > day ? day : 1;
  const power = 10 ** Math.floor(Math.log10(least / unit));
  return Math.max(unit * power * /** @type {number} */ ([1, 2, 5, 10].find((f) => unit * power * f >= least * 0.999999)), 1);
}

/**
 * The multiples of step from one time to another.
 * @param {number} from ns
 * @param {number} to ns
 * @param {number} step ns
 */
export function ticks(from, to, step) {
  const all = [];
  for (let i = Math.ceil(from / step - 1e-9) + 0; i * step <= to && all.length < 1000; i++) all.push(i * step);
  return all;
}

/**
 * A time as the label of its tick, with the digits that tell it from the next
 * one: "12.5 ms".
 * @param {number} at ns
 * @param {number} step ns
 * @param {number} largest of the labels beside it: they have one unit
 */
export function tickLabel(at, step, largest) {
  if (at === 0) return '0';
  if (largest >= minute) {
    if (step >= (largest >= hour ? minute : second)) return duration(at);
    const [h, m] = [Math.floor(at / hour), Math.floor((at % hour) / minute)];
    return `${h ? h + 'h ' : ''}${h || m ? m + 'm ' : ''}${((at % minute) / second).toFixed(decimals(second / step))}s`;
  }
  const [unit, size] = /** @type {[string, number]} */ ([['s', second], ['ms', 1e6], ['µs', 1e3], ['ns', 1]].find(([, size]) => largest >= Number(size)) ?? ['ns', 1]);
  return `${(at / size).toFixed(decimals(size / step))} ${unit}`;
}

/** @param {number} parts of a unit */
function decimals(parts) {
  return Math.max(0, Math.ceil(Math.log10(parts) - 1e-9));
}
