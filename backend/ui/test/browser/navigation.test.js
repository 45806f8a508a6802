// SPDX-License-Identifier: Apache-2.0

// Where one can go, by mouse, by keyboard, back and forward, and below a path.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { schema } from '../../lib/url.js';
import { launch, open } from './browser.js';
import { fill, pages } from './pages.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {Awaited<ReturnType<typeof startBackend>>} */ let below;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, below, browser] = await Promise.all([startBackend(), startBackend(['--query.base-path=/jaeger']), launch()]);
  for (const b of [backend, below]) await fill(b);
  const many = Array.from({ length: 60 }, (_, i) => seeds.otlp((1000 + i).toString(16).padStart(32, '0'), [{ service: 'many', name: `job ${i}`, parent: -1, start: 0, duration: 1e6 }]));
  await store(backend, { resourceSpans: many.flatMap((t) => t.resourceSpans) });
});
after(async () => {
  await browser?.close();
  await Promise.all([backend?.stop(), below?.stop()]);
});

/** The page that the list links to, whose ids are without their zeros. */
const cart = `/trace/${seeds.ids.siblings.slice(16)}`;

const where = (/** @type {import('playwright-core').Page} */ page) => {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
};

test('back and forward show what was there', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/?q=service%3Acart');
  await page.getByRole('link', { name: 'GET /cart' }).first().click();
  await page.idle();
  const trace = where(page);
  assert.equal(trace, cart);
  await page.getByRole('link', { name: 'Status' }).click();
  await page.idle();
  assert.equal(where(page), '/status');

  await page.goBack();
  await page.idle();
  assert.equal(where(page), trace);
  assert.ok(await page.getByText('SELECT item').count());
  await page.goBack();
  await page.idle();
  assert.equal(where(page), '/?q=service%3Acart');
  assert.equal(await page.getByRole('link', { name: 'lonely' }).count(), 0);
  assert.ok(await page.getByRole('link', { name: 'GET /cart' }).count());
  await page.goForward();
  await page.idle();
  assert.ok(await page.getByText('SELECT item').count());
  await page.reload();
  await page.idle();
  assert.equal(where(page), trace);
  page.quiet();
});

test('each page is one step of back and forward', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/');
  const shown = async () => {
    await page.idle();
    const [title, heading, current] = [await page.title(), await page.getByRole('heading', { level: 1 }).innerText(), await page.locator('nav [aria-current=page]').innerText()];
    assert.equal(heading, current);
    assert.equal(title, `${heading} · spur`);
    return [where(page), heading];
  };
  const all = [await shown()];
  for (const name of ['Compare', 'Services', 'Map', 'Status']) {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
    all.push(await shown());
  }
  assert.deepEqual(all, [['/', 'Traces'], ['/compare', 'Compare'], ['/services', 'Services'], ['/map', 'Map'], ['/status', 'Status']]);
  for (const was of all.slice(0, -1).reverse()) {
    await page.goBack();
    assert.deepEqual(await shown(), was);
  }
  for (const was of all.slice(1)) {
    await page.goForward();
    assert.deepEqual(await shown(), was);
  }
  page.quiet();
});

for (const width of [1280, 390]) {
  test(`Back from a trace leads to its row, ${width} px wide`, async () => {
    const page = await open(browser, backend.url, { viewport: { width, height: 800 } });
    await page.visit('/');
    const row = page.getByRole('row', { selected: true });
    const top = () => page.locator('traces-page').evaluate((e) => e.scrollTop);
    for (let i = 0; i < 40; i++) await page.keyboard.press('j');
    await page.idle();
    const [name, scrolled] = [await row.innerText(), await top()];
    assert.ok(scrolled > 100);
    await page.keyboard.press('Enter');
    await page.idle();
    assert.match(page.url(), /\/trace\//);
    await page.goBack();
    await page.idle();
    assert.deepEqual([await row.innerText(), await top()], [name, scrolled]);
    await page.keyboard.press('k');
    await page.keyboard.press('Enter'); // the list has the focus again
    await page.idle();
    assert.match(page.url(), /\/trace\//);
    await page.goBack();
    await page.locator('trace-list').getByRole('link').nth(3).click();
    await page.idle();
    const id = new URL(page.url()).pathname.slice('/trace/'.length);
    await page.goBack();
    await page.idle();
    assert.ok((await row.getByRole('link').getAttribute('href'))?.endsWith(id));
    page.quiet();
    await page.context().close();
  });
}

test('a link to a span shows the span', async () => {
  const page = await open(browser, backend.url);
  const address = `/trace/${seeds.ids.siblings}?span=00000000000000c8&fold=0`; // the 200th
  await page.visit(address);
  assert.equal(where(page), address);
  const row = page.getByRole('row', { selected: true });
  assert.equal(await row.count(), 1);
  const box = await row.boundingBox();
  assert.ok(box && box.y > 0 && box.y < 800, 'it is in sight');
  assert.ok(await page.locator('span-panel').getByText('SELECT item').count());
  page.quiet();
});

test('everything works below a path', async () => {
  assert.ok(below.url.endsWith('/jaeger'), below.url);
  const page = await open(browser, below.url); // it may ask nothing outside of it
  await page.visit('/');
  await page.getByRole('link', { name: 'GET /cart' }).first().click();
  await page.idle();
  assert.equal(where(page), `/jaeger${cart}`);
  await page.getByRole('link', { name: 'Status' }).click();
  await page.idle();
  assert.equal(where(page), '/jaeger/status');
  await page.getByRole('link', { name: 'Traces' }).click();
  await page.idle();
  assert.match(where(page), /^\/jaeger\/?$/);
  for (const href of await page.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))) assert.match(String(href), /^(\/jaeger\/|https?:)/);
  page.quiet();
});

