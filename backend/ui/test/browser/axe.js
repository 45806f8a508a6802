// SPDX-License-Identifier: Apache-2.0

// Asks axe-core whether everybody can use a page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Fails with each violation that axe finds on the page as it is now, contrast
 * included, and names the elements.
 * @param {import('playwright-core').Page} page
 */
export async function accessible(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source); // not as a script, which the page's policy forbids
  const violations = await page.evaluate(async (values) => {
    const found = await window.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] });
    return found.violations.map((v) => {
      const where = v.nodes.slice(0, 5).map((n) => `\n    ${n.target.flat().join(' ')}: ${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? n.html.slice(0, 150)}`);
      return `  ${v.id} (${v.impact}): ${v.help}, ${v.nodes.length} times${where.join('')}`;
    });
  }, rules);
  if (violations.length) assert.fail(`${page.url()}\n${violations.join('\n')}`);
}
