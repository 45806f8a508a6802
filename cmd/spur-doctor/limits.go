// SPDX-License-Identifier: Apache-2.0

package main

import "time"

const (
	usualTimeout = 5 * time.Second // for all connections together
	mostTimeout  = time.Minute
	mostWires    = 4                      // places that can be named: collector, agent, OTLP, and none
	confirmTime  = 250 * time.Millisecond // for a datagram to be refused
	sendEnd      = 250 * time.Millisecond // for a transport to return when its time is over
	listTime     = 30 * time.Second       // for one run of the go command

	maxText     = 512       // bytes of a text, and of a value
	maxNames    = 20        // variables or files that a line names; the rest is counted
	maxFindings = 100       // lines of one kind
	maxList     = 256 << 20 // bytes that the go command may print
	maxStderr   = 4 << 10   // bytes of its complaints that are kept
	maxPackages = 50_000    // that are looked at
	maxSource   = 1 << 20   // bytes of a Go file in which imports are looked for
	maxImports  = 10_000    // that are reported
)
