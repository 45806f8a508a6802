// SPDX-License-Identifier: Apache-2.0
'use strict';

// Services on 127.0.0.1 with the tracing libraries of Node.js, one for each
// library and each decision it makes when it must:
//
//   POST /LIBRARY/on|off/call   {"url", "baggage"}: begins a trace and requests the URL
//   GET  /LIBRARY/on|off/serve  goes on with the trace of the request
//
// Both answer with what is known of the span. Baggage has values in base64. The
// port is the first line on stdout; when stdin closes, the process ends.

const http = require('node:http');
const { ROOT_CONTEXT, SpanKind, defaultTextMapGetter, defaultTextMapSetter, propagation, trace } = require('@opentelemetry/api');
const { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } = require('@opentelemetry/core');
const { B3InjectEncoding, B3Propagator } = require('@opentelemetry/propagator-b3');
const { JaegerPropagator } = require('@opentelemetry/propagator-jaeger');
const { AlwaysOffSampler, AlwaysOnSampler, BasicTracerProvider, ParentBasedSampler } = require('@opentelemetry/sdk-trace-base');
const { InMemoryReporter, initTracer } = require('jaeger-client');
const { FORMAT_HTTP_HEADERS } = require('opentracing');

const hex = (id, digits) => (id || '').padStart(digits, '0');
const base64 = (entries) => Object.fromEntries(entries.map(([k, v]) => [k, Buffer.from(v).toString('base64')]));

// A library has begin(baggage) and proceed(headers). Either returns seen, which is
// what is known of its span, and next, the headers of a call from there.

function jaegerClient(sample, traceId128bit) {
  const tracer = initTracer(
    { serviceName: 'node', sampler: { type: 'const', param: sample ? 1 : 0 } },
    { reporter: new InMemoryReporter(), traceId128bit },
  );
  const seen = (span) => {
    const c = span.context();
    return {
      Trace: hex(c.traceIdStr, 32), Span: hex(c.spanIdStr, 16), Parent: hex(c.parentIdStr, 16), Sampled: c.isSampled(), Baggage: base64(Object.entries(c.baggage)),
    };
  };
  const headers = (span) => {
    const h = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, h);
    return h;
  };
  return {
    begin(baggage) {
      const span = tracer.startSpan('client');
      for (const [k, v] of baggage) span.setBaggageItem(k, v);
      return { seen: seen(span), next: headers(span) };
    },
    proceed(h) {
      const span = tracer.startSpan('server', { childOf: tracer.extract(FORMAT_HTTP_HEADERS, h) });
      return { seen: seen(span), next: headers(tracer.startSpan('client', { childOf: span })) };
    },
  };
}

function openTelemetry(sample, propagator) {
  const sampler = new ParentBasedSampler({ root: sample ? new AlwaysOnSampler() : new AlwaysOffSampler() });
  const tracer = new BasicTracerProvider({ sampler }).getTracer('node');
  const start = (name, kind, ctx) => trace.setSpan(ctx, tracer.startSpan(name, { kind }, ctx));
  const seen = (ctx, parent) => {
    const c = trace.getSpanContext(ctx);
    const members = propagation.getBaggage(ctx)?.getAllEntries() || [];
    return {
      Trace: c.traceId, Span: c.spanId, Parent: hex(parent, 16), Sampled: (c.traceFlags & 1) === 1, Baggage: base64(members.map(([k, e]) => [k, e.value])),
    };
  };
  const headers = (ctx) => {
    const h = {};
    propagator.inject(ctx, h, defaultTextMapSetter);
    return h;
  };
  return {
    begin(baggage) {
      const members = Object.fromEntries(baggage.map(([k, value]) => [k, { value }]));
      const ctx = start('client', SpanKind.CLIENT, propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage(members)));
      return { seen: seen(ctx), next: headers(ctx) };
    },
    proceed(h) {
      const remote = propagator.extract(ROOT_CONTEXT, h, defaultTextMapGetter);
      const ctx = start('server', SpanKind.SERVER, remote);
      return { seen: seen(ctx, trace.getSpanContext(remote)?.spanId), next: headers(start('client', SpanKind.CLIENT, ctx)) };
    },
  };
}

const w3c = new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] });
const libraries = {};
for (const [decision, sample] of [['on', true], ['off', false]]) {
  libraries[`jaeger-client/${decision}`] = jaegerClient(sample, true);
  libraries[`jaeger-client-64/${decision}`] = jaegerClient(sample, false);
  libraries[`otel-w3c/${decision}`] = openTelemetry(sample, w3c);
  libraries[`otel-jaeger/${decision}`] = openTelemetry(sample, new JaegerPropagator());
  libraries[`otel-b3-single/${decision}`] = openTelemetry(sample, new B3Propagator());
  libraries[`otel-b3-multi/${decision}`] = openTelemetry(sample, new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }));
}

// many brings headers to the form of Go's http.Header.
const many = (h) => Object.fromEntries(Object.entries(h).map(([k, v]) => [k.replace(/(^|-)[a-z]/g, (s) => s.toUpperCase()), [].concat(v)]));

async function body(stream) {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}

async function call(library, { url, baggage }) {
  const { seen, next } = library.begin(Object.entries(baggage || {}).map(([k, v]) => [k, Buffer.from(v, 'base64').toString()]));
  const res = await new Promise((done, fail) => http.get(url, { headers: next }, done).on('error', fail));
  await body(res);
  if (res.statusCode !== 200) throw new Error(`${url}: ${res.statusCode}`);
  return seen;
}

function serve(library, headers) {
  const { seen, next } = library.proceed(headers);
  return { ...seen, Header: many(headers), Next: many(next) };
}

const server = http.createServer(async (req, res) => {
  try {
    const [, name, decision, what] = req.url.split('/');
    const library = libraries[`${name}/${decision}`];
    const answer = what === 'call' ? await call(library, JSON.parse(await body(req))) : serve(library, req.headers);
    res.end(JSON.stringify(answer));
  } catch (e) {
    res.statusCode = 500;
    res.end(String(e.stack));
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
