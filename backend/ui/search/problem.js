// SPDX-License-Identifier: Apache-2.0

import { SearchError } from './errors.js';
import { parse } from './parse.js';

/**
 * What is wrong with the text of a search; null when nothing is.
 * @param {string} text
 */
export function problemOf(text) {
  try {
    parse(text);
    return null;
  } catch (error) {
    if (error instanceof SearchError) return error;
    throw error;
  }
}
