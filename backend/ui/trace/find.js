// SPDX-License-Identifier: Apache-2.0

/** @import { Marked, Trace } from '../types.js' */
/** @import { Expr } from '../search/parse.js' */
import { hasBraces, split } from '../search/edit.js';
import { parse } from '../search/parse.js';
import { problemOf } from '../search/problem.js';
import { quote } from '../search/write.js';
import { pathOfID, pathsOf } from './paths.js';
import { spanID } from './trace.js';

/** The path that a text says, as in "path:0badcafe"; "": it is another text. @param {string} text */
export function pathIn(text) {
  return /^path:([0-9a-f]{8})$/.exec(text.trim())?.[1] ?? '';
}

/**
 * The spans whose service, name, or both with a space between, have the text in
 * them, in capitals or not, or whose id has it; of ids, six digits are needed.
 * "path:0badcafe" is all spans of that path (trace/paths.js).
 * @param {Trace} t
 * @param {string} text "": none
 * @param {string} [ids] of spans in which the server found it, 16 hex digits each
 * @returns {Marked}
 */
export function find(t, text, ids = '') {
  const mask = new Uint8Array(t.count);
  const found = { mask, count: 0, errors: 0 };
  const wanted = text.trim().toLowerCase();
  if (!wanted) return found;
  if (pathIn(wanted)) {
    const paths = pathsOf(t);
    const path = pathOfID(paths, pathIn(wanted));
    if (path >= 0) paths.of.forEach((p, i) => { if (p === path) mask[i] = 1; });
    return counted(t, found);
  }
  const inText = (/** @type {string} */ s) => s.toLowerCase().includes(wanted);
  const services = t.services.map(inText);
  const names = t.names.map(inText);
  /** @type {Map<number, boolean> | null} */
  const both = /\s/.test(wanted) ? new Map() : null;
  for (let i = 0; i < t.count; i++) {
    let hit = services[t.service[i]] || names[t.name[i]];
    if (!hit && both) {
      const key = t.service[i] * t.names.length + t.name[i];
      let known = both.get(key);
      if (known === undefined) both.set(key, (known = inText(`${t.services[t.service[i]]} ${t.names[t.name[i]]}`)));
      hit = known;
    }
    if (hit) mask[i] = 1;
  }
  if (/^[0-9a-f]{6,16}$/.test(wanted)) {
    for (let at = t.ids.indexOf(wanted); at >= 0; at = t.ids.indexOf(wanted, at + 1)) {
      if ((at % 16) + wanted.length <= 16) mask[Math.floor(at / 16)] = 1;
    }
  }
  if (ids) {
    /** @type {Set<string>} */
    const known = new Set();
    for (let at = 0; at < ids.length; at += 16) known.add(ids.slice(at, at + 16));
    for (let i = 0; i < t.count; i++) if (known.has(spanID(t, i))) mask[i] = 1;
  }
  return counted(t, found);
}

/**
 * @param {Trace} t
 * @param {Marked} found of which the mask is known
 */
function counted(t, found) {
  for (let i = 0; i < t.count; i++) {
    if (!found.mask[i]) continue;
    found.count++;
    if (t.status[i] === 2) found.errors++;
  }
  return found;
}

/**
 * The search (docs/search.md) that looks for a text where find does not, in
 * tags, logs and messages. What reads as a search with more than words is one.
 * @param {string} text
 */
export function searchFor(text) {
  const wanted = text.trim();
  if (!wanted) return '';
  const where = problemOf(wanted) ? null : parse(wanted).where;
  if (where && !(bare(where) && !hasBraces(wanted) && !split(wanted).options.length)) return wanted;
  return `${quote(wanted)} OR has:${quote(wanted)}`;
}

/** Whether words are all there is. @param {Expr} e @returns {boolean} */
function bare(e) {
  if (e.is === 'term') return e.field === 'tag' && !e.op;
  return e.is !== 'not' && e.args.every(bare);
}
