// SPDX-License-Identifier: Apache-2.0

// The words of the language of docs/search.md.

/**
 * A word that does not mean a tag of its name.
 * @typedef {object} Field
 * @property {string[]} ops what it is compared with
 * @property {string} about what a condition of it finds
 * @property {string[]} [values] the only ones
 * @property {'duration' | 'time' | 'id' | 'key'} [of] what its value is, when it is not text
 * @property {boolean} [whole] it is of the whole search
 */

const text = [':', '=', '!=', '~', '!~'];
const listed = [':', '=', '!='];
const durations = [':', '=', '!=', '<', '<=', '>', '>='];
const option = [':', '='];

/** What a tag is compared with. */
export const tagOps = ['=', '!=', '~', '!~', '<', '<=', '>', '>='];

/** All comparisons, in the order in which they are tried. */
export const comparisons = ['!=', '!~', '<=', '>=', ':', '=', '~', '<', '>'];

export const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
export const statuses = ['unset', 'ok', 'error'];

/** @type {Map<string, Field>} */
export const fields = new Map([
  ['service', { ops: text, about: 'spans of this service' }],
  ['op', { ops: text, about: 'spans of this name (operation)' }],
  ['status', { ops: listed, values: statuses, about: 'unset, ok or error' }],
  ['kind', { ops: listed, values: kinds, about: 'server, client, producer …' }],
  ['dur', { ops: durations, of: 'duration', about: 'the span took: dur>10ms' }],
  ['trace.dur', { ops: durations, of: 'duration', about: 'the trace took: trace.dur>1s' }],
  ['link', { ops: option, of: 'id', about: 'spans with a link to this trace' }],
  ['has', { ops: option, of: 'key', about: 'spans with a tag of this name' }],
  ['since', { ops: option, of: 'time', whole: true, about: 'started since then: since:1h' }],
  ['until', { ops: option, of: 'time', whole: true, about: 'started before then: until:10m' }],
  ['id', { ops: option, of: 'id', whole: true, about: 'the trace of this id' }],
]);

/** Between conditions, in capitals. */
export const keywords = ['AND', 'OR', 'NOT'];

/** Limits of a text, those of backend/trace/limits.go. */
export const limits = { bytes: 8192, terms: 64, depth: 16, ids: 100, regexpBytes: 512, regexpInstructions: 1000, numberBytes: 100, excerpt: 40 };
