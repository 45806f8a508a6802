// SPDX-License-Identifier: Apache-2.0

/** @import { LinkSource } from '../../../types.js' */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applies, fill, linksOf } from '../../../trace/link.js';
import { readPattern } from '../../../trace/link-pattern.js';
import { newTag } from '../../../trace/tag.js';
import { random } from '../../browser/seeds.js';
import { trace } from './make.js';

const tag = (/** @type {string} */ key, /** @type {string} */ text) => newTag(key, { stringValue: text });

const t = trace([{ span: ['GET /', -1, 0, 5_000_999], service: 'shop' }, { span: ['query', 0, 10, 20], service: 'db' }]);
t.id = '4bf92f3577b34da6';
/** @type {any} */
const view = {
  traceID: t.id, spanID: '00f067aa0ba902b7', name: 'query', service: 'db', startTime: t.start + 1_999n, duration: 2_500,
  tags: [tag('db.name', 'orders & more'), newTag('n', { intValue: '9223372036854775807' }), newTag('x', { doubleValue: 1.5 }), tag('trace.id', 'ecs'), tag('span.a.b', 'odd'), tag('empty', '')],
  process: [tag('host', 'db-1'), tag('process.pid', '7'), tag('pid', '8'), tag('db.name', 'of the process')],
};
/** @type {any} */
const root = { tags: [tag('user', 'Ada')], process: [tag('zone', 'a'), tag('host', 'shop-1')], service: 'shop' };
/** @type {LinkSource} */
const source = { trace: t, view, root, base: 'https://spur.example/jaeger/' };

const text = (/** @type {string} */ template, /** @type {LinkSource} */ of = source, tags = view.tags) => {
  const { problem, text } = fill({ type: 'tags', key: null, url: '/', text: template }, of, tags);
  return problem || text;
};
const url = (/** @type {string} */ template, /** @type {any} */ tags = view.tags) => {
  const { problem, url } = fill({ type: 'tags', key: null, url: template, text: 't' }, source, tags);
  return problem || url;
};

test('names stand for values', () => {
  for (const [name, want] of Object.entries({
    'db.name': 'orders & more', n: '9223372036854775807', x: '1.5', empty: '', 'trace.id': 'ecs', 'span.a.b': 'odd', 'span.db.name': 'orders & more',
    host: 'db-1', 'process.host': 'db-1', 'resource.host': 'db-1', 'process.pid': '8', 'process.db.name': 'of the process', 'service.name': 'db', 'process.service.name': 'db',
    traceID: '4bf92f3577b34da6', spanID: '00f067aa0ba902b7', operationName: 'query', serviceName: 'db', 'span.spanID': '00f067aa0ba902b7',
    startTime: '1700000000000001', endTime: '1700000000000004', duration: '2', 'span.duration': '2',
    'trace.traceID': '4bf92f3577b34da6', 'trace.traceName': 'shop: GET /', 'trace.startTime': '1700000000000000', 'trace.endTime': '1700000000005000', 'trace.duration': '5000',
    user: 'Ada', zone: 'a',
    nothing: 'there is no value nothing', 'trace.nothing': 'there is no value trace.nothing', traceName: 'there is no value traceName', constructor: 'there is no value constructor',
  })) assert.equal(text(`#{${name}}`), want, name);
  assert.equal(text('#{ db.name }: #{host}, #{}', source, [tag('host', 'beside'), tag('', 'no name')]), 'orders & more: beside, no name');
});

test('a trace as a whole has its own values, and no tags', () => {
  const whole = { ...source, view: null, root: null };
  for (const [name, want] of Object.entries({ traceID: t.id, 'trace.traceID': t.id, traceName: 'shop: GET /', startTime: '1700000000000000', endTime: '1700000000005000', duration: '5000' })) assert.equal(text(`#{${name}}`, whole, []), want, name);
  for (const name of ['spanID', 'host', 'process.host', 'span.duration']) assert.match(text(`#{${name}}`, whole, []), /^there is no value/);
  assert.equal(text('#{traceName}', { ...whole, trace: trace([]) }, []), 'there is no value traceName');
});

test('functions change values', () => {
  for (const [template, want] of Object.entries({
    'trace.startTime | add -60000000': '1699999940000000', 'n | add +1': '9223372036854775808', 'x|add 2': '3.5', 'host | add 1': 'add 1 cannot change db-1', 'empty | add 1': 'add 1 cannot change ',
    'trace.startTime | epoch_micros_to_date_iso': '2023-11-14T22:13:20.000Z', 'trace.startTime | add 1999 | epoch_micros_to_date_iso': '2023-11-14T22:13:20.001Z',
    'n | epoch_micros_to_date_iso': 'epoch_micros_to_date_iso cannot change 9223372036854775807', 'x | epoch_micros_to_date_iso': 'epoch_micros_to_date_iso cannot change 1.5',
    'trace.startTime | add -1700000000000001 | epoch_micros_to_date_iso': '1969-12-31T23:59:59.999Z',
    'traceID | pad_start 32 0': '00000000000000004bf92f3577b34da6', 'traceID | pad_start 4 0': '4bf92f3577b34da6', 'host | pad_start 6': '  db-1', 'host | pad_start 9 ab | pad_start 10 -': '-ababadb-1',
    'nothing | add 1 | pad_start 3': 'there is no value nothing',
  })) assert.equal(text(`#{${template}}`), want, template);
});

