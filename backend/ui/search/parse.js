// SPDX-License-Identifier: Apache-2.0

import { SearchError, quoted } from './errors.js';
import { condition } from './conditions.js';
import { tokens } from './tokens.js';
import { limits } from './words.js';

/** @import { Token } from './tokens.js' */

/**
 * A condition. What is not in braces is in one span as a whole; above spans
 * stand conditions of traces. field, key, op and value are of a term.
 * @typedef {object} Expr
 * @property {'term' | 'and' | 'or' | 'not' | 'span'} is
 * @property {Expr[]} args
 * @property {number} start in the text; parentheses around more than a term are within
 * @property {number} end
 * @property {string} field a word of words.js, "tag" or "text"
 * @property {string} key of a tag
 * @property {string} op "" when the tag has to be there only
 * @property {string} value
 */

/**
 * What a text asks for. Times are ns since 1970, ids in lower case.
 * @typedef {object} Query
 * @property {Expr | null} where
 * @property {string[]} ids
 * @property {bigint | null} since
 * @property {bigint | null} until
 */

/**
 * Reads the text of a search as the server does, and throws a SearchError with
 * the server's words.
 * @param {string} text
 * @param {bigint} [now] ns since 1970, from which "since:1h" counts
 * @returns {Query}
 */
export function parse(text, now = BigInt(Date.now()) * 1_000_000n) {
  if (new TextEncoder().encode(text).length > limits.bytes) throw new SearchError(text, 0, `longer than ${limits.bytes} bytes`);
  return new Parser(text, now).whole();
}

/** Reads tokens: one method for each rule of the grammar. */
export class Parser {
  #pos = 0;
  #braced = false; // there were braces
  #inside = false; // they are still open
  #terms = 0;
  depth = 0; // of parentheses, braces and negations

  /**
   * @param {string} text
   * @param {bigint} now
   */
  constructor(text, now) {
    this.text = text;
    this.now = now;
    this.tokens = tokens(text);
    /** @type {Query} */
    this.query = { where: null, ids: [], since: null, until: null };
  }

  whole() {
    const where = this.#or();
    const rest = this.#token();
    if (rest) throw this.error(rest.start, `unexpected ${quoted(rest.text)}`);
    const { since, until } = this.query;
    if (since !== null && until !== null && since >= until) throw this.error(0, 'until: is not after since:');
    this.query.where = where && this.#spans(where);
    return this.query;
  }

  /**
   * @param {number} at
   * @param {string} reason
   */
  error(at, reason) {
    return new SearchError(this.text, at, reason);
  }

  /** @returns {Token | undefined} */
  #token() {
    return this.tokens[this.#pos];
  }

