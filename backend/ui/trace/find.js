// SPDX-License-Identifier: Apache-2.0

/** @import { Marked, SpanView, Trace } from '../types.js' */

/**
 * The spans whose service, name, or both with a space between, have the text in
 * them, in capitals or not, or whose id has it; of ids, four digits are needed.
 * @param {Trace} t
 * @param {string} text "": none
 * @returns {Marked}
 */
export function find(t, text) {
  const mask = new Uint8Array(t.count);
  const found = { mask, count: 0, errors: 0 };
  const wanted = text.trim().toLowerCase();
  if (!wanted) return found;
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
  if (/^[0-9a-f]{4,16}$/.test(wanted)) {
    for (let at = t.ids.indexOf(wanted); at >= 0; at = t.ids.indexOf(wanted, at + 1)) {
      if ((at % 16) + wanted.length <= 16) mask[Math.floor(at / 16)] = 1;
    }
  }
  for (let i = 0; i < t.count; i++) {
    if (!mask[i]) continue;
    found.count++;
    if (t.status[i] === 2) found.errors++;
  }
  return found;
}

/**
 * Whether a span has a text in its service, name, status message, a tag or a
 * log, in capitals or not.
 * @param {SpanView} view
 * @param {string} text
 */
export function viewHas(view, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return false;
  const has = (/** @type {string} */ s) => s.toLowerCase().includes(wanted);
  const tagHas = (/** @type {{ key: string, text: string }} */ tag) => has(tag.key) || has(tag.text);
  return [view.service, view.name, view.statusMessage, view.spanID].some(has)
    || [view.tags, view.process, view.scope.tags].some((tags) => tags.some(tagHas))
    || view.logs.some((log) => has(log.name) || log.tags.some(tagHas));
}
