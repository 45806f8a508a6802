// SPDX-License-Identifier: Apache-2.0

/** @import { MapJSON, REDJSON, ServiceMap, StatusJSON } from '../types.js' */
/** @import { Window } from '../search/range.js' */
import { Atom } from '../lib/atom.js';
import { mapOf } from '../lib/graph.js';
import { Latest } from '../lib/latest.js';
import { pointOf } from '../search/range.js';
import { get } from './api.js';
import { poll } from './poll.js';

/** ms between an answer and the next question. */
const pause = 5000;
/** ns. */
const day = 86_400_000_000_000n;
/** ns of “any time” in a store that does not say how far back it goes. */
const anyTime = 31n * day;

/**
 * What the server said of a window.
 * @typedef {object} Reading
 * @property {ServiceMap} map
 * @property {number} seconds of the window, as far as spans are stored
 * @property {bigint} from ns since 1970
 * @property {bigint} to
 * @property {boolean} younger the store has nothing of the window's beginning
 * @property {boolean} stored the calls are those of whole days that a job wrote
 */

/** Who called whom in a window of time, asked for again and again. */
export class MapFeed {
  #latest = new Latest();
  /** @type {Window} */ #window = { since: '', until: '' };
  #live = false;
  #key = '';
  #stop = () => {};

  constructor() {
    /** @type {Atom<Reading | null>} */
    this.reading = new Atom(/** @type {Reading | null} */ (null));
    /** Why the last question was not answered. @type {Atom<Error | null>} */
    this.failure = new Atom(/** @type {Error | null} */ (null));
  }

  /**
   * Asks for a window, and for the same again while that is still going on.
   * @param {Window} window
   * @param {boolean} live
   */
  show(window, live) {
    const key = JSON.stringify([window, live]);
    if (key === this.#key) return;
    if (window.since !== this.#window.since || window.until !== this.#window.until) this.reading.value = this.failure.value = null;
    this.leave();
    [this.#window, this.#live, this.#key] = [window, live, key];
    if (live && !window.until) this.#stop = poll(() => this.#ask(), pause);
    else this.#ask();
  }

  /** Asks no longer; what was answered is kept. */
  leave() {
    this.#key = '';
    this.#stop();
    this.#stop = () => {};
    this.#latest.cancel();
  }

  /** Gives up what is being asked, until again is called. */
  stop() {
    this.#stop();
    this.#latest.cancel();
    this.failure.value = new Error('It was stopped.');
  }

  /** Asks now. */
  again() {
    if (!this.reading.value) this.failure.value = null;
    this.#key = '';
    this.show(this.#window, this.#live);
  }

  async #ask() {
    const window = this.#window;
    try {
      const answer = await this.#latest.run((signal) => read(window, signal));
      if (!answer) return;
      this.failure.value = null;
      this.reading.value = answer.value;
    } catch (error) {
      this.failure.value = /** @type {Error} */ (error);
    }
  }
}

/**
 * @param {Window} window
 * @param {AbortSignal} signal
 * @returns {Promise<Reading>}
 */
async function read(window, signal) {
  const now = BigInt(Date.now()) * 1_000_000n;
  /** @type {StatusJSON} */
  const status = await get('/api/status', {}, signal);
  const { noRates, storedLinks: stored } = status.store;
  const oldest = status.store.oldest === null ? null : BigInt(status.store.oldest);
  const to = pointOf(window.until, now) ?? now;
  const asked = pointOf(window.since, now) ?? oldest ?? to - anyTime;
  const younger = oldest !== null && !stored && asked < oldest;
  const from = younger ? oldest : stored ? asked - asked % day : asked; // a day's calls stand at its beginning
  if (to <= from) return { map: mapOf([]), seconds: 1, from, to, younger: false, stored };
  const ns = Number(to - from);
  const times = { start: String(from), end: String(to) };
  const step = `${Math.max(1, Math.ceil(ns / 60e9))}m`; // all of it is one step
  /** @type {[MapJSON, REDJSON]} */
  const [calls, rates] = await Promise.all([get('/api/map', times, signal), noRates ? { series: [] } : get('/api/red', { ...times, kind: ['server', 'consumer'], step }, signal)]);
  return { map: { ...mapOf(calls.links, rates.series), ...(stored && { noErrors: true }) }, seconds: Math.max(1, ns / 1e9), from, to, younger, stored };
}
