// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collapseAll, collapseOne } from '../../../trace/collapse.js';
import { criticalPath } from '../../../trace/critical-path.js';
import { hiddenSpans } from '../../../trace/filter.js';
import { find } from '../../../trace/find.js';
import { foldSiblings } from '../../../trace/fold.js';
import { visible } from '../../../trace/rows.js';
import { selfTimes } from '../../../trace/self-time.js';
import { statistics } from '../../../trace/statistics.js';
import { treeText } from '../../../trace/text.js';
import { idleGaps, shareOf, timeScale } from '../../../trace/time-scale.js';
import { fromOutline } from '../../../trace/trace.js';
import { forest, outline } from './make.js';

/** The least CPU time of nine runs, ms: other processes do not count. @param {() => unknown} f */
function best(f) {
  let least = Infinity;
  for (let i = 0; i < 9; i++) {
    const start = process.cpuUsage();
    f();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

test('230,000 spans', (t) => {
  const n = 230_000;
  const trace = forest(n, 7);
  const wide = outline(Array.from({ length: n }, (_, i) => (i ? 0 : -1)));
  wide.durations[0] = n + 10;
  const flat = fromOutline(wide);
  const nested = outline(Array.from({ length: n }, (_, i) => i - 1));
  nested.durations = nested.starts.map((start) => 2 * (n - start));
  nested.duration = String(2 * n);
  const deep = fromOutline(nested);
  const json = JSON.stringify(outline(Array.from({ length: n }, (_, i) => (i ? Math.floor(i / 3) : -1))));
  const siblings = foldSiblings(flat);
  const every = find(deep, 'n').mask;
  const folds = foldSiblings(trace);
  const self = selfTimes(trace);
  const hidden = hiddenSpans(trace, ['service:service-1', 'kind:client', 'shorter:5us'])?.mask;
  const only = find(trace, '/thing/7').mask;
  const scale = timeScale(0, trace.duration, idleGaps(trace));
  const all = { folds, hidden, only, collapsed: collapseAll(trace), open: new Set([1, 2, 3]) };
  /** @type {[string, number, () => unknown][]} what it does, ms that it may take */
  const cases = [
    ['read the outline', 1000, () => fromOutline(JSON.parse(json))],
    ['visible', 50, () => visible(trace)],
    ['visible, folded', 50, () => visible(trace, { folds })],
    ['visible, folded, filtered, found', 50, () => visible(trace, { ...all, collapsed: new Set() })],
    ['visible, with all of it', 50, () => visible(trace, all)],
    ['visible, 229,999 siblings', 50, () => visible(flat, { folds: siblings, open: new Set([0]) })],
    ['visible, 230,000 levels', 50, () => visible(deep, { only: every })],
    ['collapse all', 100, () => collapseAll(trace)],
    ['collapse a level', 100, () => collapseOne(trace, new Set())],
    ['folds', 100, () => foldSiblings(trace)],
    ['self times', 50, () => selfTimes(trace)],
    ['critical path', 200, () => criticalPath(trace)],
    ['critical path, 229,999 siblings', 200, () => criticalPath(flat)],
    ['critical path, 230,000 levels', 1000, () => criticalPath(deep)],
    ['filter', 50, () => hiddenSpans(trace, ['service:service-1', 'kind:client', 'shorter:5us'])],
    ['find a name', 50, () => find(trace, '/thing/7')],
    ['find a pair', 100, () => find(trace, 'service-3 get /thing/7')],
    ['find an id', 50, () => find(trace, '000abc')],
    ['find 23,000 spans that the server found', 200, () => find(trace, 'x', trace.ids.slice(0, 23_000 * 16))],
    ['idle gaps', 300, () => idleGaps(trace)],
    ['shares of all spans', 50, () => trace.starts.forEach((s) => shareOf(scale, s))],
    ['statistics by both', 200, () => statistics(trace, 'both', { self })],
    ['text', 100, () => treeText(trace)],
  ];
  for (const [name, most, f] of cases) {
    const ms = best(f);
    t.diagnostic(`${name}: ${ms.toFixed(1)} ms of CPU`);
    assert.ok(ms < most, `${name} takes ${ms} ms, may take ${most}`);
  }
});
