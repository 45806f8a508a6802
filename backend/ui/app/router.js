// SPDX-License-Identifier: Apache-2.0

/** @import { Route } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { format, parse } from '../lib/url.js';
import { address, base } from './base.js';

/** What the address says. @type {Atom<Route>} */
export const route = new Atom(read());

function read() {
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : location.pathname;
  return parse(path, location.search);
}

/**
 * Goes to another place, which Back leaves again.
 * @param {string} path below the base path, as lib/url.js makes them
 */
export function navigate(path) {
  history.pushState(null, '', address(path));
  route.value = read();
}

/**
 * Changes parameters of the page that is shown, without a step for Back.
 * @param {Route['params']} params
 */
export function adjust(params) {
  history.replaceState(null, '', address(changed(params)));
  route.value = read();
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
    route.value = read();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const a = event.composedPath().find((e) => e instanceof HTMLAnchorElement);
    if (!(a instanceof HTMLAnchorElement) || a.target || a.hasAttribute('download') || a.origin !== location.origin) return;
    const path = a.pathname.slice(base.length);
    if (!a.pathname.startsWith(base) || path.startsWith('/api/') || parse(path, a.search).page === 'unknown') return;
    event.preventDefault();
    if (a.href !== location.href) navigate(path + a.search);
  });
}
