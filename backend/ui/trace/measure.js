// SPDX-License-Identifier: Apache-2.0

/** @import { Stretch } from '../types.js' */
import { duration, since } from '../lib/format.js';

/**
 * The times between two spans, in words.
 * @param {Stretch} a
 * @param {Stretch} b
 */
export function timesBetween(a, b) {
  const both = Math.min(a.to, b.to) - Math.max(a.from, b.from);
  const said = [`start to start ${since(b.from - a.from)}`, `end to start ${since(b.from - a.to)}`, `end to end ${since(b.to - a.to)}`];
  if (both > 0) said.push(`both at once for ${duration(both)}`);
  else if (both < 0 && b.to < a.from) said.push(`${duration(-both)} between them`);
  return said.join(', ');
}
