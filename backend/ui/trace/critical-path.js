// SPDX-License-Identifier: Apache-2.0

/** @import { Segments, Trace } from '../types.js' */

/**
 * The critical path: at each moment the span that the trace was waiting for,
 * found by walking back from the end. A span waits for the child that ends last,
 * before that for the one that ends last before this one starts, and so on;
 * between them, for itself. What a child runs on after its parent does not
 * count, and a consumer that does so is not waited for at all.
 * @param {Trace} t
 * @param {number} [focus] the span whose subtree alone counts, -1: all do
 * @returns {Segments}
 */
export function criticalPath(t, focus = -1) {
  /** @type {number[]} */
  const spans = [];
  /** @type {number[]} */
  const from = [];
  /** @type {number[]} */
  const to = [];
  /**
   * Spans that are being walked: at is the moment that the walk came back to.
   * @typedef {{ span: number, from: number, to: number, at: number, children: number[], next: number }} Walk
   */
  /** @type {Walk[]} */
  const walks = [];
  if (focus < 0) enter(-1, 0, t.duration);
  else enter(focus, t.starts[focus], t.starts[focus] + t.durations[focus]);
  for (let walk = walks.at(-1); walk; walk = walks.at(-1)) {
    let child = -1;
    let end = 0;
    // Children by end, the last first.
    while (walk.next >= 0) {
      const c = walk.children[walk.next--];
      end = endOf(c, walk);
      // Roots do not wait for each other: what ran last before counts.
      if (walk.span < 0) end = Math.min(end, walk.at);
      if (end <= walk.at && end > walk.from && end > t.starts[c]) {
        child = c;
        break;
      }
    }
    if (child < 0) {
      emit(walk.span, walk.from, walk.at);
      walks.pop();
      continue;
    }
    emit(walk.span, end, walk.at);
    walk.at = Math.max(t.starts[child], walk.from);
    enter(child, walk.at, end);
  }
  return bySpan(t.count, spans, from, to);

  /**
   * @param {number} span
   * @param {number} start
   * @param {number} end
   */
  function enter(span, start, end) {
    const children = childrenOf(t, span);
    const walk = { span, from: start, to: end, at: end, children, next: children.length - 1 };
    children.sort((a, b) => endOf(a, walk) - endOf(b, walk));
    walks.push(walk);
  }

  /**
   * @param {number} child
   * @param {Walk} walk its parent's, or that of the whole trace
   */
  function endOf(child, walk) {
    const end = t.starts[child] + t.durations[child];
    if (end <= walk.to) return end;
    return t.kind[child] === 5 || t.starts[child] >= walk.to ? Infinity : walk.to;
  }

  /**
   * @param {number} span
   * @param {number} start
   * @param {number} end
   */
  function emit(span, start, end) {
    if (span < 0 || end <= start) return;
    spans.push(span);
    from.push(start);
    to.push(end);
  }
}

/**
 * @param {Trace} t
 * @param {number} span -1: the roots
 */
function childrenOf(t, span) {
  /** @type {number[]} */
  const children = [];
  const end = span < 0 ? t.count : t.end[span];
  for (let i = span + 1; i < end; i = t.end[i]) children.push(i);
  return children;
}

/**
 * @param {number} count
 * @param {number[]} spans the latest segment first
 * @param {number[]} from
 * @param {number[]} to
 * @returns {Segments}
 */
function bySpan(count, spans, from, to) {
  const first = new Int32Array(count + 1);
  for (const s of spans) first[s + 1]++;
  for (let i = 0; i < count; i++) first[i + 1] += first[i];
  const next = first.slice();
  const path = { first, from: new Float64Array(spans.length), to: new Float64Array(spans.length) };
  for (let i = spans.length - 1; i >= 0; i--) {
    const at = next[spans[i]]++;
    path.from[at] = from[i];
    path.to[at] = to[i];
  }
  return path;
}
