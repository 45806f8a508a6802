// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { criticalPath } from '../../../trace/critical-path.js';
import { selfTimes } from '../../../trace/self-time.js';
import { idleGaps, shareOf, timeAt, timeScale } from '../../../trace/time-scale.js';
import { forest, random, trace } from './make.js';

/** @import { Segments, Trace } from '../../../types.js' */

/**
 * The segments of a path as text: "name from-to", by time.
 * @param {Trace} t
 * @param {Segments} path
 */
function segments(t, path) {
  const all = [];
  for (let i = 0; i < t.count; i++) {
    for (let s = path.first[i]; s < path.first[i + 1]; s++) all.push({ name: t.names[t.name[i]], from: path.from[s], to: path.to[s] });
  }
  return all.sort((a, b) => a.from - b.from).map((s) => `${s.name} ${s.from}-${s.to}`);
}

test('the critical path', () => {
  /** @type {Record<string, [Parameters<typeof trace>[0], string[]]>} */
  const cases = {
    'a span waits for its children': [
      [{ span: ['root', -1, 0, 100] }, { span: ['a', 0, 10, 30] }, { span: ['b', 0, 40, 90] }],
      ['root 0-10', 'a 10-30', 'root 30-40', 'b 40-90', 'root 90-100'],
    ],
    'the child that ends last': [
      [{ span: ['root', -1, 0, 100] }, { span: ['slow', 0, 10, 90] }, { span: ['fast', 0, 10, 50] }],
      ['root 0-10', 'slow 10-90', 'root 90-100'],
    ],
    'a child that still ran when the next began was not waited for': [
      [{ span: ['root', -1, 0, 100] }, { span: ['a', 0, 10, 60] }, { span: ['b', 0, 50, 90] }],
      ['root 0-50', 'b 50-90', 'root 90-100'],
    ],
    'a child that outlives its parent counts until then': [
      [{ span: ['root', -1, 0, 100] }, { span: ['child', 0, 50, 150] }, { span: ['below', 1, 60, 140] }],
      ['root 0-50', 'child 50-60', 'below 60-100'],
    ],
    'but a consumer that does so does not': [
      [{ span: ['root', -1, 0, 100] }, { span: ['worker', 0, 50, 150], kind: 5 }],
      ['root 0-100'],
    ],
    'a child outside of its parent does not': [
      [{ span: ['root', -1, 0, 100] }, { span: ['late', 0, 100, 150] }],
      ['root 0-100'],
    ],
    'a child that begins before its parent counts from then on': [
      [{ span: ['child', 1, 5, 50] }, { span: ['root', -1, 10, 100] }],
      ['child 10-50', 'root 50-100'],
    ],
    'roots, one after the other and at once': [
      [{ span: ['first', -1, 0, 40] }, { span: ['below', 0, 5, 35] }, { span: ['lost', -2, 30, 60] }, { span: ['later', -1, 80, 90] }],
      ['first 0-5', 'below 5-30', 'lost 30-60', 'later 80-90'],
    ],
    'spans without duration': [[{ span: ['root', -1, 0, 0] }, { span: ['child', 0, 0, 0] }], []],
    'nothing': [[], []],
  };
  for (const [name, [spans, want]] of Object.entries(cases)) {
    const t = trace(spans);
    assert.deepEqual(segments(t, criticalPath(t)), want, name);
  }
  const t = trace(cases['a child that outlives its parent counts until then'][0]);
  assert.deepEqual(segments(t, criticalPath(t, 1)), ['child 50-60', 'below 60-140', 'child 140-150']);
});

test('the critical path of random trees is one span at a time, and the root has no hole', () => {
  for (let seed = 1; seed < 30; seed++) {
    const t = forest(500, seed);
    const path = criticalPath(t);
    const all = segments(t, path).map((s) => s.split(' ').at(-1)?.split('-').map(Number) ?? []);
    for (let i = 1; i < all.length; i++) assert.ok(all[i - 1][1] <= all[i][0], `seed ${seed}: ${all[i - 1]} and ${all[i]}`);
    // Span 0 lasts from the beginning; what runs on after it may be lost spans.
    const covered = all.reduce((sum, [from, to]) => sum + to - from, 0);
    assert.ok(covered >= t.durations[0], `seed ${seed}: ${covered} of ${t.durations[0]}`);
    for (let i = 0; i < t.count; i++) {
      for (let s = path.first[i]; s < path.first[i + 1]; s++) {
        assert.ok(path.from[s] >= t.starts[i] && path.to[s] <= t.starts[i] + t.durations[i]);
      }
    }
  }
});

test('the self time is what no child covers', () => {
  const t = trace([
    { span: ['root', -1, 0, 100] }, { span: ['a', 0, 10, 30] }, { span: ['inside a', 0, 12, 20] }, { span: ['over a', 0, 25, 40] }, { span: ['longer', 0, 90, 200] },
  ]);
  assert.deepEqual([...selfTimes(t)], [60, 20, 8, 15, 110]);
  for (let seed = 1; seed < 10; seed++) {
    const t = forest(60, seed);
    const self = selfTimes(t);
    for (let i = 0; i < t.count; i++) {
      let own = 0;
      for (let at = t.starts[i]; at < t.starts[i] + t.durations[i]; at++) {
        let covered = false;
        for (let c = i + 1; c < t.end[i] && !covered; c = t.end[c]) covered = t.starts[c] <= at && at < t.starts[c] + t.durations[c];
        if (!covered) own++;
      }
      assert.equal(self[i], own, `seed ${seed}, span ${i}`);
    }
  }
});

