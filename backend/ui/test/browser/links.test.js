// SPDX-License-Identifier: Apache-2.0

// Links that tags fill: the server's and the reader's own.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
/** @type {string} */ let folder;

const served = {
  menu: [],
  linkPatterns: [
    { type: 'tags', key: 'http.url', url: 'https://logs.example/?q=#{http.url}&trace=#{traceID | pad_start 32 0}', text: 'Logs' },
    { type: 'tags', key: 'order.id', url: 'https://shop.example/orders/#{order.id}?of=#{sampler.type}', text: 'Order #{order.id}' },
    { type: 'tags', key: 'order.id', url: 'https://a.example/#{nothing}', text: 'Never' },
    { type: 'logs', key: 'attempt', url: '/?q=attempt=#{attempt}', text: 'Attempts' },
    { type: 'traces', url: 'https://kibana.example/#/?from=#{startTime | add -60000000 | epoch_micros_to_date_iso}', text: 'Kibana of #{traceName}' },
  ],
};

const span = (/** @type {number} */ n) => `/trace/${ids.rich}?span=${n.toString(16).padStart(16, '0')}`;
/** @typedef {Awaited<ReturnType<typeof open>>} Page */
const row = (/** @type {Page} */ page, /** @type {string} */ key) => page.locator('span-panel .tag', { hasText: key }).first();
const dialog = (/** @type {Page} */ page) => page.locator('link-dialog dialog');
const field = (/** @type {Page} */ page, /** @type {string} */ name) => dialog(page).locator(`[name=${name}]`);

