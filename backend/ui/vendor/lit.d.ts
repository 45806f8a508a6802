// SPDX-License-Identifier: Apache-2.0
//
// The types of lit.js.
export * from './lit.entry.js';
