// SPDX-License-Identifier: Apache-2.0

/** @import { Rates, Trace, UsualJSON } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { get } from './api.js';

/**
 * How long operations of a trace's services usually take.
 * @typedef {object} Usual
 * @property {string} trace the trace's id
 * @property {Map<string, Map<string, Rates>>} services by name, their operations by name
 * @property {Error | null} failure why it is not known of a service
 */

/** Services of a trace that are asked for. */
const most = 50;

/** What is known so far. @type {Atom<Usual>} */
export const usual = new Atom(/** @type {Usual} */ ({ trace: '', services: new Map(), failure: null }));

/** The services that were asked for, and those that are still to be. */
let asked = new Set();
/** @type {string[]} */
let waiting = [];
let running = Promise.resolve();
let asking = new AbortController();

/**
 * Asks for the usual durations of some services' operations, as far as it has not,
 * one service after the other; resolves when all that were asked for are known.
 * @param {Trace} t
 * @param {Iterable<number>} services indices in the trace's
 */
export function wantUsual(t, services) {
  if (usual.value.trace !== t.id) {
    leaveUsual();
    usual.value = { trace: t.id, services: new Map(), failure: null };
  }
  let idle = !waiting.length;
  for (const s of services) {
    const name = t.services[s];
    if (!name || asked.has(name) || asked.size >= most) continue;
    asked.add(name);
    waiting.push(name);
    if (idle) running = running.then(askAll);
    idle = false;
  }
  return running;
}

/** Asks for nothing more. */
export function leaveUsual() {
  asking.abort();
  asking = new AbortController();
  asked = new Set(usual.value.services.keys());
  waiting = [];
}

/** Asks again for what failed. @param {Trace} t */
export function retryUsual(t) {
  leaveUsual();
  usual.value = { ...usual.value, failure: null };
  return wantUsual(t, t.services.keys());
}

/**
 * The usual durations of a span's operation, if they are known.
 * @param {Usual} known
 * @param {Trace} t
 * @param {number} service
 * @param {number} name
 */
export function usualOf(known, t, service, name) {
  return known.trace === t.id ? known.services.get(t.services[service])?.get(t.names[name]) : undefined;
}

async function askAll() {
  const { signal } = asking;
  for (let service; !signal.aborted && (service = waiting[0]) !== undefined; waiting.shift()) {
    try {
      const { operations } = /** @type {UsualJSON} */ (await get('/api/usual', { service }, signal));
      const services = new Map(usual.value.services).set(service, new Map(operations.map((o) => [o.operation, o])));
      if (!signal.aborted) usual.value = { ...usual.value, services };
    } catch (error) {
      if (!signal.aborted) usual.value = { ...usual.value, failure: /** @type {Error} */ (error) };
    }
    if (signal.aborted) return;
  }
}
