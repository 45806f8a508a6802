// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */

/**
 * Which of its siblings each span is, from 1, and how many they are.
 * @param {Trace} t
 */
export function siblings(t) {
  const counts = new Int32Array(t.count + 2); // of children, by parent; those of -2 and -1 first
  const place = Int32Array.from(t.parent, (p) => ++counts[p + 2]);
  return { place, size: Int32Array.from(t.parent, (p) => counts[p + 2]) };
}