  /** Where the next token begins. */
  #at() {
    return this.#token()?.start ?? this.text.length;
  }

  /** Where the token before it ends. */
  #end() {
    return this.tokens[this.#pos - 1].end;
  }

  /**
   * @param {'and' | 'or'} is
   * @param {Expr[]} args
   * @param {number} start
   */
  #join(is, args, start) {
    return args.length < 2 ? (args[0] ?? null) : node(is, args, start, this.#end());
  }

  /** @param {string} word */
  #keyword(word) {
    const t = this.#token();
    return t?.kind === 'keyword' && t.text === word;
  }

  /** Whether no condition follows. */
  #ends() {
    const t = this.#token();
    return !t || t.kind === 'close' || this.#keyword('OR');
  }

  // or = and { "OR" and }. It is null when there are no conditions, which only
  // the whole text may be.
  /** @returns {Expr | null} */
  #or() {
    /** @type {Expr[]} */
    const args = [];
    const first = this.#at();
    for (;;) {
      const start = this.#at();
      const arg = this.#and();
      const more = this.#keyword('OR');
      if (!arg && (more || args.length || this.depth)) throw this.error(start, 'a condition is missing');
      if (arg) args.push(...(arg.is === 'or' ? arg.args : [arg]));
      if (!more) return this.#join('or', args, first);
      this.#pos++;
    }
  }

  // and = not { [ "AND" ] not }
  /** @returns {Expr | null} */
  #and() {
    /** @type {Expr[]} */
    const args = [];
    const first = this.#at();
    for (let more = !this.#ends(); more;) {
      const arg = this.#not();
      if (arg) args.push(...(arg.is === 'and' ? arg.args : [arg]));
      const and = this.#keyword('AND');
      if (and) this.#pos++;
      more = and || !this.#ends();
    }
    return this.#join('and', args, first);
  }

  // not = { "NOT" | "-" } ( "(" or ")" | "{" or "}" | condition )
  /** @returns {Expr | null} */
  #not() {
    const t = this.#token();
    if (t?.kind !== 'not' && !this.#keyword('NOT')) return this.#primary();
    const start = this.#at();
    this.#pos++;
    const arg = /** @type {Expr} */ (this.#nested(start, () => this.#not()));
    return arg.is === 'not' ? arg.args[0] : node('not', [arg], start, this.#end());
  }

  /** @returns {Expr | null} */
  #primary() {
    const t = this.#token();
    if (!t || this.#ends() || this.#keyword('AND')) throw this.error(this.#at(), 'a condition is missing');
    if (t.kind === 'bad') throw this.error(t.start, `${quoted(t.text)} stands only in quotes`);
    if (t.kind !== 'open') return this.#term(t);
    if (t.text === '(') return this.#group(t, ')');
    if (this.#inside) throw this.error(t.start, 'braces within braces');
    this.#inside = this.#braced = true;
    const arg = this.#group(t, '}');
    this.#inside = false;
    return node('span', [arg], t.start, this.#end());
  }

  /**
   * @param {Token} open
   * @param {string} closing
   * @returns {Expr}
   */
  #group(open, closing) {
    this.#pos++;
    const arg = /** @type {Expr} */ (this.#nested(open.start, () => this.#or()));
    const t = this.#token();
    if (t?.kind !== 'close' || t.text !== closing) throw this.error(open.start, `${quoted(open.text)} is not closed`);
    this.#pos++;
    return arg.is === 'term' ? arg : { ...arg, start: open.start, end: t.end };
  }

  /**
   * Calls rule for what is inside of something that began at start.
   * @param {number} start
   * @param {() => Expr | null} rule
   */
  #nested(start, rule) {
    if (this.depth === limits.depth) throw this.error(start, `more than ${limits.depth} levels of parentheses and negations`);
    this.depth++;
    const e = rule();
    this.depth--;
    return e;
  }

  /**
   * @param {Token} key
   * @returns {Expr | null}
   */
  #term(key) {
    this.#pos++;
    let [op, value] = [this.#token(), this.tokens[this.#pos + 1]];
    if (op?.kind === 'op') this.#pos += 2;
    else op = undefined;
    const term = condition(this, key, op, value);
    if (term && ++this.#terms > limits.terms) throw this.error(key.start, `more than ${limits.terms} conditions`);
    return term;
  }

  /**
   * Puts what is not in braces yet into braces: the whole condition or, when
   * there are some, conditions of the trace's duration. Others would leave open
   * of which span they are.
   * @param {Expr} e
   * @returns {Expr}
   */
  #spans(e) {
    if (e.is === 'span') return e;
    if (!this.#braced || (e.is === 'term' && e.field === 'trace.dur')) return node('span', [e], e.start, e.end);
    if (e.is === 'term') throw this.error(e.start, 'outside of the braces: which span is meant?');
    return { ...e, args: e.args.map((arg) => this.#spans(arg)) };
  }
}

/**
 * @param {Expr['is']} is
 * @param {Expr[]} args
 * @param {number} start
 * @param {number} end
 * @returns {Expr}
 */
function node(is, args, start, end) {
  return { is, args, start, end, field: '', key: '', op: '', value: '' };
}
