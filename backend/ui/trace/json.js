// SPDX-License-Identifier: Apache-2.0

/** @import { AnyValue, JSONLine, JSONNode, Tag } from '../types.js' */

/** JSON that is longer, UTF-16 units, or deeper is shown as text. */
const longest = 1_000_000;
const deepest = 100;

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const space = /[ \t\r\n]*/y;

/**
 * Reads an object or a list, with all digits of its numbers, which JSON.parse
 * would round.
 * @param {string} text
 * @returns {JSONNode | null} null when it is something else
 */
export function parseJSON(text) {
  if (text.length > longest || !/^\s*[[{]/.test(text)) return null;
  let at = 0;
  try {
    const node = value(0);
    take(space);
    return at === text.length ? node : null;
  } catch {
    return null;
  }

  /** @param {RegExp} pattern sticky */
  function take(pattern) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) throw new SyntaxError();
    at += found[0].length;
    return found[0];
  }

  /** @param {string} c */
  function next(c) {
    take(space);
    if (text[at] !== c) return false;
    at++;
    return true;
  }

  /** @param {string} c */
  function must(c) {
    if (!next(c)) throw new SyntaxError();
  }

  /**
   * @param {number} depth
   * @returns {JSONNode}
   */
  function value(depth) {
    if (depth > deepest) throw new SyntaxError();
    take(space);
    switch (text[at]) {
      case '{':
      case '[':
        return list(text[at] === '{' ? 'object' : 'array', depth);
      case '"':
        return leaf('string', JSON.parse(take(string)));
      case 't':
        return leaf('bool', take(/true/y));
      case 'f':
        return leaf('bool', take(/false/y));
      case 'n':
        return leaf('null', take(/null/y));
      default:
        return leaf('number', take(number));
    }
  }

  /**
   * @param {'object' | 'array'} kind
   * @param {number} depth
   */
  function list(kind, depth) {
    at++;
    const close = kind === 'object' ? '}' : ']';
    /** @type {JSONNode['entries']} */
    const entries = [];
    if (next(close)) return { kind, text: '', entries };
    do {
      let key = '';
      if (kind === 'object') {
        take(space);
        key = JSON.parse(take(string));
        must(':');
      }
      entries.push({ key, node: value(depth + 1) });
    } while (next(','));
    must(close);
    return { kind, text: '', entries };
  }
}

/**
 * @param {Exclude<JSONNode['kind'], 'object' | 'array'>} kind
 * @param {string} text
 * @returns {JSONNode}
 */
function leaf(kind, text) {
  return { kind, text, entries: [] };
}

/**
 * A value of OTLP. Bytes are a string, as base64.
 * @param {AnyValue} v
 * @returns {JSONNode}
 */
export function fromAnyValue(v, depth = 0) {
  if (depth > deepest) return leaf('string', '…');
  if (v.stringValue !== undefined) return leaf('string', v.stringValue);
  if (v.boolValue !== undefined) return leaf('bool', String(v.boolValue));
  if (v.intValue !== undefined) return leaf('number', String(v.intValue));
  if (v.doubleValue !== undefined) return leaf(Number.isFinite(Number(v.doubleValue)) ? 'number' : 'string', String(v.doubleValue));
  if (v.bytesValue !== undefined) return leaf('string', v.bytesValue);
  if (v.arrayValue) return { kind: 'array', text: '', entries: (v.arrayValue.values ?? []).map((e) => ({ key: '', node: fromAnyValue(e, depth + 1) })) };
  if (v.kvlistValue) return { kind: 'object', text: '', entries: (v.kvlistValue.values ?? []).map((e) => ({ key: e.key, node: fromAnyValue(e.value ?? {}, depth + 1) })) };
  return leaf('null', 'null');
}

/**
 * The object or list that a tag is, or that its text says.
 * @param {Tag} tag
 * @returns {JSONNode | null}
 */
export function jsonOf(tag) {
  if (tag.type === 'list' || tag.type === 'map') return fromAnyValue(tag.value);
  return tag.type === 'string' ? parseJSON(tag.text) : null;
}

/**
 * The lines of a value, as far as it is open.
 * @param {JSONNode} root
 * @param {(path: string, depth: number) => boolean} isOpen
 * @returns {JSONLine[]}
 */
export function jsonLines(root, isOpen) {
  /** @type {JSONLine[]} */
  const lines = [];
  walk(root, '', null, 0);
  return lines;

  /**
   * @param {JSONNode} node
   * @param {string} path
   * @param {string | null} key
   * @param {number} depth
   */
  function walk(node, path, key, depth) {
    const open = node.entries.length > 0 && isOpen(path, depth);
    lines.push({ path, depth, key, node, open });
    if (!open) return;
    node.entries.forEach((e, i) => walk(e.node, path ? `${path}.${i}` : String(i), node.kind === 'object' ? e.key : null, depth + 1));
  }
}

/**
 * Writes a value as JSON.
 * @param {JSONNode} node
 * @param {string} [indent] of a level; "": all in one line
 * @returns {string}
 */
export function write(node, indent = '', before = '') {
  if (node.kind === 'string') return JSON.stringify(node.text);
  if (node.kind !== 'object' && node.kind !== 'array') return node.text;
  const [open, close] = node.kind === 'object' ? '{}' : '[]';
  if (!node.entries.length) return open + close;
  const inner = before + indent;
  const parts = node.entries.map((e) => (node.kind === 'object' ? `${JSON.stringify(e.key)}:${indent && ' '}` : '') + write(e.node, indent, inner));
  return indent ? `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${before}${close}` : open + parts.join(',') + close;
}
