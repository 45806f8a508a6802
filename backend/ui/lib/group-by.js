// SPDX-License-Identifier: Apache-2.0

/**
 * The things of each key, in their order: Map.groupBy, which Node has from version 21 on.
 * @template T, K
 * @param {Iterable<T>} all
 * @param {(one: T) => K} keyOf
 * @returns {Map<K, T[]>}
 */
export function groupBy(all, keyOf) {
  const groups = new Map();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
