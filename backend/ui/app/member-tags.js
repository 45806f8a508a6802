// SPDX-License-Identifier: Apache-2.0

/** @import { Folds, SpanView, Trace } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { tellingTag } from '../trace/fold.js';
import { spanViews, viewOf } from '../trace/span-view.js';
import { loadSpans } from './load-spans.js';

/**
 * The tags that tell the members of groups apart.
 * @typedef {object} MemberTags
 * @property {Trace | null} trace
 * @property {Map<number, string>} keys the tag of a group; "": there is none
 * @property {Map<number, string>} values of a span; "": it has none
 */

/** Of so many members the tag is chosen, and of so many spans are tags asked at once. */
const [sample, batch] = [100, 300];
/** How much of a value is kept, UTF-16 units. */
const longest = 100;

/** What is known so far. @type {Atom<MemberTags>} */
export const memberTags = new Atom(/** @type {MemberTags} */ ({ trace: null, keys: new Map(), values: new Map() }));

let loading = false;

/**
 * Loads what tells some members of groups from the others, as far as it is not
 * known. While something is loaded it does nothing: who sees memberTags change
 * calls it again.
 * @param {Trace} t
 * @param {Folds} folds
 * @param {number[]} spans members of groups
 */
export async function loadMemberTags(t, folds, spans) {
  const known = memberTags.value.trace === t ? memberTags.value : { trace: t, keys: new Map(), values: new Map() };
  const missing = spans.filter((i) => !known.values.has(i)).slice(0, batch);
  if (!missing.length || loading) return;
  loading = true;
  /** @type {SpanView[]} */
  let views = [];
  const fold = folds.of[missing[0]];
  const chosen = known.keys.has(fold);
  // The first of a group choose the tag, by which the others are named later.
  const wanted = chosen ? missing.filter((i) => known.keys.has(folds.of[i])) : [...folds.members.subarray(folds.first[fold], Math.min(folds.first[fold + 1], folds.first[fold] + sample))];
  try {
    views = spanViews(await loadSpans(t, wanted, AbortSignal.timeout(30_000)), t.start);
  } catch {
    // They stay without: the page does not depend on it.
  }
  loading = false;
  if (!chosen) known.keys.set(fold, tellingTag(views));
  for (const i of wanted) {
    const key = known.keys.get(folds.of[i]) ?? '';
    const text = (key && viewOf(t, i, views)?.tags.find((tag) => tag.key === key)?.text) ?? '';
    known.values.set(i, text.slice(0, longest));
  }
  memberTags.value = { ...known };
}
