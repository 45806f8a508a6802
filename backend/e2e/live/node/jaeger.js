// SPDX-License-Identifier: Apache-2.0
'use strict';

// What Node's jaeger-client has to say of a request.

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

// send sends the spans: to a URL, or to host:port by UDP. A trace id has 128 bits or 64; ids begin with prefix.
exports.send = async (service, bits, prefix, to) => {
  let n = 0;
  Utils.getRandom64 = () => Buffer.from(prefix + (++n).toString(16).padStart(16 - prefix.length, '0'), 'hex');
  Utils.getRandom128 = () => Buffer.concat([Buffer.from('0051000000000b0d', 'hex'), Utils.getRandom64()]);
  const [agentHost, agentPort] = to.split(':');
  const reporter = to.startsWith('http') ? { collectorEndpoint: to } : { agentHost, agentPort: Number(agentPort) };
  const tracer = initTracer(
    { serviceName: service, sampler: { type: 'const', param: 1 }, reporter: { flushIntervalMs: 60000, ...reporter } },
    { traceId128bit: bits === '128', tags: { hostname: 'host-1', ip: '10.0.0.7', zone: 'eu', n: 7 } },
  );
  emit(tracer, prefix);
  await new Promise((done) => tracer.close(done));
};
