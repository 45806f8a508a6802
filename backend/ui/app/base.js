// SPDX-License-Identifier: Apache-2.0

// This file is at <base>/ui/<hash>/app/base.js.
const here = new URL(import.meta.url);

/** The path in front of all addresses: "/jaeger", or "". */
export const base = here.pathname.split('/').slice(0, -4).join('/');

/** @param {string} path "/api/status" */
export function address(path) {
  return base + path;
}
