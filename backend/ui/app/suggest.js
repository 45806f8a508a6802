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
    const [names, keys] = await Promise.all([spot.typed && !spot.op ? services(signal) : [], tagKeys(spot.typed, signal)]);
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
      return services(signal);
    case 'op':
      return operations(servicesIn(text), signal);
    case 'has':
      return tagKeys(spot.typed, signal);
    case '':
      return (await get('/api/values', { key: spot.key, prefix: spot.typed, limit: 100 }, signal)).values;
  }
  return [];
}

/**
 * The names of all services.
 * @param {AbortSignal} signal
 * @returns {Promise<string[]>}
 */
export async function services(signal) {
  return (await get('/api/services', {}, signal)).data;
}

/**
 * The names of operations of some services or, without names, of the first of all.
 * @param {string[]} names
 * @param {AbortSignal} signal
 * @returns {Promise<string[]>}
 */
export async function operations(names, signal) {
  const of = names.length ? names : await services(signal);
  const lists = await Promise.all(of.slice(0, manyServices).map((s) => get('/api/operations', { service: s }, signal)));
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
