// SPDX-License-Identifier: Apache-2.0

import { time } from './format.js';
import { roundTimes } from './scale.js';

/**
 * Round times between two, as an axis shows them.
 * @param {bigint} from ns since 1970
 * @param {bigint} to
 * @param {number} most of them, at most
 * @param {string} zone "utc" or "local"
 * @returns {{ at: bigint, text: string }[]}
 */
export function timeLabels(from, to, most, zone) {
  const shift = zone === 'utc' ? 0 : -new Date(Number(from / 1_000_000n)).getTimezoneOffset() * 60e9;
  const { step, at } = roundTimes(from, to, most, BigInt(shift));
  return at.map((t) => {
    const text = time(t, zone, { digits: Math.max(0, Math.ceil(9 - Math.log10(step))) });
    return { at: t, text: step >= 86_400e9 ? text.slice(0, 10) : step >= 60e9 ? text.slice(11, 16) : text.slice(11) };
  });
}
