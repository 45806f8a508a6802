// SPDX-License-Identifier: Apache-2.0

// Traces that arrive, as a service would send them.
import { randomBytes } from 'node:crypto';
import { otlp, random } from './seeds.js';

const services = ['frontend', 'checkout', 'payment', 'inventory'];

/**
 * Sends traces of three spans for a time, spread over it. How many it was is
 * what it returns.
 * @param {string} url of OTLP over HTTP
 * @param {number} rate traces a second
 * @param {number} period ms
 */
export async function send(url, rate, period) {
  const next = random(rate);
  const began = performance.now();
  let sent = 0;
  for (;;) {
    const passed = performance.now() - began;
    if (passed >= period) return sent;
    const due = Math.ceil((rate * passed) / 1000) - sent;
    if (due > 0) {
      await post(url, Array.from({ length: Math.min(due, 500) }, () => one(next)));
      sent += Math.min(due, 500);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Sends traces, again and again while the backend is busy.
 * @param {string} url of OTLP over HTTP
 * @param {any[]} traces
 */
export async function post(url, traces) {
  const body = JSON.stringify({ resourceSpans: traces.flatMap((t) => t.resourceSpans) });
  for (;;) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const answer = await response.text();
    if (response.ok) return;
    if (response.status !== 429) throw new Error(`${url}: ${response.status} ${answer}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * A trace that has just ended.
 * @param {() => number} next
 */
export function one(next) {
  const duration = 1e6 * 10 ** (next() * 3);
  const [first, second] = [services[Math.floor(next() * 4)], services[Math.floor(next() * 4)]];
  const now = BigInt(Date.now()) * 1_000_000n;
  return otlp(randomBytes(16).toString('hex'), [
    { service: first, name: `GET /${Math.floor(next() * 20)}`, parent: -1, start: 0, duration, kind: 2, tags: { 'http.status_code': 200 } },
    { service: first, name: 'call', parent: 0, start: duration * 0.1, duration: duration * 0.7, kind: 3 },
    { service: second, name: `GET /${Math.floor(next() * 20)}`, parent: 1, start: duration * 0.2, duration: duration * 0.5, kind: 2, error: next() < 0.05 ? 'it broke' : '' },
  ], now - BigInt(Math.round(duration)));
}
