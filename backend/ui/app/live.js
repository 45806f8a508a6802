// SPDX-License-Identifier: Apache-2.0

/** @import { TraceSummary } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { EventStream } from '../lib/event-stream.js';
import { APIError, request } from './api.js';

/** After a silence of three heartbeats the connection is taken for dead, ms. */
const silence = 45_000;
/** The pause before the first and before any later try to connect again, ms. */
const [firstPause, lastPause] = [500, 15_000];

/**
 * What the stream does: it is off, for nobody looks or wants it; it connects;
 * it is open; it waits before it tries again; it was refused and does not try.
 * @typedef {{ is: 'off' | 'connecting' | 'open' | 'waiting' | 'refused', reason: string }} LiveState
 */

/**
 * Hears of traces that arrive, while the page is visible. It connects again by
 * itself, and goes on where it was.
 */
export class Live {
  /** @type {Atom<LiveState>} */
  state = new Atom(/** @type {LiveState} */ ({ is: 'off', reason: '' }));
  /** Where it has come to; empty: from now on. */
  cursor = '';

  /** @type {AbortController | null} */ #connection = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {{ q: string, columns: string[] } | null} */ #wanted = null;
  #pause = firstPause;
  #seen = () => this.#look();

  /**
   * @param {object} hear
   * @param {(traces: TraceSummary[]) => void} hear.arrived
   * @param {() => void} hear.gap more arrived than was told
   * @param {(fresh: boolean) => void} hear.opened fresh: of what arrived before nothing will be told
   */
  constructor(hear) {
    this.hear = hear;
  }

  /** Whether it was started. */
  get wanted() {
    return this.#wanted !== null;
  }

  /** Resolves when it is open, or is not going to be for now. */
  settled() {
    return new Promise((/** @type {(_: void) => void} */ resolve) => {
      if (this.state.value.is !== 'connecting') return resolve();
      const stop = this.state.watch(({ is }) => {
        if (is === 'connecting') return;
        stop();
        resolve();
      });
    });
  }

  /**
   * Listens to what a search finds from now on, or from this.cursor on.
   * @param {string} q
   * @param {string[]} columns
   */
  start(q, columns) {
    this.stop();
    this.#wanted = { q, columns };
    document.addEventListener('visibilitychange', this.#seen);
    this.#look();
  }

  /** Listens no more. */
  stop() {
    this.#wanted = null;
    document.removeEventListener('visibilitychange', this.#seen);
    this.#look();
  }

  /** Tries again now. */
  again() {
    this.#close();
    this.#look();
  }

  /** Connects if somebody looks, else disconnects. */
  #look() {
    if (!this.#wanted || document.hidden) {
      this.#close();
      this.#pause = firstPause;
      this.state.value = { is: 'off', reason: '' };
    } else if (!this.#connection) {
      this.#connect(this.#wanted);
    }
  }

  #close() {
    clearTimeout(this.#timer);
    this.#connection?.abort();
    this.#connection = null;
  }

  /** @param {{ q: string, columns: string[] }} wanted */
  async #connect({ q, columns }) {
    const mine = new AbortController();
    this.#connection = mine;
    if (this.state.value.is !== 'waiting') this.state.value = { is: 'connecting', reason: '' };
    /** @type {Error} */
    let failure = new Error('The connection was closed.');
    try {
      await this.#read(await request('/api/live', { q, columns, cursor: this.cursor }, { signal: mine.signal }), mine);
    } catch (error) {
      failure = /** @type {Error} */ (error);
    }
    if (this.#connection !== mine) return; // closed on purpose
    this.#close();
    const { status, message: reason } = failure instanceof APIError ? failure : new APIError('The connection was lost.', 0, '');
    if ((status >= 400 && status < 500 && status !== 429) || status === 501) {
      this.state.value = { is: 'refused', reason };
      return;
    }
    this.state.value = { is: 'waiting', reason };
    this.#timer = setTimeout(() => this.#look(), this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, lastPause);
  }

  /**
   * @param {Response} response
   * @param {AbortController} mine
   */
  async #read(response, mine) {
    const reader = response.body?.getReader();
    if (!reader) return;
    const stream = new EventStream();
    const fresh = !this.cursor;
    const text = new TextDecoder();
    for (;;) {
      const dead = setTimeout(() => reader.cancel(), silence);
      const { value, done } = await reader.read().finally(() => clearTimeout(dead));
      if (done || mine.signal.aborted) return;
      this.#pause = firstPause;
      const events = stream.push(text.decode(value, { stream: true }));
      if (stream.id) this.cursor = stream.id;
      if (this.state.value.is !== 'open') {
        this.state.value = { is: 'open', reason: '' };
        this.hear.opened(fresh);
      }
      for (const event of events) {
        if (event.type === 'gap') this.hear.gap();
        else if (event.type === 'traces') this.hear.arrived(JSON.parse(event.data).traces);
      }
    }
  }
}
