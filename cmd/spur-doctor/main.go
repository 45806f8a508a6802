// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], program{lookup: os.LookupEnv, environ: os.Environ(), dir: "."}, os.Stdout, os.Stderr))
}

// program is where the doctor looks.
type program struct {
	lookup  func(name string) (string, bool)
	environ []string // the same, as a list
	dir     string   // of the code
}

// The statuses of the process.
const (
	exitOK    = 0
	exitWrong = 1
	exitUsage = 2
)

const usage = `usage: spur-doctor [-json] [-timeout D] [packages]

Says what is wrong with the tracing of a program in this environment: its
configuration, its connections, and what its code imports (./... by default).
The exit status is 0 when nothing is wrong, 1 when something is, and 2 for
wrong arguments.

`

// run examines the program, prints what it finds, and returns the exit status.
func run(args []string, p program, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("spur-doctor", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = io.WriteString(flags.Output(), usage)
		flags.PrintDefaults()
	}
	asJSON := flags.Bool("json", false, "print one JSON document, which the documentation describes")
	most := flags.Duration("timeout", usualTimeout, "`time` for all connections together, 1m at most")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage
	case *most <= 0 || *most > mostTimeout:
		_, _ = fmt.Fprintf(stderr, "spur-doctor: -timeout %v is not a time up to %v\n", *most, mostTimeout)
		return exitUsage
	}
	for _, pattern := range flags.Args() {
		if strings.HasPrefix(pattern, "-") {
			_, _ = fmt.Fprintf(stderr, "spur-doctor: flags stand in front of packages: %q\n", pattern)
			return exitUsage
		}
	}
	r := p.examine(context.Background(), *most, flags.Args())
	var err error
	if *asJSON {
		out := json.NewEncoder(stdout)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		err = out.Encode(r)
	} else {
		err = r.write(stdout)
	}
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(stderr, "spur-doctor:", err)
		return exitWrong
	case r.Status != ok:
		return exitWrong
	}
	return exitOK
}

// examine finds out everything.
func (p *program) examine(ctx context.Context, most time.Duration, patterns []string) *report {
	e := newEnvironment(p.lookup, p.environ)
	asked := make(chan []connection, 1)
	go func() { asked <- e.connections(ctx, most) }()
	r := &report{Format: 1, Version: version(), Configuration: e.configuration(), Code: inspect(ctx, p.dir, patterns)}
	r.Connections = <-asked
	r.Configuration.unreadByClient(r.Code.imports(client))
	r.judge()
	return r
}
