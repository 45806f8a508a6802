// SPDX-License-Identifier: Apache-2.0

// Package allinone is every component of the backend in one process: receivers,
// collector, store and query. [Run] is the command; [Start] is for programs and
// tests that want one of their own.
package allinone
