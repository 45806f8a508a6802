// SPDX-License-Identifier: Apache-2.0

/** @import { Stretch, TimeScale } from '../types.js' */
import { shareOf, timeAt } from './time-scale.js';

/** The shortest stretch that can be looked at, ns, or a share of the trace when that is longer. */
const least = 100;
const leastShare = 1e-7;

/**
 * The stretch that an address asks for, within the trace.
 * @param {Stretch} asked to is 0: all
 * @param {number} duration of the trace, ns
 * @returns {Stretch}
 */
export function within(asked, duration) {
  const from = Math.max(0, Math.min(asked.from, duration));
  const to = Math.max(0, Math.min(asked.to || duration, duration));
  return to > from ? { from, to } : { from: 0, to: Math.max(duration, 1) };
}

/**
 * A stretch as an address writes it: all of the trace is 0 to 0.
 * @param {number} from ns
 * @param {number} to
 * @param {number} duration of the trace, ns
 * @returns {Stretch}
 */
export function stretch(from, to, duration) {
  [from, to] = [Math.min(from, to), Math.max(from, to)];
  const shortest = Math.max(least, duration * leastShare);
  if (to - from < shortest) {
    const middle = (from + to) / 2;
    [from, to] = [middle - shortest / 2, middle + shortest / 2];
  }
  if (from < 0) [from, to] = [0, to - from];
  if (to > duration) [from, to] = [Math.max(0, from - to + duration), duration];
  return from <= 0 && to >= duration ? { from: 0, to: 0 } : { from, to };
}

/**
 * The stretch on a scale of the whole trace after zooming.
 * @param {TimeScale} all
 * @param {Stretch} shown
 * @param {number} factor below 1: closer
 * @param {number} [about] the time that stays where it is, ns; else the middle
 */
export function zoomed(all, shown, factor, about) {
  const [from, to] = [shareOf(all, shown.from), shareOf(all, shown.to)];
  const at = about === undefined ? (from + to) / 2 : shareOf(all, about);
  return between(all, at - (at - from) * factor, at + (to - at) * factor);
}

/**
 * The stretch on a scale of the whole trace after moving it.
 * @param {TimeScale} all
 * @param {Stretch} shown
 * @param {number} by in widths of what is shown
 */
export function panned(all, shown, by) {
  const [from, to] = [shareOf(all, shown.from), shareOf(all, shown.to)];
  const move = Math.max(-from, Math.min(1 - to, by * (to - from)));
  return between(all, from + move, to + move);
}

/**
 * The stretch moved so that a time is in its middle, or as near to it as the
 * ends of the trace allow.
 * @param {Stretch} shown
 * @param {number} at ns
 * @param {number} duration of the trace, ns
 */
export function centred(shown, at, duration) {
  const half = (shown.to - shown.from) / 2;
  const middle = Math.max(half, Math.min(duration - half, at));
  return stretch(middle - half, middle + half, duration);
}

/**
 * The stretch between two shares of the width of the whole trace.
 * @param {TimeScale} all
 * @param {number} from share of the width
 * @param {number} to
 */
export function between(all, from, to) {
  return stretch(timeAt(all, Math.max(0, from)), timeAt(all, Math.min(1, to)), all.to);
}
