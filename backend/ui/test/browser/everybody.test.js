// SPDX-License-Identifier: Apache-2.0

// Each page for everybody's eyes and hands: axe, and what geometry can tell.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible } from './axe.js';
import { startBackend, store } from './backend.js';
import { launch, open } from './browser.js';
import { tidy } from './geometry.js';
import * as seeds from './seeds.js';

/** @type {Awaited<ReturnType<typeof startBackend>>} */ let backend;
/** @type {import('playwright-core').Browser} */ let browser;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  for (const traces of [seeds.one(), seeds.siblings(), seeds.cycle(), seeds.orphan(), seeds.hostile(), seeds.gap(), seeds.tree(seeds.ids.hundred, 100)]) await store(backend, traces);
});
after(async () => {
  await browser?.close();
  await backend?.stop();
});

const pages = {
  traces: '/', 'traces-form': '/?form=1', 'traces-wrong': '/?q=dur%3E', 'traces-none': '/?q=service%3Anobody',
  status: '/status',
  trace: `/trace/${seeds.ids.hundred}`, 'trace-span': `/trace/${seeds.ids.hundred}?span=0000000000000003`,
  'trace-table': `/trace/${seeds.ids.hundred}?view=table`, 'trace-logs': `/trace/${seeds.ids.hundred}?view=logs`,
  'trace-hostile': `/trace/${seeds.ids.hostile}?span=0000000000000001`, 'trace-cycle': `/trace/${seeds.ids.cycle}`, 'trace-gap': `/trace/${seeds.ids.gap}`,
  'trace-unknown': `/trace/${seeds.ids.huge}`,
};
const expected = /status of 40[04]/; // the wrong search and the unknown trace

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const [name, path] of Object.entries(pages)) {
    test(`${name}, ${colorScheme}`, async () => {
      const page = await open(browser, backend.url, { colorScheme });
      await page.visit(path);
      await page.shot(`${name}-${colorScheme}`);
      await accessible(page);
      await tidy(page);
      for (const [kind, width, height] of /** @type {const} */ ([['twice', 640, 400], ['narrow', 390, 800]])) { // twice the size, and a phone
        await page.setViewportSize({ width, height });
        await page.idle();
        await page.shot(`${name}-${colorScheme}-${kind}`);
        await tidy(page);
      }
      await accessible(page);
      page.quiet(expected);
      await page.context().close();
    });
  }
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
