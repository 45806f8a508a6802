// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible } from './axe.js';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [seeds.siblings(), seeds.hostile(), seeds.tree(seeds.ids.hundred, 100)]) await store(backend, traces);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

/** A page with its search box, and the q of its address. @param {string} path */
async function visit(path) {
  const page = await open(browser, backend.url);
  await page.visit(path);
  const box = page.getByRole('textbox', { name: 'Search for traces' });
  const q = () => new URL(page.url()).searchParams.get('q') ?? '';
  const options = async () => {
    await page.idle();
    return page.getByRole('option').locator('code').allTextContents();
  };
  return { page, box, q, options };
}

test('a search is written with what the store knows', async () => {
  const { page, box, q, options } = await visit('/');
  await page.keyboard.press('/');
  assert.ok((await options()).includes('service:'));
  await page.keyboard.type('serv');
  assert.equal((await options())[0], 'service:');
  await page.keyboard.press('Tab');
  await page.keyboard.type('chec');
  assert.deepEqual(await options(), ['checkout']);
  await page.keyboard.press('ArrowDown');
  assert.match((await box.getAttribute('aria-activedescendant')) ?? '', /item0/);
  await page.keyboard.press('Enter');
  await page.keyboard.type('op:');
  assert.ok((await options()).every((o) => o.includes('checkout')), 'operations of the service');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  assert.match(await box.inputValue(), / $/);
  await page.keyboard.press('Control+z');
  assert.equal(await box.inputValue(), 'service:checkout op:');
  await page.keyboard.press('Control+Shift+z');
  await page.keyboard.type('http.sta');
  assert.deepEqual(await options(), ['http.status_code=']);
  await page.keyboard.press('Tab');
  assert.ok((await options()).includes('200'));
  await page.keyboard.type('200');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.match(q(), /^service:checkout op:"[^"]+checkout\/\d+" http\.status_code=200$/);
  page.quiet();
});

test('each operator finds what it says', async () => {
  const { page, box } = await visit('/');
  const [cart, hostile, hundred] = [[1, 'GET /cart'], [1, seeds.hostileText.slice(0, 20)], [1, 'GET /checkout']];
  for (const [text, [found, name]] of /** @type {[string, [number, string]][]} */ ([
    ['service:cart', cart], ['service!=cart', [2, '']], ['service~^ca', cart], ['service!~"^(ca|x)"', [2, '']], ['op:"GET /cart"', cart],
    ['kind:client db.item=7', cart], ['status:error op:"SELECT item"', cart], ['-status:error service:cart', cart], ['dur>=500ms dur<=500000us', cart],
    ['trace.dur>5s', hundred], ['trace.dur<=3ms', hostile], ['db.item', cart], ['has:db.item', cart], ['db.item>=239', cart], ['db.item>239', [0, '']],
    ['http.status_code=500 OR db.item=1', [2, '']], ['(db.item=1 OR db.item=2) service:cart', cart], ['{db.item=1} {db.item=2}', cart], ['db.item=1 db.item=2', [0, '']],
    ['-{db.item}', [2, '']], ['"DEADLOCK"', cart], ['since:1h', [3, '']], ['until:1h', [0, '']], [`id:${seeds.ids.siblings}`, cart], ['constructor=2', hostile], ['NOT service~.', [0, '']],
  ])) {
    await box.fill(text);
    await box.press('Enter');
    await page.idle();
    assert.equal(await page.getByRole('heading', { name: /\d+ traces?$/ }).textContent(), found === 1 ? '1 trace' : `${found} traces`, text);
    if (name) assert.equal(await page.getByRole('link', { name }).count(), 1, text);
  }
  page.quiet();
});

