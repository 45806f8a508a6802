// SPDX-License-Identifier: Apache-2.0

/** @import { OTLPTraces } from '../../types.js' */

// Starts the all-in-one, as a user would, on ports of its own.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ports = [
  'query.http-server', 'collector.otlp.grpc', 'collector.otlp.http', 'collector.http-server', 'collector.grpc-server', 'collector.zipkin', 'sampling.grpc-server', 'http-server', 'admin.http',
].map((name) => `--${name}.host-port=127.0.0.1:0`);
const udp = ['compact', 'binary'].map((name) => `--processor.jaeger-${name}.server-host-port=127.0.0.1:0`);

/**
 * @param {string[]} [flags]
 * @returns an object with url (of the pages), ports (addresses by name) and stop
 */
export async function startBackend(flags = []) {
  const data = await mkdtemp(join(tmpdir(), 'spur-ui-'));
  const process_ = spawn(process.env.ALL_IN_ONE ?? 'all-in-one', [`--data=${data}`, ...ports, ...udp, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ended = new Promise((resolve) => process_.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    const hear = (/** @type {Buffer} */ chunk) => {
      said += chunk;
      const ready = /is ready after .*: (http:\S+)\n/.exec(said);
      if (ready && /^ {2}traces {2,}/m.test(said)) resolve(ready[1].replace(/\/$/, ''));
    };
    process_.stdout.on('data', hear);
    process_.stderr.on('data', hear);
    process_.once('error', reject);
    ended.then(() => reject(new Error(`all-in-one ended: ${said}`)));
  });
  const addresses = Object.fromEntries([...said.matchAll(/^ {2}(\S+) +(127\.0\.0\.1:\d+) /gm)].map((m) => [m[1], m[2]]));
  return {
    url,
    ports: addresses,
    pid: process_.pid,
    async stop(/** @type {NodeJS.Signals} */ signal = 'SIGTERM') {
      process_.kill(signal);
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

/**
 * Stores traces, and returns when they can be searched.
 * @param {{ url: string }} backend
 * @param {OTLPTraces} traces
 */
export async function store(backend, traces) {
  for (const part of parts(traces)) {
    const response = await fetch(`${backend.url}/api/import`, { method: 'POST', body: JSON.stringify(part) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`import: ${response.status} ${answer}`);
    if (JSON.parse(answer).refused) throw new Error(`import: ${answer}`);
  }
}

/** As much as one request may hold, 16 MiB. @param {OTLPTraces} traces */
function* parts(traces) {
  const most = 20_000;
  /** @type {NonNullable<OTLPTraces['resourceSpans']>} */
  let part = [];
  let n = 0;
  for (const { resource, scopeSpans = [] } of traces.resourceSpans ?? []) {
    for (const { scope, spans = [] } of scopeSpans) {
      for (let i = 0; i < spans.length; ) {
        const some = spans.slice(i, i + most - n);
        part.push({ resource, scopeSpans: [{ scope, spans: some }] });
        i += some.length;
        n += some.length;
        if (n < most) continue;
        yield { resourceSpans: part };
        [part, n] = [[], 0];
      }
    }
  }
  if (n) yield { resourceSpans: part };
}