/** Opens the dialog for a tag. @param {Page} page @param {string} key */
async function link(page, key) {
  await row(page, key).getByRole('button').first().click();
  await page.idle();
  await page.locator('tag-menu :popover-open').getByText('Link this tag…').click();
  await page.idle();
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spur-links-'));
  await writeFile(join(folder, 'ui.json'), JSON.stringify(served));
  [backend, browser] = await Promise.all([startBackend([`--query.ui-config=${join(folder, 'ui.json')}`]), launch()]);
  for (const traces of [rich(), seeds.hostile()]) await store(backend, traces);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('tags, logs and traces have the links of the server, which is asked once, when a trace is opened', async () => {
  const page = await open(browser, backend.url);
  let asked = 0;
  page.on('request', (r) => { asked += Number(r.url().endsWith('/api/ui-config')); });
  await page.visit('/');
  assert.equal(asked, 0);
  await page.visit(span(2));
  const a = row(page, 'http.url').locator('.link');
  assert.deepEqual(await Promise.all(['href', 'target', 'rel'].map((n) => a.getAttribute(n))),
    [`https://logs.example/?q=https%3A%2F%2Fpayment.example%3A8443%2Fcharge%3Forder%3D4711&trace=${ids.rich}`, '_blank', 'noopener noreferrer']);
  // The value that the root has, and no link where one is missing.
  assert.deepEqual(await row(page, 'order.id').locator('.link').allTextContents(), ['Order 9007199254740993 ↗']);
  assert.equal(await row(page, 'order.id').locator('.link').getAttribute('href'), 'https://shop.example/orders/9007199254740993?of=probabilistic');
  assert.equal(await page.locator('span-panel-logs .link').getAttribute('href'), `${backend.url}/?q=attempt=1`);
  const whole = page.locator('trace-header .link');
  assert.equal(await whole.textContent(), 'Kibana of frontend: GET /checkout ↗');
  assert.match(String(await whole.getAttribute('href')), /^https:\/\/kibana\.example\/#\/\?from=20\d\d-[^&]*T[^&]*Z$/);
  await page.goto(`${backend.url}/trace/${ids.rich}?view=logs`);
  await page.idle();
  assert.equal(await page.locator('log-list .link').getAttribute('href'), `${backend.url}/?q=attempt=1`);
  await page.locator('log-list .line').first().click();
  await page.idle();
  assert.match(page.url(), /span=/);
  assert.equal(asked, 2); // a page load each
  page.quiet();
  await page.context().close();
});

test('a reader makes a link of a tag, sees at once what it leads to, changes and removes it', async () => {
  const page = await open(browser, backend.url);
  await page.visit(span(2));
  await link(page, 'retry');
  assert.equal(await field(page, 'key').inputValue(), 'retry');
  assert.equal(await field(page, 'url').evaluate((e) => /** @type {ShadowRoot} */ (e.getRootNode()).activeElement === e), true);
  const preview = dialog(page).locator('.preview');
  for (const [url, said] of [['javascript:alert(1)', 'neither relative nor an address of http, https or mailto'], ['https://a.example/#{retry', 'has #{ without a } for it'], ['/#{retry | upper}', 'there are only the functions']]) {
    await field(page, 'url').fill(url);
    await page.idle();
    assert.match(await textOf(dialog(page).locator('#url')), new RegExp(said));
    assert.equal(await field(page, 'url').getAttribute('aria-invalid'), 'true');
    assert.match(await textOf(preview), /^#{name} stands for/);
  }
  await field(page, 'text').fill('Retries of #{http.status_code}');
  await field(page, 'url').fill('https://a.example/#{nobody}');
  await page.idle();
  assert.equal((await textOf(preview)).trim(), 'No link here: there is no value nobody.');
  await field(page, 'url').fill('https://a.example/?r=#{retry}&s=#{spanID}');
  await page.idle();
  assert.equal(await preview.locator('a').textContent(), 'Retries of 502 ↗');
  assert.equal(await preview.locator('a').getAttribute('href'), 'https://a.example/?r=true&s=0000000000000002');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.match(await textOf(dialog(page).locator('ul')), /Retries of #\{http\.status_code\}\s+tag retry/);
  await page.keyboard.press('Escape');
  await page.idle();
  assert.equal(await row(page, 'retry').locator('.link').textContent(), 'Retries of 502 ↗');

  // It outlives the page, and is there in another.
  await page.reload();
  await page.idle();
  assert.equal(await row(page, 'retry').locator('.link').count(), 1);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.locator('share-menu').getByRole('button', { name: 'Links…' }).click();
  await page.idle();
  await dialog(page).getByRole('button', { name: /^Change Retries/ }).click();
  await field(page, 'key').fill('retry\n order.total ');
  await field(page, 'text').fill('<b>bold</b>');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await page.idle();
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await page.idle();
  assert.equal(await row(page, 'order.total').locator('.link').textContent(), '<b>bold</b> ↗');
  await page.getByRole('button', { name: 'Share' }).click();
  await page.locator('share-menu').getByRole('button', { name: 'Links…' }).click();
  await dialog(page).getByRole('button', { name: /^Remove/ }).click();
  await page.keyboard.press('Escape');
  await page.idle();
  assert.equal(await row(page, 'retry').locator('.link').count(), 0);
  page.quiet();
  await page.context().close();
});

test('links are taken elsewhere as JSON', async () => {
  const page = await open(browser, backend.url, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.visit(span(2));
  await link(page, 'retry');
  await dialog(page).locator('summary').click();
  const json = dialog(page).getByRole('textbox', { name: 'My links as JSON' });
  await json.fill(JSON.stringify({ linkPatterns: [{ type: 'process', key: ['process.pid'], url: 'mailto:a@b.example?subject=#{process.pid}', text: 'Mail' }] }));
  await json.blur();
  await page.idle();
  assert.match(await textOf(dialog(page).locator('ul')), /Mail\s+process tag process\.pid/);
  await dialog(page).locator('copy-button').getByRole('button').click();
  await dialog(page).getByText('Copied').first().waitFor();
  assert.deepEqual(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())), { linkPatterns: [{ type: 'process', key: 'process.pid', url: 'mailto:a@b.example?subject=#{process.pid}', text: 'Mail' }] });
  await json.fill('{"linkPatterns":[{"type":"tags","url":"data:x","text":"t"}]}');
  await json.blur();
  await page.idle();
  assert.match(await textOf(dialog(page)), /linkPatterns\[0\]\.url: neither relative nor/);
  assert.match(await textOf(dialog(page).locator('ul')), /Mail/);
  page.quiet();
  await page.context().close();
});

test('when the server does not tell its links, the page works and the dialog says so', async () => {
  const page = await open(browser, backend.url);
  await page.route('**/api/ui-config', (route) => route.fulfill({ status: 500, body: '{"errors":[{"msg":"no links today"}]}' }));
  await page.visit(span(2));
  assert.equal(await page.locator('.link').count(), 0);
  await link(page, 'retry');
  assert.match(await textOf(dialog(page)), /could not be loaded: no links today/);
  await page.unroute('**/api/ui-config');
  await page.route('**/api/ui-config', (route) => route.fulfill({ json: { linkPatterns: [{ type: 'x' }] } }));
  await dialog(page).getByRole('button', { name: 'Try again' }).click();
  await page.idle();
  assert.match(await textOf(dialog(page)), /could not be loaded: not one of tags, process, logs, traces/);
  await page.unroute('**/api/ui-config');
  await dialog(page).getByRole('button', { name: 'Try again' }).click();
  await page.idle();
  assert.doesNotMatch(await textOf(dialog(page)), /could not/);
  await page.keyboard.press('Escape');
  await page.idle();
  assert.equal(await row(page, 'http.url').locator('.link').count(), 1);
  page.quiet(/Failed to load resource/);
  await page.context().close();
});

test('what the browser remembers and is no link does no harm', async () => {
  const page = await open(browser, backend.url);
  const good = { type: 'tags', key: ['retry'], url: '/#{retry}', text: 'mine' };
  await page.addInitScript((links) => localStorage.setItem('spur.ui.1', JSON.stringify({ links })), [good, null, 7, { ...good, url: 'javascript:alert(1)' }, { type: 'x' }, ...Array.from({ length: 98 }, (_, i) => ({ ...good, text: `many ${i}` }))]);
  await page.visit(span(2));
  assert.equal(await row(page, 'retry').locator('.link').count(), 99);
  await tidy(page);
  page.quiet();
  await page.context().close();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`for everybody's eyes, ${colorScheme}`, async () => {
    for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 800 }]) {
      const page = await open(browser, backend.url, { colorScheme, viewport });
      const links = [{ type: 'tags', key: ['http.status_code', 'error.code'], url: `https://wiki.example/${'codes/'.repeat(40)}#{http.status_code}`, text: 'What #{http.status_code} means, and whom to ask about it when nobody answers the phone' }, { type: 'process', key: null, url: '/#{x}', text: 'ä'.repeat(300) }];
      await page.addInitScript((links) => localStorage.setItem('spur.ui.1', JSON.stringify({ links })), links);
      const name = `${colorScheme}-${viewport.width}`;
      const look = async (/** @type {string} */ what) => {
        await page.idle();
        await page.shot(`links-${what}-${name}`);
        await accessible(page);
        await tidy(page);
      };
      await page.visit(span(2));
      await look('panel');
      await link(page, 'http.status_code');
      await look('new');
      await dialog(page).getByRole('button', { name: /^Change What/ }).click();
      await look('change');
      await field(page, 'url').fill('ftp://x');
      await dialog(page).locator('summary').click();
      await look('wrong');
      await page.keyboard.press('Escape');
      await page.goto(`${backend.url}/trace/${ids.rich}?view=logs`);
      await look('logs');
      await page.visit(`/trace/${seeds.ids.hostile}?span=0000000000000001`);
      await look('hostile');
      assert.ok(await page.locator('trace-header .link').evaluate((e) => e.getBoundingClientRect().right <= innerWidth));
      page.quiet();
      await page.context().close();
    }
  });
}
