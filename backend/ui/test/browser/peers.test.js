// SPDX-License-Identifier: Apache-2.0

// What real clients send, recorded in backend/testdata, through the real ports.
/** @import { TraceSummary } from '../../types.js' */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startBackend } from './backend.js';
import { launch, open } from './browser.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  // In memory, for they were recorded long ago and the disk keeps three days.
  [backend, browser] = await Promise.all([startBackend(['--span-storage.type=memory']), launch()]);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

const file = (/** @type {string} */ name) => readFile(new URL(`../../../testdata/${name}`, import.meta.url));

/** @param {string} port @param {string} name */
async function datagram(port, name) {
  const [host, number] = backend.ports[port].split(':');
  const socket = createSocket('udp4');
  const body = await file(name);
  await new Promise((resolve, reject) => {
    socket.send(body, Number(number), host, (error) => (error ? reject(error) : resolve(null)));
  });
  socket.close();
}

/** @param {string} port @param {string} path @param {string} type @param {string} name */
async function post(port, path, type, name) {
  const response = await fetch(`http://${backend.ports[port]}${path}`, { method: 'POST', headers: { 'Content-Type': type }, body: await file(name) });
  assert.ok(response.ok, `${name}: ${response.status}`);
}

/** @returns {Promise<any>} */
const answer = async (/** @type {string} */ path) => (await fetch(backend.url + path)).json();

/** Waits until traces of so many have come. @param {number} n */
async function stored(n) {
  for (;;) {
    const { traces } = await answer('/api/search?limit=100');
    if (traces.length >= n) return traces;
  }
}

const int64 = '9223372036854775807';
const safe = '9007199254740991'; // JavaScript's own limit

for (const { maker, traces, largest, send } of [
  { maker: 'spur over UDP', traces: 2, largest: int64, send: () => datagram('thrift-compact', 'thrift/spur-compact-values.bin') },
  { maker: 'spur over OTLP', traces: 2, largest: int64, send: () => post('otlp-http', '/v1/traces', 'application/x-protobuf', 'otlp/spur-values.pb') },
  { maker: 'jaeger-client-go', traces: 2, largest: int64, send: () => datagram('thrift-compact', 'thrift/jaegergo-compact-values.bin') },
  { maker: 'jaeger-client for Node', traces: 2, largest: safe, send: () => datagram('thrift-binary', 'thrift/node-binary-values.bin') },
  { maker: 'jaeger-client for Node over HTTP', traces: 2, largest: safe, send: () => post('thrift-http', '/api/traces', 'application/x-thrift', 'thrift/node-http-values.bin') },
  { maker: 'OpenTelemetry for Go', traces: 1, largest: int64, send: () => post('otlp-http', '/v1/traces', 'application/x-protobuf', 'otlp/otelgo-values.pb') },
  { maker: 'OpenTelemetry for JavaScript', traces: 1, largest: safe, send: () => post('otlp-http', '/v1/traces', 'application/json', 'otlp/oteljs-values.json') },
  { maker: 'a Collector', traces: 1, largest: int64, send: () => post('otlp-http', '/v1/traces', 'application/json', 'otlp/collector-values.json') },
]) {
  test(maker, async () => {
    await fetch(`${backend.url}/api/traces`, { method: 'DELETE' });
    await send();
    const found = await stored(traces);
    const page = await open(browser, backend.url);
    await page.visit('/');
    for (const t of found) await page.getByText(t.traceID.slice(0, 7)).first().waitFor();
    const { traceID } = found.reduce((/** @type {TraceSummary} */ a, /** @type {TraceSummary} */ b) => (a.spans > b.spans ? a : b));
    const o = await answer(`/api/trace/${traceID}/outline`);
    let seen = '';
    for (let i = 0; i < o.starts.length; i++) {
      await page.visit(`/trace/${traceID}?span=${o.ids.slice(16 * i, 16 * i + 16)}`);
      seen += await page.locator('span-panel').ariaSnapshot();
    }
    assert.ok(seen.includes(largest), seen);
    for (const view of ['table', 'logs']) await page.visit(`/trace/${traceID}?view=${view}`);
    page.quiet();
    await page.context().close();
  });
}
