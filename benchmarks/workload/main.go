// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

// Main is the program: it measures one of the peers, as the command line says, and
// ends the process when that fails.
func Main(peers ...Peer) {
	if err := run(peers, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(peers []Peer, args []string) error {
	flags := flag.NewFlagSet("workload", flag.ContinueOnError)
	var (
		name     = flags.String("peer", "", "the `name` of the tracer")
		workload = flags.String("workload", "", "one of "+strings.Join(Names, ", "))
		n        = flags.Int("n", 0, "how many operations, without garbage collection")
		c        Config
	)
	flags.StringVar(&c.UDP, "udp", "", "the `address` of an agent")
	flags.StringVar(&c.HTTP, "http", "", "the `URL` of a collector, without a path")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, p := range peers {
		if p.Name == *name {
			return repeat(p, c, *workload, *n)
		}
	}
	return fmt.Errorf("no peer is called %q", *name)
}

// repeat does a workload n times, without garbage collection.
func repeat(p Peer, c Config, workload string, n int) error {
	debug.SetGCPercent(-1)
	t, err := p.New(configure(c, workload))
	if err != nil {
		return err
	}
	operation, err := t.operation(workload)
	if err != nil {
		return err
	}
	for range n {
		if err := operation(); err != nil {
			return err
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return t.Close()
}
