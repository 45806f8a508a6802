// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// row is a line of the tables, or a group of the chart.
type row struct {
	label, name, unit string
	ours              peer // what is set beside the others; the zero value is spur
}

// heading are the rows of the short table.
var heading = []row{
	{"an unsampled root (a)", "Time/workload=a/goroutines=1", cpuUnit, spur},
	{"an unsampled root and its child, 3 tags, 1 log (b)", "Time/workload=b/goroutines=1", cpuUnit, spur},
	{"a sampled root, none lost (cl)", "Time/workload=cl/goroutines=1", cpuUnit, spur},
	{"a sampled RPC, 5 tags, 1 log, none lost (dl)", "Time/workload=dl/goroutines=1", cpuUnit, spur},
	{"inject into HTTP headers", "Time/workload=inject/goroutines=1", cpuUnit, spur},
	{"inject, Jaeger's header alone", "Time/workload=inject/goroutines=1", cpuUnit, alone},
	{"extract from HTTP headers", "Time/workload=extract/goroutines=1", cpuUnit, spur},
	{"extract, Jaeger's header alone", "Time/workload=extract/goroutines=1", cpuUnit, alone},
	{"inject with 2 baggage items", "Time/workload=inject2/goroutines=1", cpuUnit, spur},
	{"extract with 2 baggage items", "Time/workload=extract2/goroutines=1", cpuUnit, spur},
	{"added to an HTTP request, 0.1 % sampled", "Handle/sample=0.001", "added-cpu-ns/op", spur},
	{"added to an HTTP request, 100 % sampled", "Handle/sample=1", "added-cpu-ns/op", spur},
	{"the same by `spurhttp`, 0.1 %", "Handle/sample=0.001", "added-cpu-ns/op", spurhttp},
	{"the same by `spurhttp`, 100 %", "Handle/sample=1", "added-cpu-ns/op", spurhttp},
}

const cpuUnit = "cpu-ns/op"

// publish writes README.md and peers.svg into a directory, and the short table into
// the file readme, if there is one.
func (r *results) publish(dir, readme string) error {
	short := r.short()
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte(r.document(short)), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "peers.svg"), []byte(r.chart()), 0o644); err != nil {
		return err
	}
	if readme == "" {
		return nil
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	changed, err := between(string(text), short)
	if err != nil {
		return fmt.Errorf("%s: %w", readme, err)
	}
	return os.WriteFile(readme, []byte(changed), 0o644)
}

// between puts a table between the two comments that mark its place.
func between(text, table string) (string, error) {
	const begin, end = "<!-- by make bench-peers -->\n", "<!-- end -->"
	before, rest, ok := strings.Cut(text, begin)
	_, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		return "", errors.New("no marks around the table")
	}
	return before + begin + table + end + after, nil
}

// short is the table of the headings: spur's processor time, and its ratio to others.
func (r *results) short() string {
	var b strings.Builder
	b.WriteString("| processor time of the process | spur | ÷ jaeger-client-go | ÷ OpenTelemetry |\n| --- | --: | --: | --: |\n")
	for _, h := range heading {
		fmt.Fprintf(&b, "| %s | %s ns | %s | %s |\n", h.label, number(r.median(h.name, h.ours.name, h.unit)),
			quartiles(r.ratio(h.name, h.ours.name, h.name, jaeger.name, h.unit)),
			quartiles(r.ratio(h.name, h.ours.name, h.name, otel.name, h.unit)))
	}
	fmt.Fprintf(&b, "\nMedians of %d rounds on %s × %s, %s, load %s, %s; in brackets the quartiles of the ratios of one round. %s.\n",
		r.rounds, r.head["cpus"], r.head["cpu"], r.head["go"], r.head["load"], r.head["date"], r.versions())
	return b.String()
}

func (r *results) versions() string {
	var all []string
	for k, v := range r.head {
		if name, ok := strings.CutPrefix(k, "version-"); ok {
			all = append(all, name+" "+strings.TrimSuffix(v, "+incompatible"))
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// number has three digits.
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case math.Abs(v) >= 1000:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.3g", v)
	}
}

func quartiles(low, middle, high float64) string {
	if math.IsNaN(middle) {
		return "–"
	}
	return fmt.Sprintf("**%.2f** [%.2f–%.2f]", middle, low, high)
}
