// SPDX-License-Identifier: Apache-2.0
'use strict';

// What OpenTelemetry's JS SDK has to say of several subjects.

const { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, createTraceState, trace } = require('@opentelemetry/api');
const { OTLPTraceExporter: JSONExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { OTLPTraceExporter: ProtoExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-node');

const start = 1795867200; // 2026-11-28T12:00:00Z
const at = (ms) => [start, 123456789 + Math.round(ms * 1e6)];

// numbered ids: every run makes the same.
function ids(prefix) {
  let span = 0, traces = 0;
  return {
    generateTraceId: () => prefix + (++traces).toString(16).padStart(32 - prefix.length, '0'),
    generateSpanId: () => '0d' + (++span).toString(16).padStart(14, '0'),
  };
}

function provider(kept, service, idGenerator, attributes = {}) {
  return new NodeTracerProvider({
    idGenerator,
    resource: resourceFromAttributes({ 'service.name': service, ...attributes }, { schemaUrl: 'https://opentelemetry.io/schemas/1.37.0' }),
    spanLimits: { attributeCountLimit: 20, eventCountLimit: 3, linkCountLimit: 3, attributePerEventCountLimit: 3, attributePerLinkCountLimit: 2 },
    spanProcessors: [new SimpleSpanProcessor(kept)],
  });
}

function values() {
  const kept = new InMemorySpanExporter();
  const tracer = provider(kept, 'otel-js', ids('1af7651916cd43dd8448eb211c8'), { 'process.pid': 4712, 'process.command_args': ['node', 'shop.js'], ready: true })
    .getTracer('@example/shop', '4.5.6', { schemaUrl: 'https://opentelemetry.io/schemas/1.30.0' });
  const remote = {
    traceId: '5bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b8', traceFlags: TraceFlags.SAMPLED, isRemote: true,
    traceState: createTraceState('vendor=t61rcWkgMzE,rojo=00f067aa0ba902b7'),
  };
  const server = tracer.startSpan('GET /käse/:id', {
    kind: SpanKind.SERVER, startTime: at(0),
    attributes: {
      'bool.true': true, 'bool.false': false,
      'int.beyond_double': Number.MAX_SAFE_INTEGER, 'int.min_safe': Number.MIN_SAFE_INTEGER, 'int.zero': 0,
      'double.tiny': 5e-324, 'double.third': 1 / 3,
      'text.empty': '', 'text.unicode': 'Grüße, 世界 🚀 "quoted" <b>\\</b>\n', 'text.half_surrogate': 'a\ud83d',
      'list.text': ['a', '', null, 'ß'], 'list.int': [1, -2], 'list.bool': [true, false], 'list.double': [0.5, 2], 'list.empty': [],
      'http.response.status_code': 500,
    },
    links: [
      { context: { traceId: '00000000000000000000000000000077', spanId: '0000000000000078', traceFlags: TraceFlags.NONE }, attributes: { why: 'batch', n: 2 } },
      { context: remote, attributes: { a: 1, b: 2, c: 3 } },
    ],
  }, trace.setSpanContext(ROOT_CONTEXT, remote));
  const inside = trace.setSpan(ROOT_CONTEXT, server);
  server.addEvent('cache miss', { key: 'cart:7', shards: [1, 2] }, at(1));
  server.addEvent('no attributes', at(2));
  server.recordException({ name: 'TypeError', message: 'x is not a function', stack: 'TypeError: x\n    at a.js:1:1' }, at(3));

  const client = tracer.startSpan('fetch', { kind: SpanKind.CLIENT, startTime: at(1) }, inside);
  client.setStatus({ code: SpanStatusCode.ERROR, message: 'refused' }); // and no tag that says so
  client.end(at(5));

  const cut = tracer.startSpan('dropped', { startTime: at(2) }, inside);
  for (let i = 0; i < 30; i++) cut.setAttribute(`n.${i}`, i);
  for (let i = 0; i < 7; i++) cut.addEvent('tick', { i, j: i, k: i, l: i }, at(2 + i / 100));
  cut.end(at(3));

  for (const kind of [SpanKind.PRODUCER, SpanKind.CONSUMER, SpanKind.INTERNAL]) {
    tracer.startSpan(SpanKind[kind], { kind, startTime: at(4) }, inside).setStatus({ code: SpanStatusCode.OK }).end(at(4));
  }
  server.setStatus({ code: SpanStatusCode.OK });
  server.end(at(12.000345));
  return kept.getFinishedSpans();
}

// huge are doubles that the SDK takes for int64, because they have no fraction.
function huge() {
  const kept = new InMemorySpanExporter(), generator = ids('1af7651916cd43dd8448eb211ca');
  const tracer = provider(kept, 'otel-js-huge', generator).getTracer('shop');
  tracer.startSpan('huge', { startTime: at(0), attributes: { 'double.large': 1e300, 'double.two_to_the_63': 2 ** 63, small: 1 } }, ROOT_CONTEXT).end(at(1));
  tracer.startSpan('beside', { startTime: at(0) }, ROOT_CONTEXT).end(at(1));
  return kept.getFinishedSpans();
}

// resources are two services in one request, and one trace.
function resources() {
  const kept = new InMemorySpanExporter(), generator = ids('1af7651916cd43dd8448eb211c9');
  const root = provider(kept, 'otel-js-front', generator).getTracer('').startSpan('GET /', { kind: SpanKind.SERVER, startTime: at(0) }, ROOT_CONTEXT);
  const served = provider(kept, 'otel-js-back', generator, { zone: 'eu' }).getTracer('b', '2').startSpan('serve', { kind: SpanKind.SERVER, startTime: at(1) }, trace.setSpan(ROOT_CONTEXT, root));
  served.end(at(2));
  root.end(at(3));
  return kept.getFinishedSpans();
}

const subjects = { values, resources, huge };

// send posts a subject's spans to a URL, as 'pb' or 'json'.
exports.send = async (subject, encoding, url) => {
  const exporter = new (encoding === 'json' ? JSONExporter : ProtoExporter)({ url });
  const result = await new Promise((done) => exporter.export(subjects[subject](), done));
  await exporter.shutdown();
  if (result.error) throw result.error;
};
