// SPDX-License-Identifier: Apache-2.0

/**
 * Runs one task at a time: a new one cancels the one before, whose result is
 * dropped however late it comes.
 */
export class Latest {
  /** @type {AbortController | null} */ #running = null;

  /**
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} task
   * @returns {Promise<{ value: T } | null>} null when it was cancelled
   */
  async run(task) {
    this.cancel();
    const mine = new AbortController();
    this.#running = mine;
    try {
      const value = await task(mine.signal);
      return mine.signal.aborted ? null : { value };
    } catch (error) {
      if (mine.signal.aborted) return null;
      throw error;
    } finally {
      if (this.#running === mine) this.#running = null;
    }
  }

  /** Cancels what runs. */
  cancel() {
    this.#running?.abort();
    this.#running = null;
  }
}