const s = 1e9;

test('idle gaps', () => {
  /** @type {Record<string, [[string, number, number, number][], number[][]]>} */
  const cases = {
    'nothing runs': [[['a', -1, 0, 1], ['b', -1, 20, 21]], [[1, 20]]],
    'only a span that waits runs': [[['job', -1, 0, 30], ['before', 0, 0, 1], ['after', 0, 29, 30]], [[1, 29]]],
    'the last in a span': [[['job', -1, 0, 30], ['before', 0, 0, 1]], [[1, 30]]],
    'a span without children works': [[['job', -1, 0, 30], ['query', 0, 0, 30], ['other', 0, 29, 30]], []],
    'it may be busy that shortly': [[['job', -1, 0, 4], ['before', 0, 0, 0.1]], []],
    'not the most of the trace': [[['a', -1, 0, 10], ['b', -1, 20, 30]], []],
    'three': [[['a', -1, 0, 1], ['b', -1, 3600, 3601], ['c', -1, 7200, 7201], ['d', -1, 7202, 7203], ['e', -1, 90000, 90001]], [[1, 3600], [3601, 7200], [7203, 90000]]],
    'one span': [[['a', -1, 0, 10]], []],
    'no span': [[], []],
  };
  for (const [name, [spans, want]] of Object.entries(cases)) {
    const t = trace(spans.map(([n, p, from, to]) => ({ span: [n, p, from * s, to * s] })));
    assert.deepEqual(idleGaps(t).map((g) => [g.from / s, g.to / s]), want, name);
  }
  const t = trace([{ span: ['a', -1, 0, s] }, { span: ['b', -1, 20 * s, 21 * s] }]);
  assert.deepEqual(idleGaps(t, 1), []);

  const beats = trace(Array.from({ length: 1000 }, (_, i) => ({ span: ['beat', -1, i * 10, i * 10 + 1 + (i % 2)] })));
  const gaps = idleGaps(beats);
  assert.equal(gaps.length, 50);
  assert.ok(gaps.every((g, i) => g.to - g.from === 9 && (i === 0 || g.from > gaps[i - 1].from)));
});

test('a scale without gaps is even', () => {
  const scale = timeScale(0, 200);
  assert.deepEqual([-100, 0, 50, 200, 300].map((at) => shareOf(scale, at)), [-0.5, 0, 0.25, 1, 1.5]);
  assert.equal(timeAt(scale, 0.75), 150);
  assert.equal(shareOf(timeScale(0, 0), 0), 0);
});

test('a scale with gaps', () => {
  const scale = timeScale(0, 30 * s, [{ from: s, to: 29 * s }]);
  assert.deepEqual(scale.gaps, [{ from: s, to: 29 * s }]);
  assert.equal(shareOf(scale, s), 0.48);
  assert.equal(shareOf(scale, 29 * s), 0.52);
  assert.equal(timeAt(scale, 0.5), 15 * s);
  // Zoomed into the first second there is no gap, and zoomed into the gap nothing else.
  assert.deepEqual(timeScale(0, s, [{ from: s, to: 29 * s }]).gaps, []);
  assert.deepEqual(timeScale(2 * s, 3 * s, [{ from: s, to: 29 * s }]).gaps, []);
  // At its edge, the rest of the width is that of the rest of the time.
  assert.equal(shareOf(timeScale(0, 2 * s, [{ from: s, to: 29 * s }]), s), 0.96);
});

test('a scale goes both ways', () => {
  const next = random(3);
  for (let round = 0; round < 200; round++) {
    /** @type {{ from: number, to: number }[]} */
    const gaps = [];
    for (let at = next(1000); gaps.length < next(40); at += 1 + next(1e6)) gaps.push({ from: at, to: (at += 1 + next(1e9)) });
    const end = (gaps.at(-1)?.to ?? 0) + 1 + next(1e6);
    const from = next(2) ? 0 : next(end);
    const scale = timeScale(from, end, gaps);
    assert.equal(shareOf(scale, from), 0);
    assert.equal(shareOf(scale, Math.max(end, from + 1)), 1);
    let before = -Infinity;
    for (let i = 0; i <= 50; i++) {
      const at = from + ((end - from) * i) / 50;
      const share = shareOf(scale, at);
      assert.ok(share >= before);
      before = share;
      assert.ok(Math.abs(timeAt(scale, share) - at) <= (end - from) * 1e-9, `${timeAt(scale, share)} is not ${at}`);
    }
    const shrunk = scale.gaps.reduce((sum, g) => sum + shareOf(scale, g.to) - shareOf(scale, g.from), 0);
    assert.ok(shrunk <= 0.3 + 1e-9 || !scale.gaps.length);
  }
});
