// SPDX-License-Identifier: Apache-2.0

/** @import { Item, Spot } from '../search/complete.js' */
import { keyItems, servicesIn, valueItems } from '../search/complete.js';
import { get } from './api.js';

/** Of how many services the operations are asked for when the text names none. */
const manyServices = 20;

/**
 * What the store knows that could be written at a place of a search.
 * @param {string} text
 * @param {Spot} spot
 * @param {AbortSignal} signal
 * @returns {Promise<Item[]>}
 */
export async function suggest(text, spot, signal) {
  if (spot.what === 'nothing') return [];
  if (spot.what === 'key') {
    const [names, keys] = await Promise.all([spot.typed && !spot.op ? services() : [], tagKeys(spot.typed, signal)]);
    return keyItems(spot, { services: names, keys });
  }
  return valueItems(spot, await values(text, spot, signal));
}

/**
 * @param {string} text
 * @param {Spot} spot
 * @param {AbortSignal} signal
 * @returns {Promise<string[]>}
 */
async function values(text, spot, signal) {
  if (/[~<>]/.test(spot.op)) return [];
  switch (spot.field) {
    case 'service':
      return services();
    case 'op':
      return operations(servicesIn(text));
    case 'has':
      return tagKeys(spot.typed, signal);
    case '':
      return (await get('/api/values', { key: spot.key, prefix: spot.typed, limit: 100 }, signal)).values;
  }
  return [];
}

/** So long an answer is kept, ms: each letter that is typed asks again. */
const fresh = 10_000;
/** @type {Map<string, { at: number, answer: Promise<any> }>} */
const known = new Map();

/**
 * What the server answers, or answered a moment ago.
 * @param {string} path
 * @param {Record<string, string>} [params]
 * @returns {Promise<any>}
 */
function recent(path, params = {}) {
  const now = performance.now();
  for (const [key, { at }] of known) if (now - at > fresh) known.delete(key);
  const key = path + JSON.stringify(params);
  const kept = known.get(key);
  if (kept) return kept.answer;
  const answer = get(path, params); // for whoever asks next, too: nobody cancels it
  known.set(key, { at: now, answer });
  answer.catch(() => known.delete(key));
  return answer;
}

/**
 * The names of all services.
 * @returns {Promise<string[]>}
 */
export async function services() {
  return (await recent('/api/services')).data;
}

/**
 * The names of operations of some services or, without names, of the first of all.
 * @param {string[]} names
 * @returns {Promise<string[]>}
 */
export async function operations(names) {
  const of = names.length ? names : await services();
  const lists = await Promise.all(of.slice(0, manyServices).map((s) => recent('/api/operations', { service: s })));
  return [...new Set(lists.flatMap((l) => l.data.map((/** @type {{ name: string }} */ o) => o.name)))].sort();
}

/**
 * @param {string} prefix
 * @param {AbortSignal} signal
 * @returns {Promise<string[]>}
 */
async function tagKeys(prefix, signal) {
  return (await get('/api/keys', { prefix, limit: 100 }, signal)).keys;
}
