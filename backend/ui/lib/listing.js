// SPDX-License-Identifier: Apache-2.0

/** @import { SearchPage, TraceSummary } from '../types.js' */

/** Traces that a list holds, at most. */
export const maxListed = 2000;

/** Traces that wait to be shown, at most. */
export const maxWaiting = 1000;

/** @type {Record<string, (a: TraceSummary, b: TraceSummary) => number>} */
const orders = {
  newest: (a, b) => compare(b.start, a.start),
  longest: (a, b) => compare(b.duration, a.duration) || compare(b.start, a.start),
  spans: (a, b) => b.spans - a.spans || compare(b.start, a.start),
};

/**
 * The traces that a search found, and those that arrived since: these wait until
 * somebody wants to see them, so that no row moves by itself. What arrives of a
 * trace that is listed already changes its row where it is.
 */
export class Listing {
  /** @type {TraceSummary[]} in order; a new array after each change */ rows = [];
  /** @type {Map<string, TraceSummary>} by id, the first to arrive first */ #waiting = new Map();
  /** @type {Map<string, number>} index in rows, by id */ #places = new Map();

  /** Traces that the search finds in all, or at least. */
  total = 0;
  atLeast = false;
  /** Of the next page; empty when there is none. */
  cursor = '';
  /** The start of the trace at which the search gave up, ns since 1970. @type {string | null} */
  cutAt = null;
  /** Spans that the search compared one by one. */
  scanned = 0;
  /** Traces that it left out, for they are too large to be looked at. */
  tooLarge = 0;
  /** The search with its times as they were understood: the cursor belongs to it. */
  query = '';
  /** More traces arrived than can be shown: search again. */
  missed = false;
  /** The search has answered. */
  #answered = false;
  /** Arrived traces that no longer wait because there are too many. */
  #dropped = 0;
  /** There are more traces, but the list is full. */
  full = false;

  /** @param {string} order newest, longest or spans */
  constructor(order) {
    this.order = Object.hasOwn(orders, order) ? order : 'newest';
  }

  /** How many traces wait to be shown, or, when some were missed, at least. */
  get waiting() {
    return this.#waiting.size + this.#dropped;
  }

  /**
   * Adds a page of the search behind those before.
   * @param {SearchPage} page
   */
  append(page) {
    this.#answered = true;
    this.query = page.query;
    this.atLeast = page.atLeast;
    this.cutAt = page.cutAt;
    this.scanned += page.scanned;
    this.tooLarge += page.tooLarge ?? 0;
    this.cursor = page.cursor;
    for (const t of page.traces) this.#waiting.delete(t.traceID);
    this.#show([...this.rows, ...page.traces.filter((t) => !this.#places.has(t.traceID))]);
    this.total = Math.max(page.total, this.rows.length);
  }

  /**
   * Takes traces that arrived. When the search found none, they are shown at once.
   * @param {TraceSummary[]} traces
   */
  arrive(traces) {
    let changed = false;
    for (const t of traces) {
      const at = this.#places.get(t.traceID);
      if (at === undefined) {
        this.#waiting.delete(t.traceID);
        this.#waiting.set(t.traceID, t);
        continue;
      }
      if (!changed) this.rows = [...this.rows];
      changed = true;
      this.rows[at] = t;
    }
    for (const id of this.#waiting.keys()) {
      if (this.#waiting.size <= maxWaiting) break;
      this.#waiting.delete(id);
      this.#dropped++;
      this.missed = true;
    }
    if (this.#answered && !this.rows.length && !this.missed) this.merge();
  }

  /** Shows what waits, in its place. */
  merge() {
    const more = this.#waiting.size;
    const compareRows = orders[this.order];
    const rows = [...this.#waiting.values(), ...this.rows].sort(compareRows);
    this.#waiting.clear();
    this.#show(rows);
    this.total += more;
  }

  /** @param {TraceSummary[]} rows */
  #show(rows) {
    if (rows.length > maxListed || (rows.length === maxListed && this.cursor)) {
      this.full = true;
      this.cursor = ''; // it leads behind rows that are gone
      rows.length = Math.min(rows.length, maxListed);
    }
    this.rows = rows;
    this.#places = new Map(rows.map((t, i) => [t.traceID, i]));
  }
}

/**
 * Compares whole numbers that are written in digits.
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
