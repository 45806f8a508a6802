// SPDX-License-Identifier: Apache-2.0

/** The fields of the language, docs/search.md, that are not names of tags. */
export const fields = ['service', 'op', 'kind', 'status', 'dur', 'trace.dur', 'has', 'since', 'until', 'id'];
