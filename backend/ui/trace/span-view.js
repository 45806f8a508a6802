// SPDX-License-Identifier: Apache-2.0

/** @import { KeyValue, OTLPSpan, OTLPTraces, SpanView, Tag, Trace } from '../types.js' */
import { spanID } from './trace.js';
import { tagsOf } from './tag.js';

// Attributes that the backend writes (trace/jaeger.go).
const formatKey = 'internal.span.format';
const warningsKey = '@jaeger@warnings';
const refTypeKey = 'opentracing.ref_type';

/**
 * The spans of OTLP JSON, as /api/trace/{id}/spans answers it, as they are shown.
 * @param {OTLPTraces} traces
 * @param {bigint} start of the trace, ns since 1970
 * @returns {SpanView[]}
 */
export function spanViews(traces, start) {
  /** @type {SpanView[]} */
  const views = [];
  for (const { resource, scopeSpans = [] } of traces.resourceSpans ?? []) {
    const all = tagsOf(resource?.attributes);
    const service = all.find((tag) => tag.key === 'service.name')?.text ?? '';
    const process = all.filter((tag) => tag.key !== 'service.name');
    for (const { scope = {}, spans = [] } of scopeSpans) {
      const ofScope = { name: scope.name ?? '', version: scope.version ?? '', tags: tagsOf(scope.attributes) };
      for (const span of spans) views.push(spanView(span, start, service, process, ofScope));
    }
  }
  return views;
}

/**
 * @param {OTLPSpan} s
 * @param {bigint} start
 * @param {string} service
 * @param {Tag[]} process
 * @param {SpanView['scope']} scope
 * @returns {SpanView}
 */
function spanView(s, start, service, process, scope) {
  const startTime = BigInt(s.startTimeUnixNano ?? 0);
  const attributes = s.attributes ?? [];
  return {
    traceID: s.traceId ?? '',
    spanID: s.spanId ?? '',
    parentID: s.parentSpanId ?? '',
    service,
    name: s.name ?? '',
    kind: s.kind ?? 0,
    status: s.status?.code ?? 0,
    statusMessage: s.status?.message ?? '',
    start: Number(startTime - start),
    duration: Math.max(0, Number(BigInt(s.endTimeUnixNano ?? 0) - startTime)),
    startTime,
    tags: tagsOf(attributes.filter(({ key }) => key !== formatKey && key !== warningsKey)),
    process,
    scope,
    logs: (s.events ?? []).map((e) => {
      const time = BigInt(e.timeUnixNano ?? 0);
      return { at: Number(time - start), time, name: e.name ?? '', tags: tagsOf(e.attributes) };
    }),
    links: (s.links ?? []).map((l) => {
      const kind = l.attributes?.find((a) => a.key === refTypeKey)?.value?.stringValue === 'child_of' ? 'child of' : 'follows from';
      return { traceID: l.traceId ?? '', spanID: l.spanId ?? '', kind, tags: tagsOf(l.attributes?.filter((a) => a.key !== refTypeKey)) };
    }),
    traceState: s.traceState ?? '',
    warnings: warningsOf(attributes),
    jaeger: attributes.some((a) => a.key === formatKey),
    dropped: { tags: s.droppedAttributesCount ?? 0, logs: s.droppedEventsCount ?? 0, links: s.droppedLinksCount ?? 0 },
  };
}

/** @param {KeyValue[]} attributes */
function warningsOf(attributes) {
  const value = attributes.find((a) => a.key === warningsKey)?.value;
  if (value?.arrayValue) return tagsOf(value.arrayValue.values?.map((v) => ({ key: '', value: v }))).map((tag) => tag.text);
  return value ? tagsOf([{ key: '', value }]).map((tag) => tag.text) : [];
}

// Where a log says what failed, the best first: of OpenTracing and OpenTelemetry.
const errorKeys = ['error.object', 'exception.message', 'message', 'exception.type', 'error.kind'];

// The same of tags.
const errorTags = ['error.message', 'error.object', 'exception.message', 'exception.type', 'error.kind', 'error.type', 'error'];
/** Tags that say how a request ended, and what of them is a failure. @type {[string, string[], RegExp][]} */
const codes = [
  ['gRPC', ['rpc.grpc.status_code', 'grpc.status_code', 'rpc.response.status_code'], /^(?!0$|ok$)./i],
  ['HTTP', ['http.response.status_code', 'http.status_code'], /^[45]/],
];

/**
 * What a span that failed says of it: the message of its status, else what its
 * last log of an error says, else a tag of an error, else its code, "HTTP 500",
 * else "".
 * @param {SpanView} view
 */
export function errorText({ statusMessage, logs, tags }) {
  if (statusMessage) return statusMessage;
  const log = logs.findLast((l) => l.name === 'error' || l.name === 'exception' || l.tags.some(({ key, text }) => (key === 'event' && text === 'error') || key === 'error.object' || key === 'exception.message'));
  for (const key of errorKeys) {
    const said = log?.tags.find((tag) => tag.key === key)?.text;
    if (said) return said;
  }
  const tag = (/** @type {string} */ key) => tags.find((t) => t.key === key)?.text ?? '';
  const said = errorTags.map(tag).find((text) => text && !/^(true|false|_OTHER|\d+)$/i.test(text));
  if (said) return said;
  for (const [protocol, keys, failed] of codes) {
    const code = keys.map(tag).find((text) => failed.test(text));
    if (code) return `${protocol} ${code}`;
  }
  return '';
}

/**
 * Which of some views shows a span. Spans of a Zipkin client and server can have
 * the same id.
 * @param {Trace} t
 * @param {number} span
 * @param {SpanView[]} views
 */
export function viewOf(t, span, views) {
  const id = spanID(t, span);
  const same = views.filter((v) => v.spanID === id);
  return same.find((v) => v.start === t.starts[span] && v.kind === t.kind[span] && v.service === t.services[t.service[span]]) ?? same[0];
}
