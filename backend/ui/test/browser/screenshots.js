// SPDX-License-Identifier: Apache-2.0

// The pictures of docs: traces of examples/shop in a real all-in-one.
// usage: ALL_IN_ONE=… SHOP=… node browser/screenshots.js FOLDER
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startBackend } from './backend.js';
import { launch, open } from './browser.js';

const folder = process.argv[2];
const [backend, browser] = await Promise.all([startBackend(), launch()]);
try {
  await shop(['-load', '8', '-for', '10s']);
  const { traceID, span } = await worthLooking();
  const page = await open(browser, backend.url, { colorScheme: 'light', viewport: { width: 1280, height: 720 }, deviceScaleFactor: 1.5 });
  for (const [name, path] of [['ui-trace', `/trace/${traceID}?span=${span}`], ['ui-traces', '/?q=service:frontend']]) {
    await page.visit(path);
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }
  page.quiet();
} finally {
  await browser.close();
  await backend.stop();
}

/** Runs the shop, which sends to the backend. @param {string[]} args */
async function shop(args) {
  const to = `udp://${backend.ports['thrift-compact']}`;
  const [code] = await once(spawn(process.env.SHOP ?? 'shop', ['-to', to, ...args], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  if (code) throw new Error(`the shop ended with ${code}`);
}

/** An order that was delivered although the bank did not answer at first, and the span that says so. */
async function worthLooking() {
  const q = '{service:payment status:error} {service:delivery}';
  const { traces } = await answer(`/api/search?order=spans&limit=1&q=${encodeURIComponent(q)}`);
  if (!traces.length) throw new Error(`no trace matches ${q}`);
  const { traceID } = traces[0];
  const o = await answer(`/api/trace/${traceID}/outline`);
  const at = o.name.findIndex((/** @type {number} */ name, /** @type {number} */ i) => o.names[name] === 'ask bank' && o.status[i] === '2');
  return { traceID, span: o.ids.slice(at * 16, at * 16 + 16) };
}

/** @param {string} path */
async function answer(path) {
  return (await fetch(backend.url + path)).json();
}
