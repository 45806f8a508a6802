// SPDX-License-Identifier: Apache-2.0

/** @import { Route } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { format, parse } from '../lib/url.js';
import { address, base } from './base.js';
import { busy } from './idle.js';

/** What the address says. @type {Atom<Route>} */
export const route = new Atom(read());

function read({ pathname, search } = /** @type {{ pathname: string, search: string }} */ (location)) {
  return parse(pathname.startsWith(base) ? pathname.slice(base.length) : pathname, search);
}

/**
 * Between two changes of the address so many ms pass: browsers refuse more than
 * a hundred in ten seconds.
 */
const pause = 120;
/** What the address is to be after the pause, "": what it is. */
let next = '';
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let done = () => {};

/**
 * Goes to another place, which Back leaves again.
 * @param {string} path below the base path, as lib/url.js makes them
 */
export function navigate(path) {
  settle();
  history.pushState(null, '', address(path));
  route.value = read();
}

/**
 * Changes parameters of the page that is shown, without a step for Back.
 * @param {Route['params']} params
 */
export function adjust(params) {
  next = changed(params);
  route.value = read(new URL(location.origin + address(next)));
  if (timer === undefined) return settle();
  done();
  done = busy();
}

/** Shows in the address what it is to be, and begins a pause. */
function settle() {
  done();
  clearTimeout(timer);
  timer = undefined;
  if (!next) return;
  history.replaceState(null, '', address(next));
  next = '';
  timer = setTimeout(settle, pause);
}

/**
 * The address of the page that is shown with other parameters.
 * @param {Route['params']} params
 */
export function changed(params) {
  return format({ ...route.value, params: { ...route.value.params, ...params } });
}

/** Makes links within the UI navigate, and Back and Forward work. */
export function listen() {
  addEventListener('popstate', () => {
    next = ''; // it was of the place that was left
    route.value = read();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const a = event.composedPath().find((e) => e instanceof HTMLAnchorElement);
    if (!(a instanceof HTMLAnchorElement) || a.target || a.hasAttribute('download') || a.origin !== location.origin) return;
    const path = a.pathname.slice(base.length);
    if (!a.pathname.startsWith(base) || path.startsWith('/api/') || parse(path, a.search).page === 'unknown') return;
    event.preventDefault();
    settle();
    if (a.href !== location.href) navigate(path + a.search);
  });
}
