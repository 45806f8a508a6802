// SPDX-License-Identifier: Apache-2.0

// Traces that are linked: an order that is written into a queue, the workers that
// read it, and others around them.
import { hostileText, now, otlp } from './seeds.js';

const hex = (/** @type {number} */ n, /** @type {number} */ digits) => n.toString(16).padStart(digits, '0');
const trace = (/** @type {number} */ n) => hex(0xbeef0000 + n, 32);

export const ids = { order: trace(1), ship: trace(2), mail: trace(3), invoice: trace(4), batch: trace(5), gone: 'd'.repeat(32), lonely: trace(6), night: trace(7), hostile: trace(8), loop: trace(9), item: trace(100) };
/** As the backend writes them. */
export const short = (/** @type {string} */ id) => id.slice(16);

const at = now - 120_000_000_000n;
const link = (/** @type {string} */ traceId, /** @type {number} */ span) => ({ traceId, spanId: hex(span, 16) });
const after = (/** @type {number} */ ms) => at + BigInt(ms) * 1_000_000n;

/** The order, the worker 3.2 s after, its mail 0.4 s after that, an invoice that began before, and what is not stored. */
export const order = () => [
  otlp(ids.order, [
    { service: 'frontend', name: 'POST /order', parent: -1, start: 0, duration: 800e6, kind: 2 },
    { service: 'checkout', name: 'charge', parent: 0, start: 20e6, duration: 300e6, kind: 3 },
    { service: 'checkout', name: 'orders send', parent: 0, start: 400e6, duration: 100e6, kind: 4, links: [link(ids.gone, 1)] },
    { service: 'checkout', name: 'reserve', parent: 0, start: 550e6, duration: 200e6, kind: 3 },
  ], at),
  otlp(ids.ship, [
    { service: 'shipping', name: 'orders receive', parent: -1, start: 0, duration: 2e9, kind: 5, links: [link(ids.order, 3)] },
    { service: 'shipping', name: 'label', parent: 0, start: 100e6, duration: 900e6, error: 'printer is out of paper' },
    { service: 'shipping', name: 'mails send', parent: 0, start: 1.5e9, duration: 100e6, kind: 4 },
  ], after(3700)),
  otlp(ids.mail, [{ service: 'email', name: 'mails receive', parent: -1, start: 0, duration: 250e6, kind: 5, links: [link(ids.ship, 3)] }], after(5700)),
  otlp(ids.invoice, [{ service: 'billing', name: 'invoice', parent: -1, start: 0, duration: 600e6, kind: 5, links: [link(ids.order, 3)] }], after(450)),
];

/** A worker that reads 70 messages at once, each of another trace. */
export function batch() {
  const ids_ = Array.from({ length: 70 }, (_, i) => trace(100 + i));
  return [
    ...ids_.map((id, i) => otlp(id, [
      { service: 'frontend', name: `GET /item/${i}`, parent: -1, start: 0, duration: 40e6 + i * 3e6, kind: 2 },
      { service: 'cart', name: 'views send', parent: 0, start: 10e6, duration: 5e6 + i * 1e5, kind: 4 },
    ], after(i * 37))),
    otlp(ids.batch, [
      { service: 'stats', name: 'views receive', parent: -1, start: 0, duration: 900e6, kind: 5, links: ids_.map((id) => link(id, 2)) },
      { service: 'stats', name: 'INSERT views', parent: 0, start: 100e6, duration: 700e6, kind: 3 },
    ], after(8000)),
  ];
}

/** Hours between two traces, that link to each other. */
export const night = () => [
  otlp(ids.night, [{ service: 'cron', name: 'nightly', parent: -1, start: 0, duration: 3e9, kind: 1, links: [link(ids.loop, 1)] }], at - 7_200_000_000_000n),
  otlp(ids.loop, [{ service: 'reports', name: 'report', parent: -1, start: 0, duration: 2e9, kind: 1, links: [link(ids.night, 1), link(ids.loop, 1)] }], at),
];

/** A trace that no other is linked with. */
export const lonely = () => otlp(ids.lonely, [{ service: 'lonely', name: 'only', parent: -1, start: 0, duration: 1e6 }], at);

/** Names that are code, in a trace that links to one that ran at the same time. */
export const hostile = () => otlp(ids.hostile, [
  { service: hostileText, name: hostileText, parent: -1, start: 0, duration: 1e6, links: [link(ids.loop, 1)] },
  { service: 'toString', name: '__proto__', parent: 0, start: 0, duration: 1e5, links: [link(ids.loop, 1)] },
], at);
