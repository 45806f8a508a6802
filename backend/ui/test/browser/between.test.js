// SPDX-License-Identifier: Apache-2.0

// What stands between the page and the server, and addresses where nothing is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  await store(backend, seeds.one());
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

const login = { contentType: 'text/html; charset=utf-8', body: '<!doctype html><title>Log in</title>' };

for (const [what, answer] of /** @type {const} */ ([
  ['redirects to it', { status: 302, headers: { location: '/status' } }],
  ['answers with it', { status: 200, ...login }],
])) {
  test(`a login that ${what} is said to be one`, async () => {
    const page = await open(browser, backend.url);
    await page.route('**/api/**', (route) => route.fulfill(answer));
    for (const path of ['/', `/trace/${seeds.ids.one}`, '/status']) {
      await page.visit(path);
      const said = page.getByRole('alert').filter({ hasText: /reload this one, and log in again/ });
      await said.first().waitFor({ timeout: 5000 });
      assert.equal(await page.getByText(/does not answer|JSON|Unexpected/).count(), 0, path);
    }
    await page.visit('/');
    await page.locator('import-button input').setInputFiles({ name: 'one.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(seeds.one())) });
    await page.locator('import-drop li', { hasText: 'one.json' }).getByText(/log in again/).waitFor({ timeout: 5000 });
    page.quiet();
    await page.context().close();
  });
}

test('an address where nothing is says so, and leads back', async () => {
  const page = await open(browser, backend.url);
  const response = await page.goto(`${backend.url}/zzz?q=1`);
  await page.idle();
  assert.equal(response?.status(), 404);
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await page.getByRole('link', { name: 'All traces' }).click();
  await page.getByRole('link', { name: 'lonely' }).first().waitFor();
  page.quiet(/404/);
});
