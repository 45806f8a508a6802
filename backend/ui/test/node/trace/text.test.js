// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { visible } from '../../../trace/rows.js';
import { spanViews } from '../../../trace/span-view.js';
import { curl, headline, spanMarkdown, traceMarkdown, traceText, treeText } from '../../../trace/text.js';
import { forest, trace } from './make.js';

const shop = () => trace([
  { span: ['GET /cart', -1, 0, 20_000_000], service: 'web' },
  ...Array.from({ length: 10 }, (_, i) => ({ span: /** @type {[string, number, number, number]} */ (['SELECT', 0, 1_000_000 * (i + 1), 1_000_000 * (i + 1) + 500_000]), service: 'db', status: i ? 0 : 2 })),
  { span: ['render', 0, 15_000_000, 19_000_000], service: 'web' },
]);

test('a trace as text', () => {
  const t = shop();
  assert.equal(traceText(t), `trace ffffffffffffffffffffffffffffffff: web GET /cart, 20 ms, 12 spans, 2 services, 1 error

web GET /cart      +0 µs  20 ms
  db SELECT × 10   +1 ms  5 ms together, 1 error
  web render      +15 ms  4 ms
`);
  assert.equal(treeText(t, visible(t)).split('\n').length, 13);
  assert.equal(headline({ ...trace([{ span: ['lost', -2, 0, 5000] }, { span: ['root', -1, 1000, 4000] }]), total: 9, doubles: 2 }), 'a root, 5 µs, 7 spans, 1 service');
  assert.equal(headline(trace([])), 'no spans, 0 µs, 0 spans, 0 services');
});

test('large traces and long names are cut', () => {
  const t = forest(20_000, 1);
  const lines = treeText(t, visible(t)).trim().split('\n');
  assert.equal(lines.length, 5001);
  assert.equal(lines.at(-1), '… 15,000 more rows');
  const long = treeText(trace([{ span: ['x'.repeat(20_000) + '\n\u202e', -1, 0, 1], service: 'a\nb' }]));
  assert.ok(long.startsWith('a b xxx') && long.length < 300, long);
  assert.equal(long.split('\n').length, 2);
});

test('a trace as Markdown', () => {
  const t = trace([{ span: ['a ```` b', -1, 0, 1000], service: '*web* <b>' }]);
  assert.equal(traceMarkdown(t, 'http://localhost/trace/1'), `**[\\*web\\* \\<b\\> a \\\`\\\`\\\`\\\` b, 1 µs, 1 span, 1 service](http://localhost/trace/1)**

\`\`\`\`\`text
*web* <b> a \`\`\`\` b  +0 µs  1 µs
\`\`\`\`\`
`);
});

test('a span as Markdown', () => {
  const [view] = spanViews({
    resourceSpans: [{
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }, { key: 'host', value: { stringValue: 'laptop' } }] },
      scopeSpans: [{
        spans: [{
          traceId: '1', spanId: '1', name: 'GET', startTimeUnixNano: '0', endTimeUnixNano: '1500', status: { code: 2, message: 'it broke' },
          attributes: [{ key: 'n', value: { intValue: '9223372036854775807' } }, { key: 'a|b', value: { stringValue: 'x\n| y' } }, { key: 'long', value: { stringValue: 'x'.repeat(20_000) } }],
        }],
      }],
    }],
  }, 0n);
  assert.equal(spanMarkdown(view, 'http://h/'), `**[web GET, 1.5 µs, error](http://h/)**

\`\`\`text
it broke
\`\`\`

| tag | value |
| --- | --- |
| n | 9223372036854775807 |
| a\\|b | x \\| y |
| long | ${'x'.repeat(499)}… |
| host | laptop |
`);
  assert.equal(spanMarkdown({ ...view, tags: [], process: [], status: 0, statusMessage: '' }, 'http://h/'), '**[web GET, 1.5 µs](http://h/)**\n');
});

test('a shell reads the address that curl is given', () => {
  const url = "http://h/api/traces/1?a='b'&c=$(x)`y`\\ \"";
  assert.equal(execFileSync('sh', ['-c', curl(url).replace('curl -fsS', 'printf %s')], { encoding: 'utf8' }), url);
});
