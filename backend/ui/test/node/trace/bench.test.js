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

/**
 * What is done to a trace, by name.
 * @param {number} n its spans
 * @returns {Map<string, () => unknown>}
 */
function work(n) {
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
  return new Map(Object.entries({
    'read the outline': () => fromOutline(JSON.parse(json)),
    'visible': () => visible(trace),
    'visible, folded': () => visible(trace, { folds }),
    'visible, folded, filtered, found': () => visible(trace, { ...all, collapsed: new Set() }),
    'visible, with all of it': () => visible(trace, all),
    'visible, siblings': () => visible(flat, { folds: siblings, open: new Set([0]) }),
    'visible, levels': () => visible(deep, { only: every }),
    'collapse all': () => collapseAll(trace),
    'collapse a level': () => collapseOne(trace, new Set()),
    'folds': () => foldSiblings(trace),
    'self times': () => selfTimes(trace),
    'critical path': () => criticalPath(trace),
    'critical path, siblings': () => criticalPath(flat),
    'critical path, levels': () => criticalPath(deep),
    'filter': () => hiddenSpans(trace, ['service:service-1', 'kind:client', 'shorter:5us']),
    'find a name': () => find(trace, '/thing/7'),
    'find a pair': () => find(trace, 'service-3 get /thing/7'),
    'find an id': () => find(trace, '000abc'),
    'find what the server found': () => find(trace, 'x', trace.ids.slice(0, Math.floor(n / 10) * 16)),
    'idle gaps': () => idleGaps(trace),
    'shares of all spans': () => trace.starts.forEach((s) => shareOf(scale, s)),
    'statistics by both': () => statistics(trace, 'both', { self }),
    'text': () => treeText(trace),
  }));
}

test('a trace of ten times the spans takes ten times as long, not a hundred', (t) => {
  const [small, large] = [work(23_000), work(230_000)];
  for (const [name, f] of large) {
    const [few, many] = [best(/** @type {() => unknown} */ (small.get(name))), best(f)];
    t.diagnostic(`${name}: ${few.toFixed(1)} ms of CPU for 23,000 spans, ${many.toFixed(1)} for 230,000`);
    assert.ok(many < 50 * few + 20, `${name}: ${few} and ${many} ms`);
  }
});
