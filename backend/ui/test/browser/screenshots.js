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
  const worth = await largest('service:frontend status:error');
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const page = await open(browser, backend.url, { colorScheme, viewport: { width: 1280, height: 720 }, deviceScaleFactor: 1.5 });
    const shoot = async (name, path) => {
      await page.visit(path);
      await page.screenshot({ path: join(folder, `${name}${colorScheme === 'dark' ? '-dark' : ''}.png`) });
    };
    await shoot('ui-trace', `/trace/${worth.traceID}`);
    await shoot('ui-traces', '/');
    page.quiet();
    await page.context().close();
  }
} finally {
  await browser.close();
  await backend.stop();
}

/** Runs the shop, which sends to the backend. @param {string[]} args */
async function shop(args) {
  const env = { ...process.env, JAEGER_ENDPOINT: `http://${backend.ports['thrift-http']}/api/traces` };
  const [code] = await once(spawn(process.env.SHOP ?? 'shop', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  if (code) throw new Error(`the shop ended with ${code}`);
}

/** The trace with the most spans. @param {string} q */
async function largest(q) {
  const answer = await fetch(`${backend.url}/api/search?order=spans&limit=1&q=${encodeURIComponent(q)}`);
  const { traces } = await answer.json();
  if (!traces?.length) throw new Error(`no trace matches ${q}`);
  return traces[0];
}
