// SPDX-License-Identifier: Apache-2.0

// The table, the logs and the share menu of a trace.
/** @import { OTLPTraces } from '../../types.js' */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { accessible } from './axe.js';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { tidy } from './geometry.js';
import * as seeds from './seeds.js';
import { ids, rich } from './span-seed.js';
import { textOf } from './text.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof open>>} */ let page;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [rich(), seeds.siblings(), seeds.hostile(), seeds.tree(seeds.ids.tenThousand, 10_000)]) await store(backend, traces);
  page = await open(browser, backend.url);
});
after(async () => {
  page?.quiet(/Failed to load resource/);
  await browser?.close();
  await backend?.stop();
});

const rows = async () => Promise.all((await page.locator('span-table tbody tr').all()).map(async (row) => (await textOf(row)).replace(/\s+/g, ' ')));

test('the table has the numbers of each group', async () => {
  await page.visit(`/trace/${seeds.ids.siblings}?view=table`);
  assert.deepEqual(await rows(), [
    'cart SELECT item 240 1 432 ms 86 % 432 ms 86 % 1.8 ms 1.8 ms 1.8 ms 1.8 ms 1.8 ms 1.92 ms 1.92 ms',
    'cart GET /cart 1 0 500 ms 100 % 68 ms 14 % 500 ms 500 ms 500 ms 500 ms 500 ms – –',
  ]);
  await page.getByRole('button', { name: 'Max' }).click();
  await page.idle();
  assert.match(page.url(), /sort=-max/);
  assert.match((await rows())[0], /^cart GET/);
  assert.equal(await page.getByRole('columnheader', { name: 'Max' }).getAttribute('aria-sort'), 'descending');
  await page.getByLabel('A row for').selectOption('service');
  await page.idle();
  assert.match((await rows()).join('|'), /^cart 241 1 932 ms 186 % 500 ms [^|]*$/);
  await page.reload();
  await page.idle();
  assert.match((await rows())[0], /^cart 241/);
  await page.visit(`/trace/${seeds.ids.siblings}?view=table&hide=shorter:10ms`);
  assert.match(await textOf(page.locator('span-table')), /240 spans hidden,\s+1 error among them/);
  assert.equal((await rows()).length, 1);
  await page.getByRole('button', { name: 'Hide ▾' }).click();
  await page.locator('trace-hide label', { hasText: 'client' }).getByRole('checkbox').check();
  await page.getByLabel('Spans shorter than').fill('');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.match(page.url(), /hide=kind%3Aclient/);
  assert.equal((await rows()).length, 1);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.idle();
  assert.equal((await rows()).length, 2);
});

test('the table is left for another page', async () => {
  await page.visit(`/trace/${seeds.ids.siblings}?view=table`);
  await page.getByRole('link', { name: 'Traces', exact: true }).click();
  await page.idle();
  page.quiet(/Failed to load resource/);
});

test('a group leads to its spans', async () => {
  await page.visit(`/trace/${seeds.ids.siblings}?view=table`);
  await page.getByRole('link', { name: 'cart SELECT item' }).click();
  await page.idle();
  const { searchParams } = new URL(page.url());
  assert.deepEqual([searchParams.get('view'), searchParams.get('find'), searchParams.get('only')], [null, 'cart SELECT item', '1']);
});

test('ten thousand spans as rows, the slowest first', async () => {
  await page.visit(`/trace/${seeds.ids.tenThousand}?view=table&by=span&sort=-duration`);
  const names = page.locator('slow-spans virtual-rows [role=row]');
  assert.match(await textOf(names.first()), /frontend\s+GET \/checkout[^]*10 s/);
  assert.ok((await names.count()) < 80);
  await page.locator('slow-spans virtual-rows').evaluate((e) => { e.scrollTop = e.scrollHeight; });
  await page.idle();
  assert.ok((await names.count()) < 80);
  await names.last().getByRole('link').click();
  await page.idle();
  assert.match(await textOf(page.locator('span-panel')), /Self time/);
});

test('all logs, by time; what is found; their spans', async () => {
  await page.visit(`/trace/${ids.rich}?view=logs`);
  const lines = page.locator('log-list a');
  assert.deepEqual(await lines.locator('time').allInnerTexts(), ['+20 ms', '+640 ms', '+775 ms']);
  assert.match(await textOf(lines.nth(0)), /checkout\s+POST \/charge\s+retry attempt=1 wait=50ms/);
  await page.visit(`/trace/${ids.rich}?view=logs&find=DECLINED`);
  assert.match(await textOf(page.locator('log-list')), /1 of 3 logs/);
  await page.getByLabel('Find in the logs').fill('wait=50ms');
  await page.idle();
  assert.match(await textOf(lines.first()), /retry/);
  assert.match(page.url(), /find=wait%3D50ms/);
  await lines.first().click();
  await page.idle();
  assert.match(page.url(), /span=0{15}2/);
  await page.visit(`/trace/${ids.rich}?view=logs&hide=service:checkout`);
  assert.deepEqual(await lines.locator('time').allInnerTexts(), ['+775 ms']);
  assert.match(await textOf(page.locator('log-list')), /1 of 3 logs[^]*1 span hidden,\s+1 error among them/);
  await page.locator('log-list').getByRole('button', { name: 'Show', exact: true }).click();
  await page.idle();
  assert.equal(await lines.count(), 3);
  await page.visit(`/trace/${ids.rich}?view=logs&focus=0000000000000002`);
  assert.deepEqual(await lines.locator('time').allInnerTexts(), ['+20 ms', '+640 ms']);
  await page.visit(`/trace/${seeds.ids.siblings}?view=logs`);
  assert.match(await textOf(page.locator('log-list')), /There are no logs in this trace\s+A span gets one by span\.LogKV/);
});