test('an error stands under its column, and nothing is searched', async () => {
  const { page, box, q } = await visit('/');
  await box.fill('a=1 servce:x');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.equal(q(), '');
  const alert = page.getByRole('alert').filter({ hasText: 'column 5: unknown field "servce"' });
  const [word, said] = [await page.locator('.wrong').boundingBox(), await alert.locator('span').evaluate((e) => e.getBoundingClientRect().left + parseFloat(getComputedStyle(e).paddingLeft))];
  assert.ok(word && Math.abs(word.x - said) < 3, `${word?.x} and ${said}`);
  assert.equal(await box.getAttribute('aria-invalid'), 'true');
  await box.fill('a=1 service:x');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.equal(q(), 'a=1 service:x');
  assert.equal(await alert.count(), 0);
  page.quiet();
});

test('half a word is not called wrong while it is written', async () => {
  const { page, box } = await visit('/');
  await box.click();
  await page.keyboard.type('(status:er');
  await page.idle();
  assert.equal(await box.getAttribute('aria-invalid'), null);
  await box.blur();
  await page.idle();
  assert.equal(await box.getAttribute('aria-invalid'), 'true');
  page.quiet();
});

test('the colours cover the text that is written', async () => {
  const { page, box } = await visit('/');
  for (const text of ['service:cart', 'a '.repeat(400) + '☃', 'x'.repeat(2000), '(a OR b) -c="d e"\n  {f}', seeds.hostileText]) {
    await box.fill(text);
    await page.idle();
    const [field, mirror] = await page.evaluate(() => {
      const root = document.querySelector('spur-app')?.shadowRoot?.querySelector('traces-page')?.shadowRoot?.querySelector('search-box')?.shadowRoot?.querySelector('search-input')?.shadowRoot;
      const [t, m] = [root?.querySelector('textarea'), root?.querySelector('.mirror')];
      return [[t?.clientWidth, t?.scrollHeight, t?.value], [m?.clientWidth, m?.clientHeight, m?.textContent?.replace(/[\u200b\u00a0]$/, '')]];
    });
    assert.deepEqual(mirror, field);
  }
  page.quiet();
});

