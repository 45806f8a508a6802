// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/benchmarks/workload"
	"github.com/go-spur/spur/internal/bench/sink"
)

// measurer runs the programs.
type measurer struct {
	programs string
	sinks    map[string]*sink.Sink
	out      io.Writer
}

// measure writes rounds of all selected jobs into a file.
func measure(programs, file string, rounds int, selected *regexp.Regexp) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	m := &measurer{programs: programs, sinks: map[string]*sink.Sink{}, out: out}
	for name, size := range map[string]string{"4M": "4194304", "default": "0"} {
		s, err := startSink(size)
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }()
		m.sinks[name] = s
	}
	if err := m.head(); err != nil {
		return err
	}
	todo := slices.DeleteFunc(jobs(), func(j job) bool { return !selected.MatchString(j.String()) })
	skip := map[string]bool{}
	var failed []error
	began := time.Now()
	for round := range rounds {
		for i := 0; i < len(todo); {
			same := i + 1
			for same < len(todo) && todo[same].name == todo[i].name {
				same++
			}
			for k := range same - i { // another one begins in each round
				j := todo[i+(k+round)%(same-i)]
				if skip[j.String()] || j.first && round > 0 {
					continue
				}
				if err := m.do(j); err != nil {
					skip[j.String()] = true
					if !errors.Is(err, workload.ErrUnsupported) {
						failed = append(failed, fmt.Errorf("%s: %w", j, err)) // the others are worth having
					}
				}
			}
			i = same
		}
		fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, rounds, time.Since(began).Round(time.Second))
	}
	return errors.Join(append(failed, out.Close())...)
}

func startSink(size string) (*sink.Sink, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "sink", size)
	cmd.Stderr = os.Stderr
	return sink.Start(cmd)
}

// head says where and what is measured, in lines that benchstat reads.
func (m *measurer) head() error {
	cpu, _ := os.ReadFile("/proc/cpuinfo")
	model := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(cpu)
	load, _ := os.ReadFile("/proc/loadavg")
	var head bytes.Buffer
	fmt.Fprintf(&head, "date: %s\ngo: %s\ngoos: %s\ngoarch: %s\ncpus: %d\n", time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if model != nil {
		fmt.Fprintf(&head, "cpu: %s\n", model[1])
	}
	if f := strings.Fields(string(load)); len(f) > 2 {
		fmt.Fprintf(&head, "load: %s\n", strings.Join(f[:3], " "))
	}
	wanted := regexp.MustCompile(`(jaeger-client-go|otel/sdk|bridge/opentracing|otelhttp|dd-trace-go.v1|dd-trace-go/v2|zipkin-go-opentracing|zipkin-go|go-stdlib) (v.*)$`)
	versions := map[string]string{}
	for _, p := range []peer{datadog, jaeger} { // each has OpenTelemetry, too: that of the latter is measured
		out, err := m.program(context.Background(), p.program, "-peer", p.name, "-mode", "versions")
		if err != nil {
			return err
		}
		for line := range strings.Lines(out) {
			if f := wanted.FindStringSubmatch(strings.TrimSpace(line)); f != nil {
				versions[f[1]] = f[2]
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		fmt.Fprintf(&head, "version-%s: %s\n", strings.ReplaceAll(name, "/", "-"), versions[name])
	}
	_, err := m.out.Write(head.Bytes())
	return err
}

// program runs one, and returns what it prints.
func (m *measurer) program(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(m.programs, name), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == workload.Unsupported {
		return "", workload.ErrUnsupported
	}
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return strings.TrimSpace(string(out)), nil
}

// do runs a job, and writes its line.
func (m *measurer) do(j job) error {
	args := append([]string{"-peer", j.peer.name}, j.args...)
	to := m.sinks[j.sink]
	var before uint64
	drops := 0
	if to != nil {
		if j.peer.path == "" {
			args = append(args, "-udp", to.UDP)
		} else {
			args = append(args, "-http", to.HTTP)
		}
		var err error
		if before, err = to.Received(j.peer.path); err != nil {
			return err
		}
		drops = to.Drops()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var line string
	var err error
	switch j.kind {
	case "loopback":
		line, err = loopback(ctx, filepath.Join(m.programs, j.peer.program), args)
	case "instructions":
		var n int
		n, err = workload.Instructions(filepath.Join(m.programs, j.peer.program), 500, args...)
		line = fmt.Sprintf("1 %d instructions/op", n)
	default:
		line, err = m.program(ctx, j.peer.program, args...)
	}
	if err != nil {
		return err
	}
	if to != nil && j.kind == "" {
		after, err := to.Received(j.peer.path)
		if err != nil {
			return err
		}
		line = arrived(line, after-before, to.Drops()-drops)
	}
	_, err = fmt.Fprintf(m.out, "%s %s\n", j, line)
	return err
}

// arrived replaces how many spans have finished, were counted as lost and as sent by
// what became of them. What was sent and did not arrive is the kernel's, what is in no
// count unaccounted for; a tracer that does not count accounts for what arrived.
func arrived(line string, received uint64, drops int) string {
	fields := strings.Fields(line)
	counts := map[string]float64{}
	kept := []string{fields[0]}
	for i := 1; i+1 < len(fields); i += 2 {
		switch unit := fields[i+1]; unit {
		case "finished":
			counts[unit], _ = strconv.ParseFloat(fields[i], 64)
			kept = append(kept, fields[i], unit)
		case "lost", "sent":
			counts[unit], _ = strconv.ParseFloat(fields[i], 64)
		default:
			kept = append(kept, fields[i], unit)
		}
	}
	finished, arrived := counts["finished"], float64(received)
	if finished == 0 {
		return line
	}
	line = fmt.Sprintf("%s %.2f delivered-%%", strings.Join(kept, " "), 100*arrived/finished)
	if lost, ok := counts["lost"]; ok {
		line += fmt.Sprintf(" %.2f counted-lost-%%", 100*lost/finished)
	}
	sent, ok := counts["sent"]
	if !ok {
		sent = arrived
	}
	return line + fmt.Sprintf(" %.0f unaccounted %.0f kernel-lost %d kernel-drops", finished-counts["lost"]-sent, sent-arrived, drops)
}
