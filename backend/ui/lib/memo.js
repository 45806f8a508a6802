// SPDX-License-Identifier: Apache-2.0

/**
 * The function, with the answer to its last arguments kept.
 * @template {unknown[]} A
 * @template R
 * @param {(...args: A) => R} f
 * @returns {(...args: A) => R}
 */
export function memo(f) {
  /** @type {{ args: A, result: R } | null} */
  let last = null;
  return (...args) => {
    if (!last || last.args.length !== args.length || !last.args.every((a, i) => Object.is(a, args[i]))) last = { args, result: f(...args) };
    return last.result;
  };
}
