// SPDX-License-Identifier: Apache-2.0

// A shop before and after a release: the database is asked once per item and is
// slower, mail is new, the cache is gone.
import { now, otlp } from './seeds.js';

const id = (/** @type {number} */ n) => n.toString(16).padStart(32, 'c');
const start = now - 600_000_000_000n;

export const ids = { before: id(1), after: id(2), other: id(3) };

/** Traces of the same operation before the release: the nth took 400 ms + n × 10 ms. @param {number} n */
export function usual(n) {
  return shop(id(16 + n), { read: 1, slow: 1, more: n * 10e6, at: start - 60_000_000_000n + BigInt(n) * 1_000_000_000n });
}

export const before = () => shop(ids.before, { read: 1, slow: 1, more: 0, at: start });
export const after = () => shop(ids.after, { read: 12, slow: 1.4, more: 0, at: start + 60_000_000_000n });
/** Another operation of another service. */
export const other = () => otlp(ids.other, [{ service: 'batch', name: 'nightly', parent: -1, start: 0, duration: 5e9 }], start);

/** @param {string} traceID @param {{ read: number, slow: number, more: number, at: bigint }} options */
function shop(traceID, { read, slow, more, at }) {
  const late = read > 1;
  /** @type {Record<string, any>[]} */
  const spans = [
    { service: 'frontend', name: 'GET /checkout', parent: -1, start: 0, kind: 2 },
    { service: 'frontend', name: 'render', parent: 0, start: 2e6, duration: 30e6 },
    { service: 'checkout', name: 'POST /orders', parent: 0, start: 40e6, kind: 2 },
  ];
  let t = 44e6;
  const put = (/** @type {Record<string, any>} */ s) => {
    spans.push({ parent: 2, start: t, ...s });
    t += s.duration + 1e6;
  };
  if (!late) put({ service: 'cache', name: 'GET cart', duration: 4e6, kind: 3 });
  for (let i = 0; i < read; i++) put({ service: 'db', name: 'SELECT item', duration: 30e6 * slow, kind: 3, error: late && i === 7 ? 'deadlock' : '' });
  put({ service: 'payment', name: 'POST /charge', duration: 200e6 + more, kind: 2 });
  spans.push({ service: 'payment', name: 'verify card', parent: spans.length - 1, start: t - 180e6, duration: 120e6 });
  put({ service: 'db', name: 'INSERT order', duration: late ? 30e6 : 50e6, kind: 3 });
  if (late) put({ service: 'mail', name: 'send receipt', duration: 25e6, kind: 4 });
  spans[2].duration = t - 40e6;
  spans[0].duration = t + 8e6;
  return otlp(traceID, spans, at);
}
