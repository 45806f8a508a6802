// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleAt, idleTimes, spanAround } from '../../../trace/idle.js';
import { forest, trace } from './make.js';

/** @import { Trace } from '../../../types.js' */

/**
 * As text: "10-20 after a before b in c".
 * @param {Trace} t
 * @param {number} [focus]
 */
function idle(t, focus) {
  const name = (/** @type {number} */ i) => (i < 0 ? '-' : t.names[t.name[i]]);
  return idleTimes(t, focus).map((g) => `${g.from}-${g.to} after ${name(g.before)} before ${name(g.after)} in ${name(spanAround(t, g))}`);
}

test('when nothing ran, between which spans', () => {
  /** @type {Record<string, [[string, number, number, number][], string[]]>} */
  const cases = {
    'none': [[['a', -1, 0, 10]], []],
    'no span': [[], []],
    'between two roots': [[['a', -1, 0, 10], ['b', -1, 30, 40]], ['10-30 after a before b in -']],
    'while a span waits': [[['job', -1, 0, 50], ['a', 0, 0, 10], ['b', 0, 30, 50]], ['10-30 after a before b in job']],
    'at both ends': [[['job', -1, 0, 50], ['a', 0, 5, 10]], ['0-5 after - before a in job', '10-50 after a before - in job']],
    'the one that ended last': [[['job', -1, 0, 50], ['long', 0, 0, 20], ['short', 0, 5, 10], ['b', 0, 30, 50]], ['20-30 after long before b in job']],
    'the innermost': [[['job', -1, 0, 50], ['step', 0, 0, 40], ['a', 1, 0, 10], ['b', 1, 30, 50]], ['10-30 after a before b in step']],
    'moments without duration end it': [[['job', -1, 0, 50], ['a', 0, 0, 10], ['tick', 0, 20, 20], ['b', 0, 30, 50]], ['10-20 after a before tick in job', '20-30 after tick before b in job']],
  };
  for (const [name, [spans, want]] of Object.entries(cases)) assert.deepEqual(idle(trace(spans.map((span) => ({ span })))), want, name);
  const t = trace([{ span: ['a', -1, 0, 10] }, { span: ['job', -1, 20, 60] }, { span: ['b', 1, 30, 40] }]);
  assert.deepEqual(idle(t, 1), ['20-30 after - before b in job', '40-60 after b before - in job']);
});

test('of a moment', () => {
  const all = idleTimes(trace([{ span: ['a', -1, 0, 10] }, { span: ['b', -1, 30, 40] }]));
  assert.deepEqual(idleAt(all, 20), all[0]);
  assert.equal(idleAt(all, 5), undefined);
});

test('of random trees: at each moment either a span without children runs or it is idle', () => {
  for (let seed = 1; seed < 12; seed++) {
    const t = forest(80, seed);
    const all = idleTimes(t);
    for (let k = 0; k < 300; k++) {
      const at = (t.duration * k) / 300 + 0.5;
      let works = false;
      for (let i = 0; i < t.count; i++) works ||= t.end[i] === i + 1 && t.starts[i] <= at && at < t.starts[i] + t.durations[i];
      assert.equal(works, !all.some((g) => g.from <= at && at < g.to), `seed ${seed} at ${at}`);
    }
  }
});
