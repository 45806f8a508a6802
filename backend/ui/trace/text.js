// SPDX-License-Identifier: Apache-2.0

/** @import { Rows, SpanView, Trace } from '../types.js' */
import { count, cut, duration } from '../lib/format.js';
import { foldSiblings } from './fold.js';
import { visible } from './rows.js';
import { rootOf } from './trace.js';

/** What is copied has at most so many rows, and so much of a name, UTF-16 units. */
const mostRows = 5000;
const mostMarkdownRows = 200;
const longestName = 120;

/**
 * A trace in a line: "checkout GET /cart, 1.2 s, 24 spans, 3 services, 1 error".
 * @param {Trace} t
 */
export function headline(t) {
  const errors = t.status.reduce((n, s) => n + (s === 2 ? 1 : 0), 0);
  const parts = [t.count ? label(t, rootOf(t)) : 'no spans', duration(t.duration), count(t.total - t.doubles, 'span'), count(t.services.length, 'service')];
  if (errors) parts.push(count(errors, 'error'));
  return parts.join(', ');
}

/**
 * The tree as text, a line a row: name, start and duration.
 * @param {Trace} t
 * @param {Rows} [rows] those to write, unless given all, with equal siblings as one
 * @param {number} [most] how many of them
 */
export function treeText(t, rows = visible(t, { folds: foldSiblings(t) }), most = mostRows) {
  const n = Math.min(rows.rows.length, most);
  const lines = Array.from({ length: n }, (_, r) => {
    const row = rows.rows[r];
    const indent = '  '.repeat(Math.min(rows.levels[r], 40));
    if (row < 0) {
      const g = rows.groups[~row];
      const errors = g.errors ? `, ${count(g.errors, 'error')}` : '';
      const first = g.members[0];
      return [`${indent}${label(t, first)} × ${g.members.length}`, `+${duration(t.starts[first])}`, `${duration(sum(t.durations, g.members))} together${errors}`];
    }
    return [indent + label(t, row), `+${duration(t.starts[row])}`, duration(t.durations[row]) + (t.status[row] === 2 ? ', error' : '')];
  });
  const width = (/** @type {number} */ column) => Math.min(100, lines.reduce((w, l) => Math.max(w, l[column].length), 0));
  const [names, starts] = [width(0), width(1)];
  const text = lines.map(([name, start, rest]) => `${name.padEnd(names)}  ${start.padStart(starts)}  ${rest}\n`).join('');
  const left = rows.rows.length - n;
  return text + (left ? `… ${count(left, 'more row')}\n` : '');
}

/**
 * @param {Trace} t
 * @param {Rows} [rows]
 */
export function traceText(t, rows) {
  return `trace ${t.id}: ${headline(t)}\n\n${treeText(t, rows)}`;
}

/**
 * The trace for an issue or a chat that reads Markdown.
 * @param {Trace} t
 * @param {string} link to the trace
 * @param {Rows} [rows]
 */
export function traceMarkdown(t, link, rows) {
  const tree = treeText(t, rows, mostMarkdownRows);
  return `**[${escape(headline(t))}](${link})**\n\n${fence(tree)}\n`;
}

/**
 * A span with its tags, for an issue or a chat that reads Markdown.
 * @param {SpanView} view
 * @param {string} link to the span
 */
export function spanMarkdown(view, link) {
  const title = `${nameLine(view.service)} ${nameLine(view.name)}, ${duration(view.duration)}${view.status === 2 ? ', error' : ''}`;
  const rows = [...view.tags, ...view.process].map((tag) => `| ${cell(tag.key)} | ${cell(tag.text)} |\n`).join('');
  const message = view.statusMessage ? `\n${fence(view.statusMessage + '\n')}\n` : '';
  return `**[${escape(title)}](${link})**\n${message}${rows ? `\n| tag | value |\n| --- | --- |\n${rows}` : ''}`;
}

/**
 * The command that fetches an address.
 * @param {string} url
 */
export function curl(url) {
  return `curl -fsS '${url.replaceAll("'", "'\\''")}'`;
}

/**
 * @param {Trace} t
 * @param {number} span
 */
function label(t, span) {
  return `${nameLine(t.services[t.service[span]])} ${nameLine(t.names[t.name[span]])}`;
}

/** One line of a name. @param {string} s */
function nameLine(s) {
  return cut(s.replaceAll(/\p{C}+/gu, ' ').trim(), longestName);
}

/** @param {string} s */
function escape(s) {
  return s.replaceAll(/[\\`*_{}[\]<>|#&~!]/g, '\\$&');
}

/** @param {string} s */
function cell(s) {
  return escape(cut(s, 500)).replaceAll(/\s*\n\s*/g, ' ');
}

/** A block of code, whose fence is longer than those in it. @param {string} s ends with a line feed */
function fence(s) {
  const longest = Math.max(2, ...[...s.matchAll(/`+/g)].map((m) => m[0].length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}text\n${s}${marks}`;
}

/**
 * @param {Float64Array} column
 * @param {Int32Array} spans
 */
function sum(column, spans) {
  let total = 0;
  for (const i of spans) total += column[i];
  return total;
}
