// SPDX-License-Identifier: Apache-2.0

// The pictures of docs: an hour of examples/shop in a real all-in-one.
// usage: ALL_IN_ONE=… SHOP=… node browser/screenshots.js FOLDER
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from './backend.js';
import { launch, open } from './browser.js';
import { fill, get } from './history.js';
import { smaller } from './palette.js';

const folder = process.argv[2];
/** Of a picture, at most. */
const maxBytes = 150_000;

const [backend, browser] = await Promise.all([startBackend(), launch()]);
try {
  await fill(backend);
  // An order that was delivered although the bank did not answer at first; one of
  // before and one of after prices became slow; and a van with the orders of three.
  const order = await first('{service:payment status:error} {service:delivery} since:1h until:20m', 'spans');
  const fine = '{op:"POST /checkout"} {service:delivery} -{status:error} -{"waiting for lock"}';
  const before = await first(`${fine} since:1h until:20m`, 'newest');
  const after = await first(`${fine} since:10m`, 'newest');
  const tour = await first('op:"drive tour" since:1h until:20m', 'newest');
  const pages = {
    traces: '/?q=service%3Afrontend',
    trace: `/trace/${order}?span=${await spanOf(order, 'ask bank')}`,
    flame: `/trace/${order}?view=flame`,
    table: `/trace/${order}?view=table`,
    linked: `/trace/${tour}?view=linked`,
    compare: `/compare?a=${before}&b=${after}`,
    beside: `/compare?a=${before}&b=${after}&view=beside`,
    services: '/services',
    service: '/services?service=store&op=GET+%2Fprices%2F%7Bkey%7D',
    map: '/map',
  };
  const page = await open(browser, backend.url, { colorScheme: 'light', viewport: { width: 1200, height: 700 }, deviceScaleFactor: 1.5 });
  const blank = await browser.newPage();
  for (const [name, path] of Object.entries(pages)) {
    await page.visit(path);
    const file = join(folder, `ui-${name}.png`);
    const picture = await smaller(blank, await page.screenshot());
    console.log(`${file}: ${picture.length} bytes`);
    if (picture.length > maxBytes) throw new Error(`${file} has more than ${maxBytes} bytes`);
    await writeFile(file, picture);
  }
  page.quiet();
} finally {
  await browser.close();
  await backend.stop();
}

/**
 * The id of the first trace that a search finds.
 * @param {string} q
 * @param {string} sorted
 */
async function first(q, sorted) {
  const { traces } = await get(backend, `/api/search?order=${sorted}&limit=1&q=${encodeURIComponent(q)}`);
  if (!traces.length) throw new Error(`no trace matches ${q}`);
  return traces[0].traceID;
}

/**
 * The id of the first span of a name that failed.
 * @param {string} trace
 * @param {string} name
 */
async function spanOf(trace, name) {
  const o = await get(backend, `/api/trace/${trace}/outline`);
  const at = o.name.findIndex((/** @type {number} */ n, /** @type {number} */ i) => o.names[n] === name && o.status[i] === '2');
  return o.ids.slice(at * 16, at * 16 + 16);
}
