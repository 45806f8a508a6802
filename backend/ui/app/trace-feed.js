// SPDX-License-Identifier: Apache-2.0

/** @import { StatusJSON } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { Latest } from '../lib/latest.js';
import { Listing } from '../lib/listing.js';
import { problemOf } from '../search/problem.js';
import { get } from './api.js';
import { schedule } from './frame.js';
import { Live } from './live.js';

/** Traces of a page of the search. */
const pageSize = 100;
/** A search waits so long for the stream, ms: a proxy may hold that back. */
const patience = 2000;

/**
 * What is looked for.
 * @typedef {{ q: string, order: string, columns: string[] }} Asked
 */

/** The traces that a search finds, page by page, and those that arrive. */
export class TraceFeed {
  /** Changes with each change of what follows. */
  version = new Atom(0);
  /** @type {Listing | null} */ listing = null;
  /** Counts the listings. */ listings = 0;
  /** Why the last search failed. @type {Error | null} */ failure = null;
  /** What is wrong with the text, of which the server is not asked. @type {Error | null} */ wrong = null;
  searching = false;
  /** The last search was stopped. */ stopped = false;
  loadingMore = false;
  /** @type {Error | null} */ moreFailure = null;
  /** What is stored; null when that is not known. @type {StatusJSON | null} */ status = null;

  live = new Live({ arrived: (traces) => this.#arrived(traces), gap: () => this.#gap(), opened: (fresh) => this.#opened(fresh) });

  /** @type {Asked | null} */ #asked = null;
  /** What is being loaded, to which arrivals belong already. @type {Listing | null} */ #coming = null;
  /** The server was asked for it. */ #sent = false;
  #search = new Latest();
  #more = new Latest();

  /**
   * Looks for something, unless that is shown already.
   * @param {Asked} asked
   * @param {boolean} listen also to what arrives
   */
  show(asked, listen) {
    const same = JSON.stringify(asked) === JSON.stringify(this.#asked);
    this.#asked = asked;
    if (!same) this.wrong = problemOf(asked.q);
    if (!listen || this.wrong) this.live.stop();
    else if (!same || !this.live.wanted) this.live.start(asked.q, asked.columns);
    if (!same) this.again();
  }

  /** Stops what runs. What was found stays, and show finds it here. */
  leave() {
    if (this.searching || this.failure) this.#asked = null;
    this.live.stop();
    this.stop();
    this.stopMore();
  }

  /** Gives up the search that runs. */
  stop() {
    this.#search.cancel();
    this.#coming = null;
    if (this.searching) this.#change({ searching: false, stopped: true });
  }

  /** Searches anew. */
  async again() {
    const asked = this.#asked;
    if (!asked) return;
    this.stop();
    if (this.wrong) return this.#change({ stopped: false, failure: null });
    const listing = new Listing(asked.order);
    this.#coming = listing;
    this.#sent = false;
    this.#more.cancel();
    this.#change({ searching: true, stopped: false, loadingMore: false, moreFailure: null });
    try {
      const answer = await this.#search.run(async (signal) => {
        // What arrives after the search is heard of by the stream: it is open first.
        if (this.live.wanted && !this.live.cursor) await Promise.race([this.live.settled(), new Promise((resolve) => setTimeout(resolve, patience))]);
        signal.throwIfAborted();
        this.#sent = true;
        return get('/api/search', { ...asked, limit: pageSize }, signal);
      });
      if (!answer) return;
      listing.append(answer.value);
      this.#coming = null;
      this.#change({ listing, listings: this.listings + 1, failure: null, searching: false });
      this.status = await get('/api/status').catch(() => null);
      this.#change({});
    } catch (error) {
      this.#coming = null;
      this.#change({ failure: /** @type {Error} */ (error), searching: false });
    }
  }

  /** Loads the next page. */
  async more() {
    const [asked, listing] = [this.#asked, this.listing];
    if (!asked || !listing?.cursor) return;
    this.#change({ loadingMore: true, moreFailure: null });
    try {
      const answer = await this.#more.run((signal) => get('/api/search', { ...asked, q: listing.query, cursor: listing.cursor, limit: pageSize }, signal));
      if (!answer) return;
      listing.append(answer.value);
      this.#change({ loadingMore: false });
    } catch (error) {
      this.#change({ loadingMore: false, moreFailure: /** @type {Error} */ (error) });
    }
  }

  /** Gives up the next page. */
  stopMore() {
    this.#more.cancel();
    if (this.loadingMore) this.#change({ loadingMore: false });
  }

  /** Shows what arrived. */
  reveal() {
    if (this.listing?.missed) this.again();
    else this.listing?.merge();
    this.#change({});
  }

  /** @param {import('../types.js').TraceSummary[]} traces */
  #arrived(traces) {
    (this.#coming ?? this.listing)?.arrive(traces);
    schedule('write', this.#touch);
  }

  #gap() {
    const listing = this.#coming ?? this.listing;
    if (listing) listing.missed = true;
    schedule('write', this.#touch);
  }

  /** @param {boolean} fresh what arrived before is not told */
  #opened(fresh) {
    if (this.#coming ? fresh && this.#sent : this.failure) this.again();
    else if (this.#coming) return;
    else if (fresh && this.listing) {
      if (this.listing.rows.length > pageSize) this.#gap();
      else this.again();
    }
  }

  #touch = () => this.#change({});

  /** @param {Partial<TraceFeed>} change */
  #change(change) {
    Object.assign(this, change);
    this.version.value++;
  }
}
