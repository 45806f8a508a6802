// SPDX-License-Identifier: Apache-2.0

/** @import { OTLPTraces } from '../../../types.js' */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allLogs } from '../../../trace/logs.js';
import { errorText, spanViews, viewOf } from '../../../trace/span-view.js';
import { newTag } from '../../../trace/tag.js';
import { fromOutline } from '../../../trace/trace.js';
import { outline } from './make.js';

const start = 1_700_000_000_000_000_000n;

/** @type {OTLPTraces} */
const otlp = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }, { key: 'process.pid', value: { intValue: '4711' } }] },
      scopeSpans: [{
        scope: { name: 'http', version: '1.2' },
        spans: [{
          traceId: 'ab', spanId: '01', parentSpanId: '', name: 'GET', kind: 2, traceState: 'a=1', droppedAttributesCount: 3,
          startTimeUnixNano: '1700000000000000007', endTimeUnixNano: '1700000000000001007',
          attributes: [
            { key: 'text', value: { stringValue: '' } }, { key: 'exact', value: { intValue: '-9223372036854775808' } }, { key: 'small', value: { intValue: 42 } },
            { key: 'double', value: { doubleValue: 1.5 } }, { key: 'nan', value: { doubleValue: 'NaN' } }, { key: 'no', value: { boolValue: false } },
            { key: 'bytes', value: { bytesValue: 'AQI=' } }, { key: 'list', value: { arrayValue: { values: [{ intValue: '9007199254740993' }] } } },
            { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { stringValue: 'v' } }] } } }, { key: 'empty' }, { key: 'empty', value: {} },
            { key: 'internal.span.format', value: { stringValue: 'jaeger' } },
            { key: '@jaeger@warnings', value: { arrayValue: { values: [{ stringValue: 'odd' }, { intValue: '1' }] } } },
          ],
          events: [
            { timeUnixNano: '1700000000000000507', name: 'retry', attributes: [{ key: 'n', value: { intValue: '2' } }] },
            { timeUnixNano: '1699999999999999999', name: 'early' },
          ],
          links: [
            { traceId: 'cd', spanId: '02', attributes: [{ key: 'opentracing.ref_type', value: { stringValue: 'child_of' } }, { key: 'why', value: { stringValue: 'x' } }] },
            { traceId: 'ef', spanId: '03' },
          ],
          status: { code: 2, message: 'broken' },
        }],
      }],
    },
    { scopeSpans: [{ spans: [{ traceId: 'ab', spanId: '04', name: '', startTimeUnixNano: '1700000000000000009', endTimeUnixNano: '1700000000000000008' }] }] },
  ],
};

test('a span as it is shown', () => {
  const [view, bare] = spanViews(otlp, start);
  const { tags, process, scope, logs, links, ...rest } = view;
  assert.deepEqual(tags.map((t) => `${t.key} ${t.type} ${t.text}`), [
    'text string ', 'exact int -9223372036854775808', 'small int 42', 'double double 1.5', 'nan double NaN', 'no bool false', 'bytes bytes AQI=',
    'list list [9007199254740993]', 'map map {"k":"v"}', 'empty empty ', 'empty empty ',
  ]);
  assert.deepEqual(process.map((t) => `${t.key} ${t.text}`), ['process.pid 4711']);
  assert.deepEqual(scope, { name: 'http', version: '1.2', tags: [] });
  assert.deepEqual(logs.map((l) => [l.at, l.name, l.tags.length]), [[507, 'retry', 1], [-1, 'early', 0]]);
  assert.deepEqual(links.map((l) => [l.traceID, l.spanID, l.kind, l.tags.length]), [['cd', '02', 'child of', 1], ['ef', '03', 'follows from', 0]]);
  assert.deepEqual(rest, {
    traceID: 'ab', spanID: '01', parentID: '', service: 'shop', name: 'GET', kind: 2, status: 2, statusMessage: 'broken', start: 7, duration: 1000,
    startTime: start + 7n, traceState: 'a=1', warnings: ['odd', '1'], jaeger: true, dropped: { tags: 3, logs: 0, links: 0 },
  });
  assert.deepEqual([bare.service, bare.status, bare.duration, bare.jaeger, bare.tags, bare.warnings], ['', 0, 0, false, [], []]);
  assert.deepEqual(spanViews({}, start), []);
});

test('what a failed span says is the message of its status, else of its last log of an error', () => {
  const [{ logs: _, ...view }] = spanViews(otlp, start);
  const log = (/** @type {string} */ name, /** @type {Record<string, string>} */ tags) => ({ at: 0, time: start, name, tags: Object.entries(tags).map(([key, text]) => newTag(key, { stringValue: text })) });
  const text = (/** @type {ReturnType<typeof log>[]} */ ...logs) => errorText({ ...view, statusMessage: '', logs });
  assert.equal(errorText({ ...view, logs: [log('error', { message: 'of the log' })] }), 'broken');
  assert.equal(text(log('error', { event: 'error', 'error.object': 'first' }), log('error', { event: 'error', 'error.object': 'last' }), log('retry', { message: 'again' })), 'last');
  assert.equal(text(log('', { event: 'error', message: 'refused' })), 'refused');
  assert.equal(text(log('exception', { 'exception.type': 'Timeout', 'exception.stacktrace': 'at …' })), 'Timeout');
  assert.equal(text(log('retry', { message: 'again' })), '');
});

test('a failed span without a message says what a tag does, else its code', () => {
  const [view] = spanViews(otlp, start);
  const text = (/** @type {Record<string, string>} */ tags) => errorText({ ...view, statusMessage: '', logs: [], tags: Object.entries(tags).map(([key, value]) => newTag(key, { stringValue: value })) });
  assert.equal(text({ 'http.status_code': '500', error: 'true' }), 'HTTP 500');
  assert.equal(text({ 'http.status_code': '500', error: 'no route' }), 'no route');
  assert.equal(text({ 'http.response.status_code': '404', 'error.type': '404' }), 'HTTP 404');
  assert.equal(text({ 'http.status_code': '500', 'error.type': 'TimeoutError', 'error.message': 'after 3 s' }), 'after 3 s');
  assert.equal(text({ 'http.status_code': '200', 'rpc.grpc.status_code': '14' }), 'gRPC 14');
  assert.equal(text({ 'rpc.grpc.status_code': '0', 'http.status_code': '200' }), '');
  assert.equal(text({ message: 'hello', error: 'true' }), '');
});

test('logs of all spans are by time', () => {
  assert.deepEqual(allLogs(spanViews(otlp, start)).map(({ log, view }) => `${view.name} ${log.name}`), ['GET early', 'GET retry']);
});

test('a Zipkin client and server have an id in common', () => {
  const o = outline([-1, 0, 1, -1]);
  o.ids = '00000000000000010000000000000001' + '0000000000000002' + '1000000000000000';
  o.kind = '3201';
  const t = fromOutline(o);
  const span = (/** @type {string} */ spanId, /** @type {number} */ kind, /** @type {number} */ at) => ({
    traceId: 'f', spanId, name: 'n', kind, startTimeUnixNano: String(start + BigInt(at)), endTimeUnixNano: String(start + 10n),
  });
  const views = spanViews({
    resourceSpans: [{
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'a' } }] },
      scopeSpans: [{ spans: [span('0000000000000001', 2, 1), span('0000000000000001', 3, 0), span('0000000000000002', 0, 2)] }],
    }],
  }, start);
  assert.deepEqual([0, 1, 2].map((i) => viewOf(t, i, views)?.kind), [3, 2, 0]);
  assert.equal(viewOf(t, 3, views), undefined);
});
