// SPDX-License-Identifier: Apache-2.0

// Package server composes the components of the backend: receivers, collector,
// store and query, in one process or some of them, as the command wants. [Run] is
// the command; [Start] is for programs and tests that want one of their own.
package server
