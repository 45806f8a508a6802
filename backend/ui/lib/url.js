// SPDX-License-Identifier: Apache-2.0

/** @import { Route } from '../types.js' */

/** The version of the addresses that this code makes. */
export const version = 1;

/**
 * The parameters of each page and their defaults, whose types they have. They
 * are left out where they have their default.
 * @type {Record<Route['page'], Route['params']>}
 */
export const schema = {
  traces: {
    q: '', // the search, docs/search.md
    order: 'newest', // or longest, spans
    col: [], // tags shown as columns
    group: '', // by service, operation or a tag's name
    live: true,
    form: false, // the form is open
  },
  trace: {
    span: '', // the id of the chosen span
    view: 'tree', // or table, logs
    find: '',
    only: false, // only what find matches
    focus: '', // the id of the span whose subtree alone is shown
    hide: [], // service:…, kind:…, shorter:…
    from: 0, // of the time that is shown, ns since the trace's start
    to: 0, // 0: all of it
    gaps: true, // shrink idle gaps
    fold: true, // show equal siblings as one
    from_span: '', // measure from this span
    critical: true, // show the critical path
    by: 'both', // rows of the table: both (service and operation), service, operation or span
    sort: '-self', // its order: a column, with - in front the largest first
  },
  status: {},
  unknown: {},
};

/**
 * Reads an address.
 * @param {string} path below the base path: "/trace/4bf9…"
 * @param {string} search "?q=…"
 * @returns {Route}
 */
export function parse(path, search) {
  const [page, id] = pageOf(path);
  /** @type {Route} */
  const route = { page, id, params: structuredClone(schema[page]), rest: [], newer: false };
  for (const [key, value] of new URLSearchParams(search)) {
    const fallback = schema[page][key];
    if (key === 'v') route.newer = Number(value) > version;
    else if (fallback === undefined || !Object.hasOwn(schema[page], key)) route.rest.push([key, value]);
    else if (Array.isArray(fallback)) /** @type {string[]} */ (route.params[key]).push(value);
    else if (typeof fallback === 'boolean') route.params[key] = value === '1' || value === 'true' ? true : value === '0' || value === 'false' ? false : fallback;
    else if (typeof fallback === 'number') route.params[key] = Number.isFinite(Number(value)) ? Number(value) : fallback;
    else route.params[key] = value;
  }
  return route;
}

/**
 * The address that parse reads as this route, below the base path.
 * @param {Route} route
 */
export function format(route) {
  const params = new URLSearchParams();
  for (const [key, fallback] of Object.entries(schema[route.page])) {
    const value = route.params[key] ?? fallback;
    if (Array.isArray(value)) for (const v of value) params.append(key, v);
    else if (typeof value === 'boolean' && value !== fallback) params.set(key, value ? '1' : '0');
    else if (value !== fallback) params.set(key, String(value));
  }
  for (const [key, value] of route.rest) params.append(key, value);
  const search = params.toString();
  return pathOf(route) + (search ? '?' + search : '');
}

/**
 * @param {Route['page']} page
 * @param {Route['params']} [params]
 * @param {string} [id]
 */
export function href(page, params = {}, id = '') {
  return format({ page, id, params, rest: [], newer: false });
}

/**
 * @param {string} path
 * @returns {[Route['page'], string]}
 */
function pageOf(path) {
  const trace = /^\/trace\/([^/]+)$/.exec(path);
  if (trace) return ['trace', safeDecode(trace[1])];
  if (path === '/' || path === '') return ['traces', ''];
  if (path === '/status') return ['status', ''];
  return ['unknown', path];
}

/** @param {Route} route */
function pathOf(route) {
  switch (route.page) {
    case 'trace':
      return '/trace/' + encodeURIComponent(route.id);
    case 'status':
      return '/status';
    case 'unknown':
      return route.id;
    default:
      return '/';
  }
}

/** @param {string} s */
function safeDecode(s) {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
}
