// SPDX-License-Identifier: Apache-2.0

import { tokens } from './tokens.js';
import { fields } from './words.js';
import { writeKey, writeValue } from './write.js';

/**
 * What is being written at a place of a text.
 * @typedef {object} Spot
 * @property {'key' | 'value' | 'nothing'} what
 * @property {number} from where in the text it stands
 * @property {number} to
 * @property {string} typed what of it is before the caret, without quotes
 * @property {string} key of a value: what it is compared with
 * @property {string} field of a value: the word of words.js, "" for a tag's
 * @property {string} op
 * @property {boolean} first nothing is before it
 */

/**
 * Something that can be written there.
 * @typedef {object} Item
 * @property {string} text what stands in the search then
 * @property {string} about
 * @property {boolean} [more] more has to follow: a value
 */

/** How many values and names are offered. */
const most = 50;

/**
 * @param {string} text
 * @param {number} caret
 * @returns {Spot}
 */
export function spotAt(text, caret) {
  const list = tokens(text);
  const spot = { from: caret, to: caret, typed: '', key: '', field: '', op: '', first: !list.some((t) => t.end <= caret) };
  const at = list.findIndex((t, i) => (t.kind === 'value' ? caret >= list[i - 1].end && caret <= t.end : t.kind !== 'op' && caret > t.start && caret <= t.end));
  const t = list[at];
  if (!t) return { ...spot, what: list.some((o) => o.kind === 'op' && caret > o.start && caret < o.end) ? 'nothing' : 'key' };
  if (t.kind === 'open' || t.kind === 'not') return { ...spot, what: 'key' };
  if (t.kind === 'value') {
    const key = list[at - 2];
    const field = !key.quoted && fields.has(key.text) ? key.text : '';
    const from = Math.min(Math.max(t.start, list[at - 1].end), caret);
    return { ...spot, what: 'value', from, to: t.end, typed: typed(text, t.start, caret), key: key.text, field, op: list[at - 1].text };
  }
  if (t.kind !== 'key' && t.kind !== 'keyword') return { ...spot, what: 'nothing' };
  return { ...spot, what: 'key', from: t.start, to: t.end, typed: typed(text, t.start, caret), op: list[at + 1]?.kind === 'op' ? list[at + 1].text : '' };
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} caret
 */
function typed(text, start, caret) {
  return text.slice(start, caret).replace(/^"/, '');
}

/**
 * What can stand where a condition begins.
 * @param {Spot} spot
 * @param {{ services: string[], keys: string[] }} known
 * @returns {Item[]}
 */
export function keyItems(spot, known) {
  const lower = spot.typed.toLowerCase();
  const words = [...fields].filter(([name]) => name.startsWith(lower)).map(([name, f]) => ({ text: spot.op ? name : name + (f.of === 'duration' ? '>' : ':'), about: f.about, more: !spot.op }));
  const services = lower ? known.services.filter((s) => s.toLowerCase().includes(lower)).map((s) => ({ text: `service:${writeValue(s)}`, about: 'service' })) : [];
  const keys = known.keys.map((k) => ({ text: writeKey(k) + (spot.op ? '' : '='), about: 'tag', more: !spot.op }));
  const between = spot.first || !lower ? [] : ['AND', 'OR', 'NOT'].filter((k) => k.startsWith(spot.typed)).map((text) => ({ text, about: 'between conditions', more: true }));
  return [...words, ...between, ...(spot.op ? [] : services.slice(0, most)), ...keys.slice(0, most)];
}

/**
 * What a value can be.
 * @param {Spot} spot
 * @param {string[]} known values of the field or tag
 * @returns {Item[]}
 */
export function valueItems(spot, known) {
  const { typed } = spot;
  const of = fields.get(spot.field);
  if (of?.values) return of.values.filter((v) => v.startsWith(typed.toLowerCase())).map((text) => ({ text, about: '' }));
  if (of?.of === 'duration') return times(typed, ['1ms', '10ms', '100ms', '1s', '10s'], ['us', 'ms', 's', 'm'], () => '');
  if (of?.of === 'time') return times(typed, ['5m', '15m', '1h', '6h', '1d', '3d'], ['m', 'h', 'd'], (t) => `${t} ago`);
  const lower = typed.toLowerCase();
  return known.filter((v) => v.toLowerCase().includes(lower)).slice(0, most).map((v) => ({ text: writeValue(v), about: '' }));
}

/**
 * @param {string} typed
 * @param {string[]} usual
 * @param {string[]} units
 * @param {(text: string) => string} about
 */
function times(typed, usual, units, about) {
  const all = /^\d+(\.\d*)?$/.test(typed) ? [...units.map((u) => typed + u), ...usual] : usual;
  return [...new Set(all)].filter((t) => t.startsWith(typed)).map((text) => ({ text, about: about(text) }));
}

/**
 * The text with an item in its place, and where the caret is then.
 * @param {string} text
 * @param {Spot} spot
 * @param {Item} item
 */
export function complete(text, spot, item) {
  const [before, after] = [text.slice(0, spot.from), text.slice(spot.to)];
  const gap = before === '' || spot.what === 'value' || /[\s({-]$/.test(before) ? '' : ' ';
  const stop = /[>:=]$/.test(item.text) && item.more || /^[\s)}:=!~<>]/.test(after) ? '' : ' ';
  const head = before + gap + item.text + stop;
  return { text: head + after, caret: head.length };
}

/**
 * The services that a text names.
 * @param {string} text
 */
export function servicesIn(text) {
  const list = tokens(text);
  return list.filter((t, i) => t.kind === 'value' && list[i - 2].text === 'service' && !list[i - 2].quoted && t.text && /^[:=]$/.test(list[i - 1].text)).map((t) => t.text);
}
