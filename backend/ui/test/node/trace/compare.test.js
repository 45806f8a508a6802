// SPDX-License-Identifier: Apache-2.0

/** @import { Comparison, Paths, Trace } from '../../../types.js' */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { membersOf, sharedGaps } from '../../../trace/compare-time.js';
import { changes, compare, compareRows, differences, hashAt, pathAt, sums } from '../../../trace/compare.js';
import { criticalPath } from '../../../trace/critical-path.js';
import { pathsOf } from '../../../trace/paths.js';
import { selfTimes } from '../../../trace/self-time.js';
import { forest, trace } from './make.js';

// In b the database is slower and fails, is asked once more, and mail is new; the cache is gone.
const before = trace([
  { span: ['buy', -1, 0, 100] },
  { span: ['get', 0, 10, 20], service: 'cache' },
  { span: ['read', 0, 20, 40], service: 'db', kind: 3 },
  { span: ['pay', 0, 50, 90], service: 'bank' },
]);
const after = trace([
  { span: ['buy', -1, 0, 190] },
  { span: ['read', 0, 20, 80], service: 'db', kind: 3 },
  { span: ['read', 0, 80, 140], service: 'db', kind: 3, status: 2 },
  { span: ['pay', 0, 141, 181], service: 'bank' },
  { span: ['send', 0, 182, 186], service: 'mail' },
]);
const of = (/** @type {Trace} */ a, /** @type {Trace} */ b) => compare(pathsOf(a), pathsOf(b));

/** Each row as "  db read slower". @param {Comparison} c @param {string} by */
function lines(c, by, options = {}) {
  const d = differences(c, by);
  return [...compareRows(c, d, options).rows].map((at) => `${' '.repeat(c.depth[at])}${pathAt(c, at).service} ${pathAt(c, at).name} ${changes[d.change[at]]} ${d.delta[at]}`);
}

test('two traces are one tree of paths', () => {
  const c = of(before, after);
  assert.deepEqual(lines(c, 'self'), ['a buy faster -4', ' cache get gone -10', ' db read slower 100', ' bank pay same 0', ' mail send new 4']);
  assert.deepEqual([...c.end], [5, 2, 3, 4, 5]);
  assert.deepEqual([...c.parent], [-1, 0, 0, 0, 0]);
  assert.deepEqual([...c.inA], [0, 1, 2, 3, -1]);
  assert.deepEqual([...c.inB], [0, -1, 1, 2, 3]);
});

test('what the differences come to', () => {
  const c = of(before, after);
  const self = sums(c, differences(c, 'self'));
  assert.equal(self.delta, 90);
  assert.deepEqual(self.counts, { new: 1, gone: 1, slower: 1, faster: 1, failing: 1 });
  assert.deepEqual(self.services.map((s) => `${s.service} ${s.delta}`), ['db 100', 'cache -10', 'a -4', 'mail 4', 'bank 0']);
  assert.equal(sums(c, differences(c, 'critical')).delta, after.duration - before.duration);
});

test('rows that fit, by their place or their difference', () => {
  const c = of(before, after);
  assert.deepEqual(lines(c, 'self', { only: 'new' }), ['a buy faster -4', ' mail send new 4']);
  assert.deepEqual(lines(c, 'self', { only: 'failing', sort: 'time' }), [' db read slower 100']);
  assert.deepEqual(lines(c, 'self', { find: ' DB re ' }), ['a buy faster -4', ' db read slower 100']);
  assert.deepEqual(lines(c, 'self', { find: 'nothing' }), []);
  assert.deepEqual(lines(c, 'self', { only: 'slower', find: 'pay' }), []);
  assert.deepEqual(lines(c, 'self', { sort: 'time' }), [' db read slower 100', ' cache get gone -10', 'a buy faster -4', ' mail send new 4', ' bank pay same 0']);
  assert.deepEqual(lines(c, 'self', { collapsed: new Set([hashAt(c, 0)]) }), ['a buy faster -4']);
  assert.equal(lines(c, 'self', { only: 'what is this' }).length, 5);
  const { fits, count } = compareRows(c, differences(c, 'self'), { only: 'new' });
  assert.deepEqual([[...fits], count], [[0, 0, 0, 0, 1], 1]);
});

test('a trace beside itself differs in nothing', () => {
  const t = forest(3000, 5);
  const c = of(t, t);
  assert.equal(c.count, pathsOf(t).count);
  for (const by of ['self', 'critical']) {
    const { delta, counts, services } = sums(c, differences(c, by));
    assert.deepEqual([delta, Object.values(counts), services.every((s) => s.delta === 0)], [0, [0, 0, 0, 0, 0], true]);
  }
});

test('traces of nothing in common are beside each other', () => {
  const c = of(trace([{ span: ['x', -1, 0, 10] }, { span: ['y', 0, 1, 2] }]), trace([{ span: ['z', -1, 0, 30] }]));
  assert.deepEqual(lines(c, 'self'), ['a x gone -9', ' a y gone -1', 'a z new 30']);
});

/** Names on the way to a path, as text. @param {Paths} p @param {number} at @returns {string} */
const key = (p, at) => (p.parent[at] < 0 ? '' : key(p, p.parent[at]) + '/') + JSON.stringify([p.trace.services[p.service[at]], p.trace.names[p.name[at]], p.kind[at]]);

