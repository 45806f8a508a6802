// SPDX-License-Identifier: Apache-2.0

// A real browser, and pages that may not do what pages must not.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** Starts Chromium; CHROMIUM names another one. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/**
 * A page in a profile of its own. `page.quiet()` fails when the page printed an
 * error or warning, broke its Content-Security-Policy, asked another host, threw or
 * raised an alert.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url of the backend
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'Europe/Berlin', ...options });
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
  });
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') faults.push(`console: ${m.text()} ${m.location().url}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.stack}`));
  page.on('dialog', (dialog) => {
    if (dialog.type() === 'alert') faults.push(`alert: ${dialog.message()}`);
    return dialog.type() === 'alert' ? dialog.dismiss() : undefined;
  });
  page.on('request', (r) => {
    if (!r.url().startsWith(url) && !/^(blob|data):/.test(r.url())) faults.push(`asked ${r.url()}`);
  });
  return Object.assign(page, {
    faults,
    /** Goes to a path and waits until the page is idle. @param {string} path */
    async visit(path) {
      await page.goto(url + path);
      await this.idle();
    },
    async idle() {
      await page.evaluate(() => window.uiIdle());
    },
    /** @param {RegExp} [expected] faults that the test provoked */
    quiet(expected = /(?!)/) {
      assert.deepEqual(faults.filter((f) => !expected.test(f)), []);
    },
    /** Saves a picture in $SHOTS, if that is set. @param {string} name */
    async shot(name) {
      if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
    },
  });
}
