// SPDX-License-Identifier: Apache-2.0

// Instructions counts the instructions that an operation of spur takes, and compares
// them with a file. They are the same on a busy machine. The file holds for one version
// of Go and one platform; elsewhere there is nothing to compare.
//
// Its argument is the program built of benchmarks/spur. Valgrind does the counting.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"

	"github.com/go-spur/spur/benchmarks/workload"
)

func main() {
	file := flag.String("file", "instructions.txt", "the counts to compare with")
	update := flag.Bool("update", false, "write the file")
	flag.Parse()
	if err := run(flag.Arg(0), *file, *update); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// counted are a peer and a workload each.
var counted = [][2]string{
	{"spur", "a"},
	{"spur", "b"},
	{"spur", "cl"},
	{"spur", "dl"},
	{"spur", "inject"},
	{"spur", "extract"},
	{"spur-jaeger", "inject"},
	{"spur-jaeger", "extract"},
	{"spur", "inject2"},
	{"spur", "extract2"},
	{"spurhttp", "http"},
}

func run(program, file string, update bool) error {
	platform := fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	want, err := readCounts(file)
	switch {
	case update:
		want = counts{}
	case err != nil:
		return err
	case want.platform != platform:
		fmt.Printf("skipped: %s holds for %s, and this is %s\n", file, want.platform, platform)
		return nil
	}
	sink, err := workload.Discard()
	if err != nil {
		return err
	}
	defer func() { _ = sink.Close() }()
	got := counts{platform: platform}
	for _, c := range counted {
		n, err := workload.Instructions(program, 2000, "-peer", c[0], "-workload", c[1], "-udp", sink.LocalAddr().String())
		if err != nil {
			return err
		}
		got.lines = append(got.lines, count{c[0], c[1], n})
		fmt.Printf("%-12s %-8s %6d %s\n", c[0], c[1], n, want.compare(c[0], c[1], n))
	}
	if update {
		return got.write(file)
	}
	return errors.Join(want.regressions(got)...)
}