/** Spans and times by path, computed span by span. @param {Trace} t @param {Float64Array} times */
function plain(t, times) {
  /** @type {Map<string, { spans: number, errors: number, time: number }>} */
  const all = new Map();
  for (let i = 0; i < t.count; i++) {
    let text = '';
    for (let s = i; s >= 0; s = t.parent[s]) text = JSON.stringify([t.services[t.service[s]], t.names[t.name[s]], t.kind[s]]) + (text && '/') + text;
    const sum = all.get(text) ?? { spans: 0, errors: 0, time: 0 };
    all.set(text, { spans: sum.spans + 1, errors: sum.errors + Number(t.status[i] === 2), time: sum.time + times[i] });
  }
  return all;
}

test('figures are those that adding up span by span gives', () => {
  for (let seed = 1; seed < 8; seed++) {
    const traces = [forest(900, seed, { services: 3, names: 3 }), forest(1100, seed + 50, { services: 4, names: 4 })];
    const c = of(traces[0], traces[1]);
    for (const by of ['self', 'critical']) {
      const [a, b] = traces.map((t) => plain(t, by === 'self' ? selfTimes(t) : waited(t)));
      const d = differences(c, by);
      const seen = new Set();
      for (let at = 0; at < c.count; at++) {
        const { paths, path } = pathAt(c, at);
        const text = key(paths, path);
        assert.ok(!seen.has(text), 'a path comes once');
        seen.add(text);
        assert.deepEqual([c.inA[at] >= 0, c.inB[at] >= 0], [a.has(text), b.has(text)]);
        assert.ok(Math.abs(d.delta[at] - ((b.get(text)?.time ?? 0) - (a.get(text)?.time ?? 0))) < 1e-3);
        assert.equal(c.inB[at] < 0 ? undefined : c.b.errors[c.inB[at]], b.get(text)?.errors);
        assert.ok(c.parent[at] < at && c.end[at] > at && (c.parent[at] < 0 || (c.end[c.parent[at]] >= c.end[at] && text.startsWith(key(pathAt(c, c.parent[at]).paths, pathAt(c, c.parent[at]).path)))));
      }
      assert.equal(seen.size, new Set([...a.keys(), ...b.keys()]).size);
      const whole = (/** @type {Map<string, { time: number }>} */ m) => [...m.values()].reduce((sum, { time }) => sum + time, 0);
      assert.ok(Math.abs(sums(c, d).delta - (whole(b) - whole(a))) < 1e-2);
    }
  }
});

/** For how long each span was waited for. @param {Trace} t */
function waited(t) {
  const { first, from, to } = criticalPath(t);
  return Float64Array.from(t.starts, (_, i) => {
    let sum = 0;
    for (let s = first[i]; s < first[i + 1]; s++) sum += to[s] - from[s];
    return sum;
  });
}

test('siblings keep the order that they have in b, and in a', () => {
  for (let seed = 1; seed < 5; seed++) {
    const c = of(forest(500, seed, { services: 2, names: 6 }), forest(500, seed + 20, { services: 2, names: 6 }));
    for (const one of /** @type {const} */ (['b', 'a'])) {
      const inOne = one === 'b' ? c.inB : c.inA;
      const last = new Map();
      for (let at = 0; at < c.count; at++) {
        if (inOne[at] < 0 || (one === 'a' && c.inB[at] >= 0)) continue; // of a, those that are gone
        const up = c[one].parent[inOne[at]];
        assert.ok((last.get(up) ?? -1) < inOne[at]);
        last.set(up, inOne[at]);
      }
    }
  }
});

test('the spans of each path, by start', () => {
  const p = pathsOf(forest(2000, 3, { services: 2, names: 3 }));
  const { first, members } = membersOf(p);
  assert.equal(members.length, p.trace.count);
  for (let at = 0; at < p.count; at++) {
    const mine = [...members.subarray(first[at], first[at + 1])];
    assert.deepEqual(mine, Array.from(p.of, (path, i) => (path === at ? i : -1)).filter((i) => i >= 0).sort((x, y) => p.trace.starts[x] - p.trace.starts[y] || x - y));
  }
});

test('when both are idle', () => {
  const [long, short] = [
    trace([{ span: ['a', -1, 0, 10] }, { span: ['b', -1, 1000, 1010] }, { span: ['c', -1, 3000, 3010] }]),
    trace([{ span: ['a', -1, 0, 10] }, { span: ['b', -1, 500, 520] }]),
  ];
  assert.deepEqual(sharedGaps(long, short), [{ from: 10, to: 500 }, { from: 520, to: 1000 }, { from: 1010, to: 3000 }]);
  assert.deepEqual(sharedGaps(short, long), sharedGaps(long, short));
});

test('a chain of 20,000 paths', () => {
  const chain = trace(Array.from({ length: 20_000 }, (_, i) => ({ span: /** @type {[string, number, number, number]} */ (['n', i - 1, i, 60_000 - i]) })));
  const c = of(chain, chain);
  assert.deepEqual([c.count, c.depth[19_999], c.end[0]], [20_000, 19_999, 20_000]);
});
