// SPDX-License-Identifier: Apache-2.0
'use strict';

// Writes the datagrams and bodies that Node's jaeger-client sends.
// usage: node main.js DIRECTORY

const dgram = require('node:dgram');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { initTracer } = require('jaeger-client');
const Utils = require('jaeger-client/dist/src/util').default;
const { FORMAT_TEXT_MAP, Reference, REFERENCE_FOLLOWS_FROM } = require('opentracing');

const start = Date.UTC(2026, 10, 28, 12) + 123.456;

function emit(tracer, prefix) {
  const root = tracer.startSpan('GET /x', { startTime: start, tags: { 'span.kind': 'server', 'http.method': 'GET' } });
  for (const [key, value] of [
    ['bool.true', true], ['bool.false', false], ['int', 7], ['int.max_safe', Number.MAX_SAFE_INTEGER], ['double', 1 / 3], ['double.large', 1e300],
    ['text', 'plain'], ['text.empty', ''], ['text.unicode', 'Grüße, 世界 🚀 \u202e'], ['text.hostile', '</script><img src=x>\' OR 1=1 --\0\r\n"{{7*7}}'],
    ['text.half_surrogate', 'a\ud83d'], ['bytes', Buffer.from([0, 1, 0x7f, 0x80, 0xff])], ['object', { a: [1, { b: null }] }], ['null', null],
    ['twice', 'first'], ['twice', 'second'], ['ключ\n"key"', 'odd key'], ['http.status_code', 500],
  ]) root.setTag(key, value);
  root.setBaggageItem('tenant', 'acmé');
  const other = tracer.extract(FORMAT_TEXT_MAP, { 'uber-trace-id': `${prefix}00000000000af1f100000000000a:aaaa00000000000a:0:1` });
  const child = tracer.startSpan('SELECT', { childOf: root, startTime: start + 0.1, references: [new Reference(REFERENCE_FOLLOWS_FROM, other)], tags: { 'span.kind': 'client', 'peer.service': 'db', error: true } });
  child.log({ event: 'error', message: 'boom', attempt: 2, fatal: false, 'error.object': new Error('deadlock').message, detail: { rows: [1, 2] } }, start + 0.2);
  child.log({ event: 'before its span' }, start - 0.05);
  child.finish(start + 0.9);
  tracer.startSpan('follows', { startTime: start + 1, references: [new Reference(REFERENCE_FOLLOWS_FROM, root.context())] }).finish(start + 1.2);
  tracer.startSpan('no time', { startTime: start + 1, childOf: root }).finish(start + 1);
  root.finish(start + 2);
  for (const flags of ['1', '3', '9']) {
    const from = tracer.extract(FORMAT_TEXT_MAP, { 'uber-trace-id': `${prefix}00000000000bf1f100000000000b:aaaa00000000000b:0:${flags}` });
    tracer.startSpan(`flags ${flags}`, { startTime: start + 3, childOf: from }).finish(start + 3.1);
  }
}

async function send(service, traceId128bit, prefix, reporter) {
  let n = 0;
  Utils.getRandom64 = () => Buffer.from(prefix + (++n).toString(16).padStart(16 - prefix.length, '0'), 'hex');
  Utils.getRandom128 = () => Buffer.concat([Buffer.from('0051000000000b0d', 'hex'), Utils.getRandom64()]);
  const tracer = initTracer(
    { serviceName: service, sampler: { type: 'const', param: 1 }, reporter: { flushIntervalMs: 60000, ...reporter } },
    { traceId128bit, tags: { hostname: 'host-1', ip: '10.0.0.7', zone: 'eu', n: 7 } },
  );
  emit(tracer, prefix);
  await new Promise((done) => tracer.close(done));
}

(async () => {
  const write = (file, b) => fs.writeFileSync(path.join(process.argv[2], 'thrift', file), b);
  const socket = dgram.createSocket('udp4');
  await new Promise((done) => socket.bind(0, '127.0.0.1', done));
  let datagrams = [];
  socket.on('message', (b) => datagrams.push(b));
  for (const [file, service, wide, prefix] of [['node-binary-values.bin', 'node-binary', true, '7b01'], ['node-binary-64bit.bin', 'node-64bit', false, '7b02']]) {
    await send(service, wide, prefix, { agentHost: '127.0.0.1', agentPort: socket.address().port });
    while (datagrams.length === 0) await new Promise(setImmediate);
    if (datagrams.length > 1) throw new Error(`${file} came in pieces`);
    write(file, datagrams[0]);
    datagrams = [];
  }
  socket.close();

  const server = http.createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    write('node-http-values.bin', Buffer.concat(chunks));
    res.writeHead(202).end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  await send('node-http', true, '7b03', { collectorEndpoint: `http://127.0.0.1:${server.address().port}/api/traces` });
  server.close();
  server.closeAllConnections();
  process.exit(0);
})();
