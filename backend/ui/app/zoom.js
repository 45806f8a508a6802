// SPDX-License-Identifier: Apache-2.0

/** @import { Stretch } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { busy } from './idle.js';
import { adjust, route } from './router.js';

// Browsers refuse pages that change their address more than some ten times a
// second, so the address follows when the stretch has come to rest.
const rest = 300; // ms

/** The stretch of the trace that is shown; to is 0: all of it. @type {Atom<Stretch>} */
export const zoom = new Atom(read());

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let done = () => {};
let trace = '';

function read() {
  const { page, params } = route.value;
  return page === 'trace' ? { from: Number(params.from), to: Number(params.to) } : { from: 0, to: 0 };
}

/**
 * Shows another stretch of the trace.
 * @param {Stretch} stretch
 */
export function setZoom(stretch) {
  zoom.value = stretch;
  clearTimeout(timer);
  done();
  done = busy();
  trace = route.value.id;
  timer = setTimeout(settle, rest);
}

function settle() {
  timer = undefined;
  done();
  if (route.value.page === 'trace' && route.value.id === trace) adjust({ from: Math.round(zoom.value.from), to: Math.round(zoom.value.to) });
}

route.watch(({ page, id }) => {
  if (timer !== undefined && page === 'trace' && id === trace) return;
  clearTimeout(timer);
  timer = undefined;
  done();
  const { from, to } = read();
  if (from !== zoom.value.from || to !== zoom.value.to) zoom.value = { from, to };
});