test('logs name their spans while a trace grows', async () => {
  const at = BigInt(Date.now()) * 1_000_000n;
  const id = 'd'.repeat(32);
  const log = (/** @type {string} */ name) => [{ timeUnixNano: String(at + 5_000_000n), name, attributes: [] }];
  const spans = [{ service: 'late', name: 'root', parent: -1, start: 0, duration: 9e6 }, { service: 'late', name: 'writer', parent: 0, start: 5e6, duration: 1e6, events: log('written') }];
  await store(backend, seeds.otlp(id, spans, at));
  await page.visit(`/trace/${id}?view=logs`);
  const line = page.locator('log-list a');
  assert.match(await textOf(line), /late writer\s+written/);
  await page.route(`**/${id}/spans?**`, () => {}); // of the trace that grew nothing more is read
  const grown = page.waitForRequest(`**/${id}/spans?**`);
  await store(backend, seeds.otlp(id, [...spans, { service: 'late', name: 'reader', parent: 0, start: 1e6, duration: 1e6 }], at));
  await grown;
  await page.getByText('1 span came just now').waitFor();
  assert.match(await textOf(line), /late writer\s+written/);
  assert.match((await line.getAttribute('href')) ?? '', /span=0{15}2/);
  await page.unroute(`**/${id}/spans?**`);
});

test('reading the logs of a large trace can be stopped, and goes on', async () => {
  let asked = 0;
  /** @type {() => void} */ let reached = () => {};
  const third = new Promise((resolve) => { reached = () => resolve(undefined); });
  await page.route('**/spans?**', async (route) => {
    if (++asked < 3) return route.continue();
    reached(); // and it is never answered
  });
  await page.goto(`${backend.url}/trace/${seeds.ids.tenThousand}?view=logs`);
  await third;
  assert.match(await textOf(page.locator('log-list')), /Reading the logs\s+1,000 of 10,000 spans/);
  await page.locator('log-list').getByRole('button', { name: 'Stop' }).click();
  await page.unrouteAll();
  await page.idle();
  assert.match(await textOf(page.locator('log-list')), /1,000 of 10,000 spans were read, and have no logs/);
  await page.locator('log-list').getByRole('button', { name: 'Read all' }).click();
  await page.idle();
  assert.match(await textOf(page.locator('log-list')), /There are no logs in this trace/);
});

test('the id of a trace is copied', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.visit(`/trace/${ids.rich}`);
  await page.getByRole('button', { name: "Copy the trace's id" }).click();
  await page.locator('trace-header').getByText('Copied').first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), ids.rich.slice(16));
});

test('a trace is shared as a link, text and files', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.visit(`/trace/${ids.rich}?span=0000000000000002`);
  const copied = async (/** @type {string} */ item) => {
    await page.locator('share-menu').getByText(item, { exact: true }).click();
    await page.locator('share-menu .said', { hasText: 'Copied' }).waitFor();
    await page.idle();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  await page.getByRole('button', { name: 'Share' }).click();
  assert.equal(await copied('Copy link to the span'), page.url());
  assert.equal(await copied('Copy link to the trace'), `${backend.url}/trace/${ids.rich}`);
  assert.match(await copied('Copy the trace as text'), /frontend GET \/checkout +\+0 µs +812 ms\n {2}checkout POST \/charge +\+12\.3 ms +640 ms, error/);
  assert.match(await copied('Copy the trace as Markdown'), /^\*\*\[frontend GET \/checkout/);
  assert.match(await copied('Copy the span as Markdown'), /\| order\.id \| 9007199254740993 \|/);
  assert.equal(await copied('Copy the trace as curl'), `curl -fsS '${backend.url}/api/traces/abc'`.replace('abc', ids.rich.slice(16)));

  const saved = async (/** @type {string} */ item) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText(item).click()]);
    return [download.suggestedFilename(), JSON.parse(await readFile(await download.path(), 'utf8'))];
  };
  const [jaeger, v1] = await saved('Save as Jaeger JSON');
  assert.match(jaeger, /^trace-0*abc\.json$/);
  assert.equal(v1.data[0].spans.length, 5);
  const [otlp, traces] = await saved('Save as OTLP JSON');
  assert.match(otlp, /^trace-0*abc-otlp\.json$/);
  assert.equal(await textOf(page.locator('share-menu .said')), 'Saved 5 spans.');
  const spans = (/** @type {OTLPTraces} */ t) => (t.resourceSpans ?? []).flatMap((r) => (r.scopeSpans ?? []).flatMap((s) => s.spans ?? [])).map((s) => [s.spanId, s.attributes?.length ?? 0]).sort();
  assert.deepEqual(spans(traces), spans(rich()));
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`for everybody's eyes, ${colorScheme}`, async () => {
    for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 800 }]) {
      const other = await open(browser, backend.url, { colorScheme, viewport });
      for (const id of [ids.rich, seeds.ids.hostile]) {
        for (const view of ['view=table', 'view=table&by=span', 'view=logs', 'view=logs&span=0000000000000001']) {
          await other.visit(`/trace/${id}?${view}`);
          await accessible(other);
          await tidy(other);
        }
      }
      await other.getByRole('button', { name: 'Share' }).click();
      await other.idle();
      await accessible(other);
      other.quiet();
      await other.context().close();
    }
  });
}
