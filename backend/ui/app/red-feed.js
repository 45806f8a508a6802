// SPDX-License-Identifier: Apache-2.0

/** @import { Frame, Row, Series } from '../lib/red.js' */
/** @import { REDJSON } from '../types.js' */
/** @import { Scope } from './red-search.js' */
import { Atom } from '../lib/atom.js';
import { Latest } from '../lib/latest.js';
import { frame, rows } from '../lib/red.js';
import { pointOf } from '../search/range.js';
import { parseDuration } from '../search/values.js';
import { APIError, get } from './api.js';
import { poll } from './poll.js';
import { kindsOf } from './red-search.js';

/** Steps of the charts, and of the small curves in the table, at most. */
const chartSteps = 119;
/** When these are too many for the server, fewer. */
const tableSteps = [60, 12, 1];

/** What is asked for; since and until are a window as search/range.js has it. @typedef {Scope & { since: string, until: string }} Asked */

/**
 * What the server said.
 * @typedef {object} Reading
 * @property {Asked} asked
 * @property {Row[]} rows of services, or of the service's operations
 * @property {Frame} frame of the rows
 * @property {boolean} fewer there are fewer steps than usual, for there are too many rows
 * @property {Series | null} series of the service, or of its operation
 * @property {Frame} chart of the series
 * @property {bigint | null} oldest start of the oldest stored span, null when there is none or that is not known
 * @property {string[] | null} names the same as rows, of a store that has no rates; then rows are none
 * @property {boolean} known the service has spans at any time
 * @property {bigint} at ns since 1970
 */

/** Rates, errors and durations of services or operations, again and again. */
export class RedFeed {
  /** Changes with each change of what follows. */
  version = new Atom(0);
  /** @type {Reading | null} */ reading = null;
  /** @type {Error | null} */ failure = null;
  loading = false;
  stopped = false;

  #asked = '';
  #live = false;
  /** Index in tableSteps. */ #fewer = 0;
  #took = 0;
  #latest = new Latest();
  #stop = () => {};

  /**
   * Asks for something, unless that is what is asked for already.
   * @param {Asked} asked
   * @param {boolean} live ask again and again
   */
  show(asked, live) {
    const key = JSON.stringify(asked);
    if (key === this.#asked && live === this.#live) return;
    if (key !== this.#asked) this.#fewer = 0;
    this.#asked = key;
    this.#live = live;
    this.again();
  }

  /** Stops asking. What was said is still here when show is called again. */
  leave() {
    this.#stop();
    this.#latest.cancel();
    this.#asked = '';
    this.loading = false;
  }

  /** Gives up what runs. */
  cancel() {
    this.#stop();
    this.#latest.cancel();
    this.#change({ loading: false, stopped: true });
  }

  /** Asks now. */
  again() {
    this.#stop();
    this.stopped = false;
    if (this.#live) this.#stop = poll(() => this.#load(), () => this.#pause());
    else this.#load();
  }

  async #load() {
    /** @type {Asked} */
    const asked = JSON.parse(this.#asked);
    const began = performance.now();
    this.#change({ loading: true });
    try {
      const answer = await this.#latest.run((signal) => this.#ask(asked, signal));
      if (!answer) return;
      this.#took = performance.now() - began;
      this.#change({ reading: answer.value, failure: null, loading: false });
    } catch (error) {
      this.#change({ failure: /** @type {Error} */ (error), loading: false });
    }
  }

  /** ms between two questions: longer ones need not be asked so often. */
  #pause() {
    return Math.max(5000, Math.min(60_000, (this.reading?.chart.step ?? 0) * 80), 10 * this.#took);
  }

  /**
   * @param {Asked} asked
   * @param {AbortSignal} signal
   * @returns {Promise<Reading>}
   */
  async #ask(asked, signal) {
    const { service, op, kind } = asked;
    const [status, services] = await Promise.all([get('/api/status', {}, signal), get('/api/services', {}, signal)]);
    const now = BigInt(Date.now()) * 1_000_000n;
    const oldest = status.store.oldest === null ? null : BigInt(status.store.oldest);
    const window = windowOf(asked, now, oldest);
    const known = services.data.includes(service);
    const steps = (/** @type {number} */ most) => frame(window.from, window.to, most, oldest, window.whole);
    const chart = steps(chartSteps);
    if (status.store.noRates) {
      const names = !service ? services.data : known ? (await get(`/api/services/${encodeURIComponent(service)}/operations`, {}, signal)).data : [];
      return { asked, chart, oldest, frame: chart, rows: [], fewer: false, series: null, known, at: now, names };
    }
    const red = (/** @type {Frame} */ f, more = {}) => get('/api/red', { service, kind: kindsOf(kind), start: String(f.from), end: String(f.to), step: `${f.step}s`, ...more }, signal);
    const table = async () => {
      for (;;) {
        const f = steps(tableSteps[this.#fewer]);
        try {
          return { f, red: /** @type {REDJSON} */ (await red(f, service ? { byOperation: 'true' } : {})) };
        } catch (error) {
          // Which of its limits was met is not said: 413 or 400.
          if (!(error instanceof APIError) || ![400, 413].includes(error.status) || this.#fewer === tableSteps.length - 1) throw error;
          this.#fewer++;
        }
      }
    };
    const [all, one] = await Promise.all([table(), service ? red(chart, { operation: op }) : null]);
    return {
      asked, chart, oldest, frame: all.f, rows: rows(all.red, service ? [] : services.data, all.f, service ? 'operation' : 'service'),
      fewer: this.#fewer > 0, series: one?.series[0] ?? null, known, at: now, names: null,
    };
  }

  /** @param {Partial<RedFeed>} change */
  #change(change) {
    Object.assign(this, change);
    this.version.value++;
  }
}

/** The API takes what is earlier for other units than ns. */
const earliest = 10n ** 17n;

/**
 * The times of a window; nothing has started after now.
 * @param {Asked} asked
 * @param {bigint} now ns since 1970
 * @param {bigint | null} oldest
 */
function windowOf({ since, until }, now, oldest) {
  const from = since ? pointOf(since, now) : (oldest ?? now - 3_600_000_000_000n);
  const to = until ? pointOf(until, now) : now;
  if (from === null) throw new Error(`“${since.slice(0, 100)}” is no time to begin at.`);
  if (to === null) throw new Error(`“${until.slice(0, 100)}” is no time to end at.`);
  const window = { from: from < earliest ? earliest : from, to: to > now ? now : to, whole: parseDuration(since) !== null };
  if (window.from >= window.to) throw new Error('This time ends before it begins, or has not begun yet.');
  return window;
}
