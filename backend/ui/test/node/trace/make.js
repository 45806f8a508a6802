// SPDX-License-Identifier: Apache-2.0

/** @import { OutlineJSON, Trace } from '../../../types.js' */
import { fromOutline } from '../../../trace/trace.js';

export const hex = (/** @type {number} */ n) => n.toString(16).padStart(16, '0');

/** A generator of whole numbers below n. @param {number} seed */
export function random(seed) {
  return (/** @type {number} */ n) => (seed = (seed * 48271) % 2147483647) % n;
}

/**
 * An outline of spans with these parents, 10 ns each, one starting a ns after
 * the other.
 * @param {number[]} parent
 * @returns {OutlineJSON}
 */
export function outline(parent) {
  return {
    traceID: 'f'.repeat(32), start: '1700000000000000000', duration: String(parent.length + 9), spans: parent.length, doubles: 0, services: ['a'], names: ['n'],
    service: parent.map(() => 0), name: parent.map(() => 0), starts: parent.map((_, i) => i), durations: parent.map(() => 10), parent,
    kind: '1'.repeat(parent.length), status: '0'.repeat(parent.length), ids: parent.map((_, i) => hex(i)).join(''),
  };
}

/**
 * A trace of spans as they are written: [name, parent, from, to], and "service",
 * "kind" and "status" where they matter. They are in the order of their starts.
 * @param {{ span: [string, number, number, number], service?: string, kind?: number, status?: number }[]} spans
 * @returns {Trace}
 */
export function trace(spans) {
  const o = outline(spans.map((s) => s.span[1]));
  const intern = (/** @type {string[]} */ list, /** @type {string} */ s) => (list.includes(s) ? 0 : list.push(s), list.indexOf(s));
  o.services = [];
  o.names = [];
  o.service = spans.map((s) => intern(o.services, s.service ?? 'a'));
  o.name = spans.map((s) => intern(o.names, s.span[0]));
  o.starts = spans.map((s) => s.span[2]);
  o.durations = spans.map((s) => s.span[3] - s.span[2]);
  o.duration = String(Math.max(0, ...spans.map((s) => s.span[3])));
  o.kind = spans.map((s) => s.kind ?? 1).join('');
  o.status = spans.map((s) => s.status ?? 0).join('');
  return fromOutline(o);
}

/**
 * A random forest of n spans, some of which fail, end after their parent, or
 * have lost it.
 * @param {number} n
 * @param {number} seed
 * @param {{ services?: number, names?: number }} [options]
 * @returns {Trace}
 */
export function forest(n, seed, { services = 8, names = 40 } = {}) {
  const next = random(seed);
  const total = n * 1000;
  /** @type {{ start: number, duration: number, parent: number }[]} */
  const spans = [];
  for (let i = 0; i < n; i++) {
    const lost = i === 0 || next(Math.max(100, n / 20)) === 0;
    const parent = lost ? (i && next(2) ? -2 : -1) : next(3) ? Math.max(0, i - 1 - next(30)) : next(i);
    const above = parent >= 0 ? spans[parent] : { start: 0, duration: total };
    const start = above.start + next(Math.max(1, Math.floor(above.duration * 0.7)));
    const duration = next(Math.max(1, above.duration + (next(10) ? 0 : 100)));
    spans.push({ start: i ? start : 0, duration: i ? duration : total, parent });
  }
  const order = spans.map((_, i) => i).sort((a, b) => spans[a].start - spans[b].start || a - b);
  const place = new Int32Array(n);
  order.forEach((i, at) => (place[i] = at));
  const o = outline(order.map((i) => (spans[i].parent < 0 ? spans[i].parent : place[spans[i].parent])));
  o.services = Array.from({ length: services }, (_, i) => `service-${i}`);
  o.names = Array.from({ length: names }, (_, i) => `GET /thing/${i}`);
  o.starts = order.map((i) => spans[i].start);
  o.durations = order.map((i) => spans[i].duration);
  o.duration = String(o.starts.reduce((d, s, i) => Math.max(d, s + o.durations[i]), 0));
  o.service = order.map(() => next(services));
  o.name = order.map(() => next(names));
  o.kind = order.map(() => next(6)).join('');
  o.status = order.map(() => (next(50) ? 0 : 2)).join('');
  return fromOutline(o);
}
