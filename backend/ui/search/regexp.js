// SPDX-License-Identifier: Apache-2.0

// Whether the server will accept a regular expression: the syntax of
// https://pkg.go.dev/regexp/syntax, which differs from JavaScript's.

import { limits } from './words.js';

/**
 * An operand of what follows.
 * @typedef {object} Item
 * @property {number} size instructions that it needs, at least
 * @property {number} repeats the product of the largest repetitions inside one another
 */

/** @typedef {{ captures: boolean, done: Item[][], items: Item[] }} Group the branches behind, and the one that is read */

/**
 * What is wrong with a regular expression, in the server's words; "" when it is
 * none or one that only the server knows.
 * @param {string} s
 */
export function regexpProblem(s) {
  if (new TextEncoder().encode(s).length > limits.regexpBytes) return `a regular expression longer than ${limits.regexpBytes} bytes`;
  try {
    const size = new Reader(s).whole();
    return size + 2 > limits.regexpInstructions ? 'a regular expression with too many repetitions' : '';
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

class Problem extends Error {
  /**
   * @param {string} what
   * @param {string} where
   */
  constructor(what, where) {
    super(`error parsing regexp: ${what}: \`${where}\``);
  }
}

const quantifier = /[*+?]|\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/y;
const flags = /[imsU]*(?:-[imsU]+)?[:)]/y;
const posix = /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]$/;

