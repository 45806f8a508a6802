// SPDX-License-Identifier: Apache-2.0

// Package archtest checks what a linter cannot: what the root module depends on,
// and what it adds to a program's binary. All other rules stand in .golangci.yml.
package archtest
