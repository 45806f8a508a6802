// SPDX-License-Identifier: Apache-2.0

/** @import { Link, LinkPattern, LinkSource, SpanView, Tag, Trace } from '../types.js' */
import { cut, number } from '../lib/format.js';
import { parameter } from './link-pattern.js';
import { rootOf } from './trace.js';

/** Of an address, in characters; servers refuse longer ones. */
const longest = 16_000;

/**
 * The links of a tag, or of a trace, for which all values are there.
 * @param {LinkPattern[]} patterns
 * @param {LinkPattern['type']} type what the tag is of
 * @param {LinkSource} source
 * @param {Tag[]} [tags] the tag and those beside it
 * @param {Tag} [tag]
 * @returns {Link[]}
 */
export function linksOf(patterns, type, source, tags = [], tag = undefined) {
  return patterns.filter((p) => p.type === type && (!tag || applies(p, tag))).map((p) => fill(p, source, tags)).filter((l) => !l.problem);
}

/**
 * Whether a tag gets the link.
 * @param {LinkPattern} pattern
 * @param {Tag} tag
 */
export function applies({ key }, tag) {
  return !key || key.includes(tag.key);
}

/**
 * Puts values into a pattern, encoded in its address.
 * @param {LinkPattern} pattern
 * @param {LinkSource} source
 * @param {Tag[]} tags that are looked at first
 * @returns {Link}
 */
export function fill(pattern, source, tags) {
  let problem = '';
  const put = (/** @type {string} */ template, /** @type {(value: string) => string} */ encode) => template.replace(parameter, (_, inner) => {
    const [name, ...functions] = inner.split('|').map((/** @type {string} */ s) => s.trim());
    let value = valueOf(name, source, tags);
    if (value === undefined) problem ||= `there is no value ${cut(name, 100)}`;
    for (const f of functions) {
      if (value === undefined) break;
      const before = value;
      value = change(f, before);
      if (value === undefined) problem ||= `${cut(f, 100)} cannot change ${cut(before, 100)}`;
    }
    return encode((value ?? '').toWellFormed());
  });
  const text = cut(put(pattern.text, String), 200);
  const address = put(pattern.url, encodeURIComponent);
  if (address.length > longest) problem ||= `its address would have ${number(address.length)} characters`;
  const read = (/** @type {string} */ s) => (URL.canParse(s, source.base) ? new URL(s, source.base) : null);
  const url = read(address);
  // Empty values could make a host of the path "/#{a}/#{b}".
  const [one, other] = ['x', 'y'].map((v) => read(pattern.url.replace(parameter, v))?.host);
  if (!url || !['http:', 'https:', 'mailto:'].includes(url.protocol) || (one !== undefined && one === other && one !== url.host)) problem ||= `${cut(address, 200)} is no address of a page`;
  return { url: problem || !url ? '' : url.href, text, problem };
}

/**
 * What a function makes of a value; undefined: it cannot.
 * @param {string} text "add 60000000"
 * @param {string} value
 */
function change(text, value) {
  const [called, argument, sign] = text.split(/\s+/);
  const whole = /^-?\d{1,20}$/.test(value);
  if (called === 'pad_start') return value.padStart(Number(argument), sign);
  if (called === 'add') {
    if (whole) return String(BigInt(value) + BigInt(Number(argument)));
    return value.trim() && Number.isFinite(Number(value)) ? String(Number(value) + Number(argument)) : undefined;
  }
  const date = new Date(whole ? Math.floor(Number(value) / 1000) : NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/**
 * The value of a name: of a tag beside, of the span or trace itself, of another
 * tag of the span or its process, or of the trace's root.
 * @param {string} name
 * @param {LinkSource} source
 * @param {Tag[]} tags
 * @returns {string | undefined}
 */
function valueOf(name, { trace, view, root }, tags) {
  const [, scope, rest] = /^(trace|span|process|resource)\.(.+)$/s.exec(name) ?? [];
  const beside = textOf(tags, name);
  if (beside !== undefined) return beside;
  if (!view) return ofTrace(trace, scope === 'trace' ? rest : name);
  const scoped = { trace: () => ofTrace(trace, rest), span: () => ofSpan(view, trace, rest) ?? textOf(view.tags, rest), process: () => ofProcess(view, rest) }[scope === 'resource' ? 'process' : scope];
  return scoped?.() ?? ofSpan(view, trace, name) ?? textOf(view.tags, name) ?? ofProcess(view, name) ?? (root ? textOf(root.tags, name) ?? ofProcess(root, name) : undefined);
}

/**
 * @param {Tag[]} tags
 * @param {string} key
 */
function textOf(tags, key) {
  return tags.find((tag) => tag.key === key)?.text;
}

/**
 * @param {SpanView} v
 * @param {string} key
 */
function ofProcess(v, key) {
  return key === 'service.name' ? v.service : textOf(v.process, key);
}

// What Jaeger's UI calls these. Times are µs, since 1970.

/**
 * @param {Trace} t
 * @param {string} name
 */
function ofTrace(t, name) {
  const root = rootOf(t);
  if (name === 'traceName') return root < 0 ? undefined : `${t.services[t.service[root]]}: ${t.names[t.name[root]]}`;
  return name === 'traceID' ? t.id : ofTime(t.start, t.duration, name);
}

/**
 * @param {SpanView} v
 * @param {Trace} t
 * @param {string} name
 */
function ofSpan(v, t, name) {
  return new Map([['traceID', t.id], ['spanID', v.spanID], ['operationName', v.name], ['serviceName', v.service]]).get(name) ?? ofTime(v.startTime, v.duration, name);
}

/**
 * @param {bigint} start ns since 1970
 * @param {number} duration ns
 * @param {string} name
 */
function ofTime(start, duration, name) {
  if (name === 'startTime') return String(start / 1000n);
  if (name === 'endTime') return String((start + BigInt(Math.round(duration))) / 1000n);
  return name === 'duration' ? String(Math.floor(duration / 1000)) : undefined;
}
