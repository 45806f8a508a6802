// SPDX-License-Identifier: Apache-2.0

// An hour of examples/shop, whose store becomes slow 15 minutes before its end: the
// traces of some seconds, again and again, each time with ids and times of their own.

/** @import { OTLPSpan, OTLPTraces } from '../../types.js' */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { store } from './backend.js';
import { random } from './seeds.js';

const minutes = 60;
const badMinutes = 15;
const ns = 1_000_000_000n;
const next = random(15);

/** A trace, and the ids of those it links to. @typedef {{ id: string, start: bigint, traces: OTLPTraces, links: Set<string> }} Sample */

/**
 * Fills a backend with the hour that ends now.
 * @param {{ url: string, ports: Record<string, string> }} backend
 */
export async function fill(backend) {
  const healthy = await sample(backend, []);
  const slow = await sample(backend, ['-slow']);
  const end = BigInt(Date.now()) * 1_000_000n;
  for (let m = 0; m < minutes; m++) {
    const from = end - BigInt(minutes - m) * 60n * ns;
    const n = 9 + Math.round(4 * Math.sin(m / 7));
    await store(backend, minute(m < minutes - badMinutes ? healthy : slow, m * n, n, from));
  }
}

/**
 * Lets the shop work for some seconds, and takes its traces out of the backend.
 * @param {{ url: string, ports: Record<string, string> }} backend
 * @param {string[]} flags of the shop
 */
async function sample(backend, flags) {
  const to = `udp://${backend.ports['thrift-compact']}`;
  const [code] = await once(spawn(process.env.SHOP ?? 'shop', ['-to', to, '-load', '10', '-for', '12s', ...flags], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  if (code) throw new Error(`the shop ended with ${code}`);
  /** @type {Sample[]} */
  const samples = [];
  for (const { traceID, start } of (await get(backend, '/api/search?limit=1000')).traces) {
    const traces = (await get(backend, `/api/v3/traces/${traceID}?raw_traces=true`)).result;
    const id = spans(traces)[0].traceId;
    const links = spans(traces).flatMap((s) => (s.links ?? []).map((l) => l.traceId)).filter((other) => other !== id);
    samples.push({ id, start: BigInt(start), traces, links: new Set(links) });
  }
  const gone = await fetch(`${backend.url}/api/traces`, { method: 'DELETE' });
  if (!gone.ok) throw new Error(`forgetting: ${gone.status}`);
  return samples.sort((a, b) => Number(a.start - b.start));
}

/**
 * Some orders in a row, over a minute, and the tours that took none but these.
 * @param {Sample[]} samples
 * @param {number} first
 * @param {number} n
 * @param {bigint} from ns since 1970
 */
function minute(samples, first, n, from) {
  const orders = samples.filter((s) => !s.links.size);
  first %= orders.length - n;
  /** By the ids of the samples: that of the copy, and how much later it is. @type {Map<string, { id: string, later: bigint }>} */
  const copies = new Map();
  orders.slice(first, first + n).forEach((o, i) => copies.set(o.id, { id: randomBytes(16).toString('hex'), later: from + BigInt(Math.round(((i + next()) / n) * 60e9)) - o.start }));
  for (const tour of samples.filter((s) => s.links.size && [...s.links].every((id) => copies.has(id)))) {
    const last = [...tour.links].map((id) => /** @type {{ later: bigint }} */ (copies.get(id)).later).reduce((a, b) => (a > b ? a : b));
    copies.set(tour.id, { id: randomBytes(16).toString('hex'), later: last });
  }
  const copied = samples.filter((s) => copies.has(s.id)).map((s) => {
    const traces = structuredClone(s.traces);
    const { later } = /** @type {{ later: bigint }} */ (copies.get(s.id));
    const moved = (/** @type {string} */ time) => String(BigInt(time) + later);
    const renamed = (/** @type {string} */ id) => copies.get(id)?.id ?? id;
    for (const span of spans(traces)) {
      span.traceId = renamed(span.traceId);
      span.startTimeUnixNano = moved(span.startTimeUnixNano);
      span.endTimeUnixNano = moved(span.endTimeUnixNano);
      for (const event of span.events ?? []) event.timeUnixNano = moved(event.timeUnixNano);
      for (const link of span.links ?? []) link.traceId = renamed(link.traceId);
    }
    return traces;
  });
  return { resourceSpans: copied.flatMap((t) => t.resourceSpans ?? []) };
}

/** @param {OTLPTraces} traces @returns {OTLPSpan[]} */
function spans(traces) {
  return (traces.resourceSpans ?? []).flatMap((r) => (r.scopeSpans ?? []).flatMap((s) => s.spans ?? []));
}

/**
 * @param {{ url: string }} backend
 * @param {string} path
 */
export async function get(backend, path) {
  const response = await fetch(backend.url + path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
