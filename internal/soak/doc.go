// SPDX-License-Identifier: Apache-2.0

// Package soak has only tests: what a tracer delivers, loses and leaves behind while
// its agent and collectors fail. For an hour of it:
//
//	go test -run TestSoak -soak 1h ./internal/soak
package soak
