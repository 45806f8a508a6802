// SPDX-License-Identifier: Apache-2.0

// A trace whose spans have everything that a span can have, and one it links to.
import { attributes, now, otlp } from './seeds.js';

const at = now - 60_000_000_000n;
const after = (/** @type {bigint} */ ms) => String(at + ms * 1_000_000n);

export const ids = { rich: 'abc'.padStart(32, '0'), linked: 'abcdef0123456789abcdef0123456789' };

const stack = ['Error: card declined', 'at charge (/srv/payment/charge.js:41:11)', 'at async Worker.run (/srv/payment/worker.js:112:5)',
  ...Array.from({ length: 20 }, (_, i) => `at layer${i} (/srv/node_modules/express/lib/router/layer.js:${i}:5)`)].join('\n    ');

const body = '{"order":4711,"items":[{"sku":"A-1","qty":2},{"sku":"B-7","qty":1}],"customer":{"name":"Ada","address":{"city":"London"}},"big":9007199254740993}';

export const rich = () => otlp(ids.rich, [
  { service: 'frontend', name: 'GET /checkout', parent: -1, start: 0, duration: 812e6, kind: 2, tags: { 'sampler.type': 'probabilistic', 'sampler.param': 0.001, 'http.status_code': 500 } },
  {
    service: 'checkout', name: 'POST /charge', parent: 0, start: 12.3e6, duration: 640e6, kind: 3, error: 'payment: card declined after 3 attempts',
    tags: {
      'http.url': 'https://payment.example:8443/charge?order=4711', 'http.status_code': 502, 'order.id': 9007199254740993n, 'order.total': 129.95, retry: true,
      'db.statement': 'SELECT id, sku\n  FROM items\n WHERE cart = $1', empty: '', 'request.body': body, long: 'lorem ipsum '.repeat(400),
    },
    events: [
      { timeUnixNano: after(20n), name: 'retry', attributes: attributes({ attempt: 1, wait: '50ms' }) },
      { timeUnixNano: after(640n), name: 'exception', attributes: attributes({ 'exception.message': 'card declined', 'exception.stacktrace': stack }) },
    ],
    links: [{ traceId: ids.linked, spanId: '0000000000000002', attributes: attributes({ reason: 'batch' }) }, { traceId: 'f'.repeat(32), spanId: '00000000000000aa' }],
  },
  { service: 'payment', name: 'charge', parent: 1, start: 30e6, duration: 500e6, kind: 2, error: 'declined', links: [{ traceId: ids.rich, spanId: '0000000000000004' }] },
  { service: 'inventory', name: 'reserve what is in the cart until it is paid for, or given back', parent: 0, start: 660e6, duration: 100e6, kind: 2 },
  { service: 'email', name: 'send', parent: 0, start: 770e6, duration: 30e6, kind: 5, events: [{ timeUnixNano: after(775n), name: 'smtp: 250 OK', attributes: [] }] },
], at);

export const linked = () => otlp(ids.linked, [
  { service: 'batch', name: 'nightly', parent: -1, start: 0, duration: 5e9 },
  { service: 'batch', name: 'import orders', parent: 0, start: 1e9, duration: 1e9, kind: 4 },
], at);

/** Spans of one operation that took 1 ms to 100 ms. */
export const usual = () => otlp('77'.padStart(32, '0'), Array.from({ length: 100 }, (_, i) => ({ service: 'email', name: 'send', parent: i ? 0 : -1, start: i * 1e6, duration: (i + 1) * 1e6, kind: 5 })), at);