test('a range is chosen, relative and fixed, and stays in the link', async () => {
  const { page, q } = await visit('/?q=service:cart');
  await page.getByRole('button', { name: 'Any time ▾' }).click();
  await page.getByRole('button', { name: 'Last 15 minutes' }).click();
  await page.idle();
  assert.equal(q(), 'service:cart since:15m');
  await page.getByRole('button', { name: 'Last 15 minutes ▾' }).click();
  await page.getByLabel('From').fill('2026-01-31T12:00:00');
  await page.getByLabel('To', { exact: true }).fill('2026-01-31T13:00:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.idle();
  assert.equal(q(), 'service:cart since:2026-01-31T11:00:00Z until:2026-01-31T12:00:00Z'); // Berlin
  await page.getByRole('button', { name: '2026-01-31 12:00:00 – 13:00:00 ▾' }).waitFor();
  await page.goBack();
  await page.idle();
  assert.equal(q(), 'service:cart since:15m');
  page.quiet();
});

test('searches are kept under a name, and remembered', async () => {
  const { page, box, q, options } = await visit('/?q=service:cart');
  await page.getByRole('button', { name: '☆ Saved ▾' }).click();
  await page.keyboard.type('the cart');
  await page.keyboard.press('Enter');
  await box.fill('status:error');
  await page.keyboard.press('Enter');
  await page.idle();
  await page.getByRole('button', { name: '☆ Saved ▾' }).click();
  await page.getByRole('button', { name: 'the cart service:cart' }).click();
  await page.idle();
  assert.equal(q(), 'service:cart');
  await page.reload();
  await page.idle();
  await page.getByRole('button', { name: '★ the cart ▾' }).click();
  await page.getByRole('button', { name: 'Delete the cart' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '☆ Saved ▾' }).waitFor();
  await box.fill('');
  await box.click();
  assert.ok((await options()).slice(0, 2).includes('status:error'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?'); // which is a key of the page again
  await page.idle();
  assert.equal(await box.inputValue(), '');
  page.quiet();
});

test('of a hundred saved searches none is lost by another', async () => {
  const { page } = await visit('/');
  await page.evaluate(() => localStorage.setItem('spur.ui.1', JSON.stringify({ saved: Array.from({ length: 100 }, (_, i) => ({ name: `z${i}`, q: `n=${i}` })) })));
  await page.goto(`${backend.url}/?q=service:cart`);
  await page.idle();
  await page.getByRole('button', { name: '☆ Saved ▾' }).click();
  await page.getByText('100 searches are saved, which is all that are kept: delete one to save this.').waitFor();
  await page.getByRole('button', { name: 'Delete z50' }).click();
  await page.getByLabel('Name of this search').fill('a cart');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '★ a cart ▾' }).waitFor();
  assert.deepEqual(await page.evaluate(() => JSON.parse(localStorage.getItem('spur.ui.1') ?? '').saved.map((/** @type {any} */ s) => s.name).slice(-1)), ['z99']);
  page.quiet();
});

test('services are asked for once, not with each letter', async () => {
  const { page, box, options } = await visit('/');
  let asked = 0;
  page.on('request', (r) => {
    if (new URL(r.url()).pathname === '/api/services') asked++;
  });
  for (const letters of ['service:', 'ca', 'rt ', 'op:', 'G']) {
    await box.pressSequentially(letters);
    await options();
  }
  assert.equal(asked, 1);
  page.quiet();
});

test('what else is in the storage does no harm', async () => {
  const { page, box, options } = await visit('/');
  await page.evaluate(() => localStorage.setItem('spur.ui.1', '{"history":[1,null,"status:ok",{}],"saved":[null,{"name":1,"q":"a"},{"name":"b","q":"c"}],"zone":"utc"}'));
  await page.reload();
  await page.idle();
  await box.click();
  assert.equal((await options())[0], 'status:ok');
  await page.getByRole('button', { name: '☆ Saved ▾' }).click();
  assert.equal(await page.getByRole('button', { name: /^Delete/ }).count(), 1);
  page.quiet();
});

test('the form and the text say the same', async () => {
  const { page, box, q } = await visit('/?q=service:checkout%20since:1h&form=1');
  const service = page.getByRole('combobox', { name: 'Service' });
  assert.equal(await service.inputValue(), 'checkout');
  await page.getByRole('combobox', { name: 'Status' }).selectOption('error');
  await page.getByRole('textbox', { name: 'Span duration more than' }).fill('10');
  await page.keyboard.press('Enter');
  await page.getByText('Not a duration').waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Span duration more than' }).inputValue(), '10');
  await page.getByRole('textbox', { name: 'Span duration more than' }).fill('10ms');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Tags and other conditions' }).fill('a OR b');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.equal(q(), 'service:checkout status:error dur>10ms (a OR b) since:1h');
  assert.equal(await page.getByText('Not a duration').count(), 0);
  assert.equal(await box.inputValue(), q());
  await service.fill('');
  await service.press('Enter');
  await page.idle();
  assert.equal(q(), 'status:error dur>10ms (a OR b) since:1h');
  await box.fill('{a} {b}');
  await box.press('Enter');
  await page.getByText('which this form cannot show').waitFor();
  page.quiet();
});

test('a trace id alone opens the trace', async () => {
  const { page, box } = await visit('/');
  await box.fill(`00-${seeds.ids.siblings}-00000000000000aa-01`);
  await box.press('Enter');
  await page.waitForURL(/\/trace\/0000000000000002$/);
  await page.idle();
  page.quiet();
});

test('everybody can use it, in both themes', async () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const page = await open(browser, backend.url, { colorScheme });
    await page.visit('/?form=1&q=service:checkout');
    const box = page.getByRole('textbox', { name: 'Search for traces' });
    await box.fill('a servce:x op:');
    await page.getByRole('listbox', { name: 'Suggestions' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.idle();
    await accessible(page);
    await page.keyboard.press('Escape');
    for (const name of ['Any time ▾', '☆ Saved ▾']) {
      await page.getByRole('button', { name }).click();
      await page.idle();
      await accessible(page);
      await page.keyboard.press('Escape');
    }
    page.quiet();
  }
});
