// SPDX-License-Identifier: Apache-2.0

// An hour of spans of which each number is known.
import { otlp, random } from './seeds.js';

const minute = 60_000_000_000n;

/**
 * Requests of three services over an hour, each a trace of its own: checkout is slow and fails from the
 * 40th minute to the 45th, email is rarely asked, batch has internal spans only.
 * @param {bigint} end ns since 1970
 */
export function hour(end) {
  const next = random(7);
  /** @type {Record<string, any>[]} */
  const spans = [];
  const start = end - 60n * minute;
  for (let m = 0; m < 60; m++) {
    const add = (/** @type {string} */ service, /** @type {string} */ name, /** @type {number} */ n, /** @type {number} */ ms, more = {}) => {
      for (let i = 0; i < n; i++) {
        const duration = Math.round(1e6 * ms * (0.5 + next() * next() * 4));
        spans.push({ service, name, parent: -1, start: m * 60e9 + Math.floor((i / n) * 60e9), duration, kind: 2, ...more });
      }
    };
    const bad = m >= 40 && m < 45;
    add('frontend', 'GET /', 20 + Math.round(8 * Math.sin(m / 8)), 30);
    add('frontend', 'GET /cart', 8, 60);
    add('checkout', 'POST /order', 10, bad ? 900 : 120);
    if (bad) add('checkout', 'POST /order', 4, 1500, { error: 'the bank did not answer' });
    add('checkout', 'GET /prices', 6, 4);
    add('checkout', 'reserve stock', 10, 20, { kind: 3 });
    if (m % 13 === 0) add('email', 'send mail', 1, 200, { kind: 5 });
    if (m % 10 === 0) add('batch', 'count', 1, 2000, { kind: 1 });
  }
  const traces = spans.map((s, i) => otlp((i + 1).toString(16).padStart(32, '5'), [s], start));
  return { spans, start, otlp: { resourceSpans: traces.flatMap((t) => t.resourceSpans) } };
}

/**
 * A span for each of many operations, or services.
 * @param {number} n
 * @param {(i: number) => { service: string, name: string }} of
 * @param {bigint} at
 */
export function many(n, of, at) {
  return otlp('6'.repeat(32), Array.from({ length: n }, (_, i) => ({ ...of(i), parent: -1, start: i * 1000, duration: 1e6 + i * 1000, kind: 2 })), at);
}
