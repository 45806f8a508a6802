// SPDX-License-Identifier: Apache-2.0

// Package reporterstats is how a reporter tells its transport what was lost before it.
package reporterstats