test('no page leads out of the path that it is below', async () => {
  const page = await open(browser, below.url);
  for (const [name, path] of Object.entries(pages)) {
    await page.visit(path);
    const links = await page.locator('a').evaluateAll((all) => all.map((a) => /** @type {HTMLAnchorElement} */ (a).href));
    assert.ok(links.length >= 5, name);
    assert.deepEqual(links.filter((link) => new URL(link).host === new URL(below.url).host && !`${link}/`.startsWith(`${below.url}/`)), [], name);
  }
  page.quiet(/status of 40[04]/);
});

const nonsense = ['nonsense', '-1', '1e999', '', '\u202e<img src=x onerror=alert(1)>', 'x'.repeat(2000)];
const addresses = ['/', `/trace/${seeds.ids.hundred}`, `/compare?a=${seeds.ids.one}&b=${seeds.ids.hundred}`, '/services', '/services?service=frontend', '/map', '/status'];

test('parameters that say nothing do no harm, and those of others are kept', async () => {
  const page = await open(browser, backend.url);
  for (const address of addresses) {
    const of = /** @type {keyof typeof schema} */ (/^\/(\w*)/.exec(address)?.[1] || 'traces');
    const names = Object.keys(schema[of]).filter((name) => !new URL(address, backend.url).searchParams.has(name));
    const all = nonsense.map((value) => names.map((name) => `${name}=${encodeURIComponent(value)}`).join('&'));
    for (const [i, params] of [...all, ...names.map((name) => `${name}=nonsense`)].entries()) {
      const path = `${address}${address.includes('?') ? '&' : '?'}${params}&utm_source=mail`;
      if (i < all.length) await page.visit(path);
      else await page.evaluate((path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }, path); // as Forward does
      await page.idle();
      assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, page.url());
      assert.match(page.url(), /utm_source=mail/);
      page.quiet(/status of 40[04]/);
    }
  }
});

test('an address of a newer version is shown as far as it goes, and says so', async () => {
  const page = await open(browser, backend.url);
  for (const address of addresses) {
    await page.visit(`${address}${address.includes('?') ? '&' : '?'}v=99`);
    await page.getByText('This address was made by a newer version of spur').waitFor();
  }
  page.quiet();
});

test('with the keyboard alone', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  assert.ok((await page.getByRole('dialog').locator('dt').count()) > 1, 'the page has keys of its own');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });

  await page.keyboard.press('/');
  await page.keyboard.type('service:cart');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.equal(where(page), '/?q=service%3Acart');

  await tabTo(page, 'grid');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.equal(where(page), cart);
  await page.keyboard.press('?');
  const does = await page.getByRole('dialog', { name: 'Keys' }).locator('dd').allInnerTexts();
  assert.ok(does.length > 20);
  assert.deepEqual(does, [...new Set(does)], 'keys that do the same are one row');
  await page.keyboard.press('?');
  await tabTo(page, 'treegrid');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.idle();
  assert.match(where(page), /[?&]span=0000000000000001/);
  page.quiet();
});

test('the zone of times and the theme are kept', async () => {
  for (const width of [1280, 390]) {
    const page = await open(browser, backend.url, { viewport: { width, height: 800 }, colorScheme: 'light' });
    await page.visit('/status');
    assert.ok(Number((await page.locator('header:has(nav)').boundingBox())?.height) < 50, 'one line');
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByText('UTC+1').first().waitFor();
    await page.getByRole('button', { name: 'Settings' }).press('Enter');
    await page.getByLabel('Times').selectOption('UTC');
    await page.getByLabel('Theme').selectOption('dark');
    await page.keyboard.press('Escape');
    await page.getByLabel('Theme').waitFor({ state: 'hidden' });
    for (const again of [false, true]) {
      if (again) await page.reload();
      await page.idle();
      assert.equal(await page.getByText('UTC+1').count(), 0);
      assert.notEqual(await background(), light);
    }
    page.quiet();
    await page.context().close();
  }
});

/**
 * Presses Tab until the focus is on an element of that role.
 * @param {import('playwright-core').Page} page
 * @param {string} role
 */
async function tabTo(page, role) {
  const seen = [];
  for (let i = 0; i < 60; i++) {
    const [at, visible] = await page.evaluate(() => {
      let e = document.activeElement;
      while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
      const css = e ? getComputedStyle(e) : null;
      return [`${e?.getAttribute('role') ?? e?.localName}`, css?.outlineStyle !== 'none'];
    });
    if (at === role) return;
    seen.push(at);
    if (at !== 'body' && !/grid$/.test(at)) assert.ok(visible, `the focus on ${at} can be seen`);
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not come to a ${role}: ${seen.join(', ')}`);
}
