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
    view: 'tree', // or flame, table, logs, linked
    find: '', // a text, a search, or path:ID of trace/paths.js
    only: false, // only what find matches
    focus: '', // the id of the span whose subtree alone is shown
    hide: [], // service:…, kind:…, shorter:…
    from: 0, // of the time that is shown, ns since the trace's start
    to: 0, // 0: all of it
    gaps: true, // shrink idle gaps
    fold: true, // show equal siblings as one
    from_span: '', // measure from this span
    critical: true, // show the critical path
    usual: true, // mark what takes longer than usual
    path: '', // the path that the flame view shows alone: trace/paths.js
    width: 'total', // of the flame view: total or self
    by: 'both', // rows of the table: both (service and operation), service, operation, tag:NAME or span
    sort: '-self', // its order: a column, with - in front the largest first
  },
  compare: {
    a: '', // the id of the one trace
    b: '', // the id of the other, in which something is new, gone or slower
    view: 'merged', // or beside
    only: '', // of the paths: new, gone, slower, faster, failing; all
    find: '',
    path: '', // the chosen path: trace/paths.js
    sort: '', // "": as the spans called each other; time: the largest difference first
    by: 'self', // the time that is compared: self, or critical (for how long the trace waited)
    from: 0, // of the time that beside shows, ns since both starts
    to: 0, // 0: all of it
  },
  services: {
    service: '', // the one whose operations are shown
    op: '', // the operation whose curves are shown
    kind: 'requests', // which spans count: requests (server and consumer), all or a kind
    find: '',
    sort: '-spans', // a column, with - in front the largest first
    axis: 'log', // of durations, or linear
    since: '1h', // the time, as search/range.js
    until: '',
    live: true,
  },
  map: {
    service: '', // the one whose neighbours are shown
    depth: 1, // how many calls away from it; 0: however far
    errors: false, // only calls of which some fail
    chosen: [], // whose numbers are shown: a service, or a caller and a callee
    find: '',
    view: 'graph', // or table
    sort: '-calls', // the table's order: a column, with - in front the largest first
    since: '1h',
    until: '',
    live: true,
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

/** Pages whose path is their name. @type {Route['page'][]} */
const named = ['compare', 'services', 'map', 'status'];

/**
 * @param {string} path
 * @returns {[Route['page'], string]}
 */
function pageOf(path) {
  const trace = /^\/trace\/([^/]+)$/.exec(path);
  if (trace) return ['trace', safeDecode(trace[1])];
  if (path === '/' || path === '') return ['traces', ''];
  const name = /** @type {Route['page']} */ (path.slice(1));
  if (named.includes(name)) return [name, ''];
  return ['unknown', path];
}

/** @param {Route} route */
function pathOf(route) {
  switch (route.page) {
    case 'trace':
      return '/trace/' + encodeURIComponent(route.id);
    case 'traces':
      return '/';
    case 'unknown':
      return route.id;
    default:
      return '/' + route.page;
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
