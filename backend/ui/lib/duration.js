// SPDX-License-Identifier: Apache-2.0

/** @type {Record<string, number>} */
const units = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9, d: 86_400e9 };

/**
 * Reads a duration as people write it: "1.5s", "300us", "2h30m", "1 ms".
 * @param {string} text
 * @returns {number | null} ns; null when it is none
 */
export function parseDuration(text) {
  const compact = text.replaceAll(/\s/g, '');
  if (!/^(\d+(\.\d+)?(ns|us|µs|μs|ms|s|m|h|d))+$/.test(compact)) return null;
  let ns = 0;
  for (const [, n, unit] of compact.matchAll(/([\d.]+)([a-zµμ]+)/g)) ns += Number(n) * units[unit];
  return ns;
}