test('values are encoded in addresses, and lead to pages only', () => {
  const evil = (/** @type {string} */ v) => [tag('v', v)];
  assert.equal(url('https://a.example/#{db.name}?q=#{db.name}##{host}'), 'https://a.example/orders%20%26%20more?q=orders%20%26%20more#db-1');
  assert.equal(url('https://a.example/x/#{v}', evil('../../y?z#"\'<>\n\u202e')), 'https://a.example/x/..%2F..%2Fy%3Fz%23%22\'%3C%3E%0A%E2%80%AE');
  assert.equal(url('https://a.example/#{v}', evil('\ud800')), 'https://a.example/%EF%BF%BD');
  assert.equal(url('trace/#{traceID}'), 'https://spur.example/jaeger/trace/4bf92f3577b34da6');
  assert.equal(url('/x'), 'https://spur.example/x');
  assert.equal(url('?q=1'), 'https://spur.example/jaeger/?q=1');
  assert.equal(url('mailto:a@b.example?subject=#{v}', evil('a&cc=x@y.example')), 'mailto:a@b.example?subject=a%26cc%3Dx%40y.example');
  assert.equal(url('#{v}', evil('javascript:alert(1)')), 'https://spur.example/jaeger/javascript%3Aalert(1)');
  assert.equal(url('https://#{v}/', evil('a b/')), 'https://a%20b%2F/ is no address of a page');
  assert.equal(url('#{v}:alert(1)', evil('javascript')), 'javascript:alert(1) is no address of a page'); // readPattern refuses it, too
  assert.equal(url('/#{empty}/#{v}', [tag('empty', ''), tag('v', 'evil.example')]), '//evil.example is no address of a page');
  assert.equal(url('https://#{v}/', evil('evil.example')), 'https://evil.example/'); // as the template wants
  assert.equal(url('https://a.example:#{v}/', evil('81')), 'https://a.example:81/');
  assert.equal(url('/#{v}', evil('x'.repeat(20_000))), 'its address would have 20,001 characters');
});

test('a tag gets the links of its type and key, if all values are there', () => {
  const p = (/** @type {any} */ type, /** @type {string[] | null} */ key, /** @type {string} */ name) => ({ type, key, url: `/#{${name}}`, text: name });
  const patterns = [p('tags', ['host'], 'db.name'), p('tags', ['n', 'x'], 'n'), p('tags', null, 'x'), p('process', ['n'], 'n'), p('tags', ['n'], 'nothing'), p('traces', null, 'traceID')];
  const texts = (/** @type {any} */ type, /** @type {any} */ of) => linksOf(patterns, type, source, view.tags, of).map((l) => l.text);
  assert.deepEqual(texts('tags', view.tags[1]), ['n', 'x']);
  assert.deepEqual(texts('tags', view.tags[0]), ['x']);
  assert.deepEqual(texts('process', tag('n', '')), ['n']);
  assert.deepEqual(texts('logs', view.tags[1]), []);
  assert.deepEqual(linksOf(patterns, 'traces', { ...source, view: null }).map((l) => l.url), ['https://spur.example/4bf92f3577b34da6']);
  assert.equal(applies(patterns[0], view.tags[1]), false);
});

test('no pattern and no value leads elsewhere', () => {
  const next = random(7);
  const pick = (/** @type {string[]} */ list) => list[Math.floor(next() * list.length)];
  const pieces = ['https://a.example/', 'javascript:', 'data:', 'mailto:', '#{v}', '#{v | pad_start 5 :}', '#{v | add 1}', '#{n | epoch_micros_to_date_iso}', '#{', '}', '|', '//', '\\', ':', '\t', ' ', '/', '?', '#', '@', 'x', '☃', '\ud800', '\u0000', '%', 'java', 'script'];
  const values = ['javascript:alert(1)', '//evil.example', '\\\\evil.example', '@evil.example', '../..', 'data:text/html,x', '\ud800', '\n', '', '9'.repeat(30), 'x'.repeat(100), '%00', ' https://evil.example'];
  let links = 0;
  for (let i = 0; i < 20_000; i++) {
    const template = Array.from({ length: 1 + Math.floor(next() * 6) }, () => pick(pieces)).join('');
    let pattern;
    try {
      pattern = readPattern({ type: 'tags', url: template, text: template.replace(/\p{Cc}/gu, '') });
    } catch {
      continue;
    }
    const v = pick(values);
    const { url, text, problem } = fill(pattern, source, [tag('v', v), tag('n', pick(values))]);
    assert.equal(Boolean(url), !problem);
    assert.ok(text.length <= 200);
    if (problem) continue;
    links++;
    const { protocol, host } = new URL(url);
    const why = JSON.stringify([template, v, url]);
    assert.ok(['http:', 'https:', 'mailto:'].includes(protocol), why);
    const plain = fill(pattern, source, [tag('v', '9'), tag('n', '9')]);
    if (!/^[^/?#]*[/\\]{2,}[^/?#\\]*#\{/.test(pattern.url.replace(/\s/g, '')) && plain.url) assert.equal(host, new URL(plain.url).host, why); // unless the template says it comes from the value
  }
  assert.ok(links > 2000, `${links} links`);
});
