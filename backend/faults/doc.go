// SPDX-License-Identifier: Apache-2.0

// Package faults has tests that run an all-in-one and do it harm: hostile input,
// a store that stalls, a full disk, kill -9, slow readers. After each it must
// still take a span and find it, its books must balance exactly, and its memory
// must have stayed below a bound.
//
// By default they are short and run in this process. With
//
//	go test ./faults -long
//
// they are long, and the server is the command in a process of its own: make faults.
package faults
