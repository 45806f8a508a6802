// SPDX-License-Identifier: Apache-2.0

// Package archtest holds the rules of this repository that a compiler does not
// check: which package may import which, which modules there are and what they
// depend on, and what no source file may contain. They are tests, so that
// "go test ./..." is the whole gate.
//
// Each rule carries its reason and small sources that must break it and must
// pass it: a rule that cannot fail fails its own test.
//
// A new package or module needs a row in importTable or moduleTable. That is on
// purpose: the row is where its place in the design is decided.
package archtest
