// SPDX-License-Identifier: Apache-2.0

/** @import { MapCall, MapJSON, REDJSON, ServiceMap } from '../types.js' */
import { groupBy } from './group-by.js';
import { rate } from './red.js';

/**
 * The services that made or got calls, or have numbers, by name, and the calls
 * between them by caller and callee.
 * @param {MapJSON['links']} links
 * @param {REDJSON['series']} [series] of services
 * @returns {ServiceMap}
 */
export function mapOf(links, series = []) {
  const rates = new Map(series.map((s) => [s.service, s.total]));
  const names = [...new Set([...links.flatMap((l) => [l.parent, l.child]), ...rates.keys()])].sort();
  const index = new Map(names.map((name, i) => [name, i]));
  const calls = links.map((l) => ({ from: /** @type {number} */ (index.get(l.parent)), to: /** @type {number} */ (index.get(l.child)), calls: l.calls, errors: l.errors }));
  calls.sort((a, b) => a.from - b.from || a.to - b.to);
  return counted(names.map((name) => ({ name, rates: rates.get(name) ?? null, made: 0, got: 0, failed: 0 })), calls);
}

/**
 * The calls that are at most so many calls away from a service, towards those
 * that call it and towards those that it calls.
 * @param {ServiceMap} map
 * @param {string} service
 * @param {number} depth 0: however far
 */
export function around(map, service, depth) {
  const at = map.services.findIndex((s) => s.name === service);
  if (at < 0) return { ...map, services: [], calls: [] };
  const kept = new Set([...walk(map, at, depth, 'from', 'to'), ...walk(map, at, depth, 'to', 'from')]);
  return part(map, map.calls.filter((c) => kept.has(c)), [at]);
}

/**
 * The calls on the ways from a service, in one direction.
 * @param {ServiceMap} map
 * @param {number} start
 * @param {number} depth
 * @param {'from' | 'to'} near
 * @param {'from' | 'to'} far
 */
function walk(map, start, depth, near, far) {
  const of = groupBy(map.calls, (c) => c[near]);
  /** @type {MapCall[]} */
  let found = [];
  const seen = new Set([start]);
  let now = [start];
  for (let n = 0; now.length && (!depth || n < depth); n++) {
    const calls = now.flatMap((i) => of.get(i) ?? []);
    found = found.concat(calls);
    now = [...new Set(calls.map((c) => c[far]))].filter((i) => !seen.has(i));
    now.forEach((i) => seen.add(i));
  }
  return found;
}

/** The calls of which some fail. @param {ServiceMap} map */
export function failing(map) {
  return part(map, map.calls.filter((c) => c.errors > 0));
}

/**
 * The services with the most calls, and the calls between them.
 * @param {ServiceMap} map
 * @param {number} n how many services
 */
export function busiest(map, n) {
  if (map.services.length <= n) return map;
  const order = map.services.map((_, i) => i).sort((a, b) => callsOf(map, b) - callsOf(map, a) || a - b);
  const kept = new Set(order.slice(0, n));
  return part(map, map.calls.filter((c) => kept.has(c.from) && kept.has(c.to)), kept);
}

/**
 * Whether a name has each word of a text in it, in capitals or not.
 * @param {string} name
 * @param {string} text
 */
export function matches(name, text) {
  const lower = name.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => lower.includes(word));
}

/**
 * @param {ServiceMap} map
 * @param {number} i
 */
function callsOf({ services }, i) {
  return services[i].made + services[i].got;
}

/**
 * Some of the calls with their services. What a service made and got is still
 * that of all its calls.
 * @param {ServiceMap} map
 * @param {MapCall[]} calls
 * @param {Iterable<number>} [others] services that stay without calls
 * @returns {ServiceMap}
 */
function part(map, calls, others = []) {
  const kept = new Set([...calls.flatMap((c) => [c.from, c.to]), ...others]);
  const old = [...kept].sort((a, b) => a - b);
  const index = new Map(old.map((i, n) => [i, n]));
  const now = (/** @type {number} */ i) => /** @type {number} */ (index.get(i));
  return { ...map, services: old.map((i) => map.services[i]), calls: calls.map((c) => ({ ...c, from: now(c.from), to: now(c.to) })) };
}

/**
 * @param {ServiceMap['services']} services
 * @param {MapCall[]} calls
 */
function counted(services, calls) {
  for (const c of calls) {
    services[c.from].made += c.calls;
    services[c.to].got += c.calls;
    services[c.to].failed += c.errors;
  }
  return { services, calls };
}

/**
 * How often something happened in a time: "12.3/s".
 * @param {number} n
 * @param {number} seconds
 */
export function perSecond(n, seconds) {
  return `${rate(n / seconds)}/s`;
}