class Reader {
  #pos = 0;
  /** @type {Group[]} */ #groups = [{ captures: false, done: [], items: [] }];

  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  /** Its size in instructions, at least. */
  whole() {
    let repeated = -1; // where the repetition before began, if one did
    while (this.#pos < this.text.length) {
      const start = this.#pos;
      quantifier.lastIndex = start;
      const q = quantifier.exec(this.text);
      if (q) this.#repeat(q, repeated);
      else this.#one();
      repeated = q ? start : -1;
    }
    if (this.#groups.length > 1) throw new Problem('missing closing )', this.text);
    return size(this.#groups[0]).size;
  }

  #items() {
    return this.#groups[this.#groups.length - 1].items;
  }

  #one() {
    const c = this.text[this.#pos];
    const group = this.#groups[this.#groups.length - 1];
    switch (c) {
      case '(':
        this.#open();
        return;
      case '|':
        group.done.push(group.items);
        group.items = [];
        break;
      case ')':
        if (this.#groups.length === 1) throw new Problem('unexpected )', this.text);
        this.#groups.pop();
        this.#items().push(size(group));
        break;
      case '[':
        this.#class();
        this.#items().push({ size: 1, repeats: 1 });
        return;
      case '\\':
        this.#escape();
        return;
      default:
        this.#pos += width(this.text, this.#pos) - 1;
        this.#items().push({ size: 1, repeats: 1 });
    }
    this.#pos++;
  }

  /**
   * @param {RegExpExecArray} q
   * @param {number} before
   */
  #repeat(q, before) {
    const start = this.#pos;
    this.#pos += q[0].length;
    const said = () => this.text.slice(start, this.#pos);
    const min = Number(q[1] ?? 0);
    const max = q[1] === undefined ? -1 : q[2] === undefined ? min : q[3] === undefined ? -1 : Number(q[3]);
    if (min > 1000 || max > 1000 || (max >= 0 && min > max)) throw new Problem('invalid repeat count', said());
    if (this.text[this.#pos] === '?') this.#pos++;
    if (before >= 0) throw new Problem('invalid nested repetition operator', this.text.slice(before, this.#pos));
    const items = this.#items();
    const item = items.pop();
    if (!item) throw new Problem('missing argument to repetition operator', said());
    const most = max < 0 ? min : max;
    const repeats = q[1] !== undefined && max !== 0 ? item.repeats * Math.max(most, 1) : max === 0 ? 1 : item.repeats;
    if (most >= 2 && repeats > 1000) throw new Problem('invalid repeat count', said());
    items.push({ size: Math.max(most, 1) * (max === 0 ? 0 : item.size), repeats });
  }

  // A group: ( (?: (?i: (?P<name> (?<name>, or flags for what follows: (?i).
  #open() {
    const { text } = this;
    const start = this.#pos;
    const push = (/** @type {number} */ length, captures = true) => {
      this.#pos += length;
      this.#groups.push({ captures, done: [], items: [] });
    };
    if (text[start + 1] !== '?') {
      push(1);
      return;
    }
    const rest = text.slice(start);
    const named = /^\(\?P?</.exec(rest);
    if (named && rest.length > named[0].length) {
      const end = rest.indexOf('>');
      if (end < 0) throw new Problem('invalid named capture', rest);
      if (!/^\w+$/.test(rest.slice(named[0].length, end))) throw new Problem('invalid named capture', rest.slice(0, end + 1));
      push(end + 1);
      return;
    }
    flags.lastIndex = start + 2;
    const said = flags.exec(text)?.[0];
    if (said?.endsWith(':')) push(2 + said.length, false);
    else if (said) this.#pos += 2 + said.length;
    else throw new Problem('invalid or unsupported Perl syntax', rest.slice(0, badFlag(rest)));
  }

  #escape() {
    const { text } = this;
    const [start, c] = [this.#pos, text[this.#pos + 1] ?? ''];
    if (c === 'Q') {
      const end = text.indexOf('\\E', start + 2);
      for (const _ of text.slice(start + 2, end < 0 ? undefined : end)) this.#items().push({ size: 1, repeats: 1 });
      this.#pos = end < 0 ? text.length : end + 2;
      return;
    }
    if (c === 'C') throw new Problem('invalid escape sequence', '\\C');
    if ('AbBz'.includes(c) && c) this.#pos += 2;
    else if (!this.#set()) this.#character(text);
    this.#items().push({ size: 1, repeats: 1 });
  }

  /** Reads \d, \pL, \p{Greek} and such, if one is next. */
  #set() {
    const rest = this.text.slice(this.#pos);
    if (/^\\[dswDSW]/.test(rest)) {
      this.#pos += 2;
      return true;
    }
    if (!/^\\[pP]/.test(rest)) return false;
    const end = rest[2] === '{' ? rest.indexOf('}') + 1 : 2 + width(rest, 2);
    if (!end) throw new Problem('invalid character class range', rest);
    const said = rest.slice(0, end);
    if (!isProperty(said.slice(2).replace(/^\{(.*)\}$/s, '$1').replace(/^\^/, ''))) throw new Problem('invalid character class range', said);
    this.#pos += end;
    return true;
  }

  #class() {
    const { text } = this;
    const start = this.#pos;
    this.#pos += text[start + 1] === '^' ? 2 : 1;
    for (let first = true; first || text[this.#pos] !== ']'; first = false) {
      const rest = text.slice(this.#pos);
      const name = rest.startsWith('[:') && rest.indexOf(':]', 2) > 0 ? rest.slice(0, rest.indexOf(':]', 2) + 2) : '';
      if (name) {
        if (!posix.test(name)) throw new Problem('invalid character class range', name);
        this.#pos += name.length;
        continue;
      }
      if (this.#set()) continue;
      const low = this.#character(text.slice(start));
      if (text[this.#pos] !== '-' || text[this.#pos + 1] === ']' || this.#pos + 1 >= text.length) continue;
      this.#pos++;
      if (this.#character(text.slice(start)) < low) throw new Problem('invalid character class range', rest.slice(0, rest.length - text.length + this.#pos));
    }
    this.#pos++;
  }

  /**
   * Reads one character, escaped or not, and returns it.
   * @param {string} around the class that would stay open without it
   */
  #character(around) {
    const rest = this.text.slice(this.#pos);
    if (!rest) throw new Problem('missing closing ]', around);
    if (rest === '\\') throw new Problem('trailing backslash at end of expression', '');
    if (rest[0] !== '\\') {
      this.#pos += width(rest, 0);
      return rest.codePointAt(0) ?? 0;
    }
    const known = /^\\(?:([afnrtv])|(0[0-7]{0,2}|[1-7][0-7]{1,2})|x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\}|([\x00-\x7f]))/.exec(rest);
    const [said, letter, octal, two, many, itself] = known ?? [''];
    const code = letter ? '\x07\f\n\r\t\v'.charCodeAt('afnrtv'.indexOf(letter)) : octal ? parseInt(octal, 8) : parseInt(two ?? many ?? '', 16);
    if (!said || (itself && /[0-9a-zA-Z]/.test(itself)) || code > 0x10ffff) throw new Problem('invalid escape sequence', rest.slice(0, badEscape(rest)));
    this.#pos += said.length;
    return itself?.codePointAt(0) ?? code;
  }
}

/**
 * A group as an item. Of alternatives the largest counts: the server merges
 * what they have in common.
 * @param {Group} group
 * @returns {Item}
 */
function size(group) {
  const branches = [...group.done, group.items].map((items) => items.reduce((n, i) => n + i.size, 0));
  const repeats = [...group.done, group.items].flat().map((i) => i.repeats);
  return { size: Math.max(...branches) + (group.captures ? 2 : 0), repeats: Math.max(1, ...repeats) };
}

/**
 * @param {string} s
 * @param {number} pos
 */
function width(s, pos) {
  const c = s.codePointAt(pos);
  return c === undefined ? 0 : c > 0xffff ? 2 : 1;
}

/**
 * How much of "(?…" is shown when it is no group: up to what cannot be there.
 * @param {string} rest
 */
function badFlag(rest) {
  let minus = false;
  for (let i = 2; i < rest.length; i += width(rest, i)) {
    if (rest[i] === '-' && !minus) minus = true;
    else if (!'imsU'.includes(rest[i])) return i + width(rest, i);
  }
  return rest.length;
}

/**
 * How much of an escape is shown when it is none.
 * @param {string} rest
 */
function badEscape(rest) {
  if (rest[1] !== 'x') return 1 + width(rest, 1);
  if (rest[2] !== '{') return 2 + width(rest, 2) + width(rest, 2 + width(rest, 2));
  for (let i = 3, n = 0; i < rest.length; i++) {
    n = n * 16 + parseInt(rest[i], 16);
    if (!(n <= 0x10ffff)) return i + width(rest, i);
  }
  return rest.length;
}

/**
 * Whether \p{name} exists: a category or a script.
 * @param {string} name
 */
function isProperty(name) {
  const letters = name.replace(/[_ -]/g, '');
  const canonical = letters && letters[0].toUpperCase() + letters.slice(1).toLowerCase();
  if (['Any', 'Assigned', 'Ascii', 'Lc'].includes(canonical)) return true;
  if (!/^[A-Za-z_ -]+$/.test(name)) return false;
  return [`gc=${name}`, `gc=${canonical}`, `sc=${name}`, `sc=${canonical}`].some((p) => {
    try {
      return Boolean(new RegExp(`\\p{${p}}`, 'u'));
    } catch {
      return false;
    }
  });
}
