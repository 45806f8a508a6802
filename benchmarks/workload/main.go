// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Main is the program: it measures one of the peers, as the command line says, and
// ends the process when that fails: with [Unsupported] when the tracer cannot do it. It
// prints what a benchmark prints behind its name.
func Main(peers ...Peer) {
	err := run(peers, os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, ErrUnsupported):
		os.Exit(Unsupported)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Unsupported is the exit status that stands for [ErrUnsupported].
const Unsupported = 3

// settings are the command line.
type settings struct {
	Config
	workload string
	n, rate  int
	time     time.Duration
	parallel bool
}

var modes = map[string]func(Peer, settings, *result) error{
	"count":    repeat,
	"time":     timed,
	"deliver":  deliver,
	"open":     open,
	"handle":   handle,
	"serve":    serve,
	"contend":  contend,
	"versions": versions,
}

func run(peers []Peer, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("workload", flag.ContinueOnError)
	var s settings
	mode := flags.String("mode", "count", "count, time, deliver, open, handle, serve, contend or versions")
	name := flags.String("peer", "", "the `name` of the tracer")
	flags.StringVar(&s.workload, "workload", "", "one of "+strings.Join(Names, ", "))
	flags.IntVar(&s.n, "n", 0, "how many operations")
	flags.IntVar(&s.rate, "persecond", 0, "deliver: how many spans a second, or 0")
	flags.DurationVar(&s.time, "time", 150*time.Millisecond, "time: how much processor time")
	flags.BoolVar(&s.parallel, "parallel", false, "time: on all processors")
	flags.Float64Var(&s.Rate, "sample", 1, "open, handle, serve: the share of roots that are sampled")
	flags.StringVar(&s.UDP, "udp", "", "the `address` of an agent")
	flags.BoolVar(&s.Refused, "refused", false, "nobody listens at -udp")
	flags.StringVar(&s.HTTP, "http", "", "the `URL` of a collector, without a path")
	if err := flags.Parse(args); err != nil {
		return err
	}
	measure := modes[*mode]
	i := slices.IndexFunc(peers, func(p Peer) bool { return p.Name == *name })
	if measure == nil || i < 0 {
		return fmt.Errorf("there is no mode %q of %q", *mode, *name)
	}
	var r result
	if err := measure(peers[i], s, &r); err != nil {
		return err
	}
	_, err := io.WriteString(out, r.String())
	return err
}

// repeat does a workload n times, without garbage collection.
func repeat(p Peer, s settings, _ *result) error {
	debug.SetGCPercent(-1)
	t, err := p.New(configure(s.Config, s.workload))
	if err != nil {
		return err
	}
	operation, err := t.operation(s.workload)
	if err != nil {
		return err
	}
	for range s.n {
		if err := operation(); err != nil {
			return err
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return t.Close()
}

// versions prints the modules that the program holds.
func versions(_ Peer, _ settings, r *result) error {
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		fmt.Fprintln(&r.text, m.Path, m.Version)
	}
	return nil
}

// result is what a benchmark prints behind its name.
type result struct{ text bytes.Buffer }

// iterations comes first.
func (r *result) iterations(n int) { fmt.Fprint(&r.text, n) }

func (r *result) add(value float64, unit string) { fmt.Fprintf(&r.text, " %.9g %s", value, unit) }

func (r *result) String() string { return r.text.String() + "\n" }
