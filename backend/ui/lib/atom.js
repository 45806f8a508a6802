// SPDX-License-Identifier: Apache-2.0

/**
 * A value that can be watched.
 * @template T
 */
export class Atom {
  /** @type {T} */ #value;
  /** @type {Set<(value: T) => void>} */ #watchers = new Set();

  /** @param {T} value */
  constructor(value) {
    this.#value = value;
  }

  get value() {
    return this.#value;
  }

  /** Those who watch hear of it at once, unless it is the same value. */
  set value(value) {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const f of [...this.#watchers]) f(value);
  }

  /**
   * Calls f with each new value, until the function that it returns is called.
   * @param {(value: T) => void} f
   * @returns {() => void}
   */
  watch(f) {
    this.#watchers.add(f);
    return () => {
      this.#watchers.delete(f);
    };
  }
}
