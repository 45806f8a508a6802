// SPDX-License-Identifier: Apache-2.0

// Package golden compares answers of the v1 API with what real Jaegers answered
// about the same bytes. Both are in backend/testdata; its README says how they
// were recorded.
//
// An answer is taken apart into facts, a name and a value each, because servers
// put spans, tags and processes in any order. Where a fact is not the same,
// Differences must say so, for each of the servers.
package golden
