// SPDX-License-Identifier: Apache-2.0

// Each page for everybody's eyes and hands: axe, and what geometry can tell.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible } from './axe.js';
import { startBackend } from './backend.js';
import { launch, open } from './browser.js';
import { tidy } from './geometry.js';
import { expected, fill, pages } from './pages.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  await fill(backend);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

for (const [name, path] of Object.entries(pages)) {
  test(name, async () => {
    const page = await open(browser, backend.url, { colorScheme: 'light' });
    await page.visit(path);
    for (const [kind, width, height] of /** @type {const} */ ([['wide', 1280, 800], ['twice', 640, 400], ['narrow', 390, 800]])) { // twice the size, and a phone
      await page.setViewportSize({ width, height });
      await page.idle();
      await tidy(page);
      for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
        if (kind === 'twice') continue; // axe finds in it what it finds in a phone
        await page.emulateMedia({ colorScheme });
        await page.idle();
        await page.shot(`${name}-${colorScheme}-${kind}`);
        await accessible(page);
      }
    }
    page.quiet(expected);
    await page.context().close();
  });
}

test('what is wrong is found', async () => {
  const page = await open(browser, backend.url);
  await page.visit('/status');
  await page.evaluate(() => {
    const host = document.createElement('div');
    host.attachShadow({ mode: 'open' }).append(...['first words', 'other words'].map((text) => {
      const p = document.createElement('p');
      p.textContent = text;
      for (const [key, value] of Object.entries({ position: 'absolute', top: '200px', left: '40px' })) p.style.setProperty(key, value);
      return p;
    }), document.createElement('button'));
    document.body.append(host);
  });
  await assert.rejects(tidy(page), /overlaps/);
  await assert.rejects(accessible(page), /button-name/);
  page.quiet();
  await page.evaluate(() => document.body.setAttribute('style', 'color: red'));
  await assert.rejects(async () => page.quiet(), /Content Security Policy/);
  await page.evaluate(() => fetch('http://127.0.0.1:9/').catch(() => 0));
  assert.ok(page.faults.some((f) => /http:\/\/127.0.0.1:9\//.test(f)), 'another host');
});
