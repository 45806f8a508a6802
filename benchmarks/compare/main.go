// SPDX-License-Identifier: Apache-2.0

// Compare measures tracers beside each other, in rounds: in each, every tracer does a
// thing in a process of its own before any does the next thing, so that all have the
// same neighbours, and ratios are those of one round. It writes what benchstat reads,
// and makes tables and a chart of it:
//
//	compare -programs DIRECTORY -raw FILE    measures
//	compare -raw FILE -report DIRECTORY      writes README.md and peers.svg
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"

	"github.com/go-spur/spur/internal/bench/sink"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 2 && args[0] == "sink" { // as startSink calls it
		size, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		return sink.Serve(os.Stdin, os.Stdout, size)
	}
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	raw := flags.String("raw", "results.txt", "the `file` of measurements")
	programs := flags.String("programs", "", "measure with the programs in this `directory`")
	rounds := flags.Int("rounds", 5, "how many rounds")
	only := flags.String("only", "", "measure what matches this regular `expression`, such as Time/.*/peer=(spur|jaeger)$")
	report := flags.String("report", "", "write the tables and the chart into this `directory`")
	readme := flags.String("readme", "", "write the short table into this `file`, between its markers")
	if err := flags.Parse(args); err != nil {
		return err
	}
	selected, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if *programs != "" {
		if err := measure(*programs, *raw, *rounds, selected); err != nil {
			return err
		}
	}
	if *report == "" {
		return nil
	}
	r, err := readResults(*raw)
	if err != nil {
		return err
	}
	return r.publish(*report, *readme)
}
