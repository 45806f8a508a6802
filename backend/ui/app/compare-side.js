// SPDX-License-Identifier: Apache-2.0

/** @import { Trace } from '../types.js' */
import { Latest } from '../lib/latest.js';
import { loadTrace } from './load-trace.js';
import { watchGrowth } from './trace-growth.js';

/** One of two traces that are compared, which it loads. */
export class CompareSide {
  /** @type {Trace | null} */ trace = null;
  /** @type {Error | null} */ failure = null;
  stopped = false;
  latest = new Latest();
  endWatch = () => {};

  /**
   * @param {string} id
   * @param {() => void} changed
   */
  constructor(id, changed) {
    this.id = id;
    this.changed = changed;
    if (id) this.load();
  }

  async load() {
    this.failure = null;
    this.stopped = false;
    this.changed();
    try {
      await this.read();
    } catch (error) {
      this.failure = /** @type {Error} */ (error);
    }
    this.changed();
  }

  async read() {
    const answer = await this.latest.run((signal) => loadTrace(this.id, signal));
    if (!answer) return;
    this.endWatch();
    this.trace = answer.value;
    this.endWatch = watchGrowth(answer.value, () => this.read());
    this.changed();
  }

  /** Gives up what is being loaded. */
  stop() {
    this.latest.cancel();
    this.endWatch();
    this.stopped = true;
    this.changed();
  }
}
