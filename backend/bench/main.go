// SPDX-License-Identifier: Apache-2.0

// Bench measures this backend and, beside it in the same run, two Jaegers: the
// time until they are ready, CPU a span, memory, disk, searches, and what is lost
// under load. It starts each as a process of its own on shifted ports of the
// loopback interface, sends all of them the same spans, and reads them back
// through Jaeger's HTTP API. It runs on Linux only, because it reads /proc.
//
// scripts/bench-backend.sh builds what it needs and starts it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// perTrace is about how many spans a trace has.
const perTrace = 8.5

func tracesOf(spans int) int { return int(float64(spans) / perTrace) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	agent1 := flags.String("agent1", "", "binary of Jaeger 1.62's agent")
	ourAgent := flags.String("agent", "", "binary of cmd/agent: only agents are measured then")
	var engines engineBench
	flags.StringVar(&engines.commands, "commands", "", "folder with cmd/collector and cmd/ingester: only engines are measured then")
	flags.StringVar(&engines.jaegers, "jaegers", "", "folder with Jaeger's collector-1.62 and ingester-1.62")
	flags.StringVar(&engines.run, "engines-run", "", "folder of the engines' pid files and data")
	flags.StringVar(&engines.servers.kafka, "kafka", "", "host:port of Kafka")
	flags.StringVar(&engines.servers.behind, "kafka-behind", "", "host:port of Kafka that sends clients to the next port, where its requests are counted")
	flags.StringVar(&engines.servers.cassandra, "cassandra", "", "host:port of Cassandra")
	flags.StringVar(&engines.servers.elastic, "opensearch", "", "URL of OpenSearch")
	ours := flags.String("all-in-one", "", "binary of cmd/all-in-one")
	jaeger1 := flags.String("jaeger1", "", "binary of Jaeger 1.62's all-in-one; none leaves it out")
	jaeger2 := flags.String("jaeger2", "", "binary of Jaeger 2.13; none leaves it out")
	only := flags.String("only", "", "measure only backends whose names contain this, such as sqlite")
	offset := flags.Int("offset", 10000, "added to every port: below the range of outgoing connections")
	dir := flags.String("dir", os.TempDir(), "folder for data and logs, on a disk")
	starts := flags.Int("starts", 5, "how often each is started with nothing stored")
	cpuSpans := flags.Int("cpu-spans", 60_000, "spans sent to measure CPU, by each protocol")
	cpuRate := flags.Int("cpu-rate", 8_000, "spans a second meanwhile")
	spans := flags.Int("spans", 1_000_000, "spans stored when memory and searches are measured")
	rate := flags.Int("rate", 20_000, "spans a second until then, and in the sustained part")
	sustain := flags.Duration("sustain", time.Minute, "length of the sustained part; a third of it for the Jaegers")
	searchesN := flags.Int("searches", 200, "searches of each kind")
	searchLimit := flags.Duration("search-limit", 3*time.Second, "time for the searches of a kind")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q: only flags are known", flags.Arg(0))
	}
	if *ourAgent != "" {
		all := []*agent{{name: "spur", binary: *ourAgent, cpu: map[int]latencies{}}}
		if *agent1 != "" {
			all = append(all, &agent{name: "Jaeger 1.62", binary: *agent1, cpu: map[int]latencies{}})
		}
		traces := tracesOf(*cpuSpans)
		say := func(format string, args ...any) { _, _ = fmt.Fprintf(stderr, format+"\n", args...) }
		return agents(ctx, stdout, all, ports(*offset), *dir, newLoad(time.Now(), traces), traces, *cpuRate, say)
	}
	if engines.commands != "" {
		engines.dir, engines.ports, engines.traces = *dir, ports(*offset), tracesOf(*cpuSpans)
		engines.load = newLoad(time.Now(), engines.traces)
		engines.say = func(format string, args ...any) { _, _ = fmt.Fprintf(stderr, format+"\n", args...) }
		err := engines.all(ctx)
		return errors.Join(err, engineTable(stdout, engines.out))
	}
	if *ours == "" {
		return errors.New("-all-in-one is missing")
	}
	s := sizes{
		starts: *starts, idle: 3 * time.Second,
		cpuTraces: tracesOf(*cpuSpans), cpuRate: *cpuRate,
		traces: tracesOf(*spans), rate: *rate,
		searches: *searchesN, searchLimit: *searchLimit, searchesEvery: 100 * time.Millisecond,
		checkEvery: 10,
	}
	most := s.traces + 2*s.cpuTraces + tracesOf(int(float64(*rate)*sustain.Seconds()))
	l := newLoad(time.Now(), most+most/4)

	begin := time.Now()
	var results []result
	var failed []error
	for _, t := range targets(*ours, *jaeger1, *jaeger2) {
		if !strings.Contains(t.name, *only) {
			continue
		}
		say := func(format string, args ...any) {
			_, _ = fmt.Fprintf(stderr, "%4.0fs %s: %s\n", time.Since(begin).Seconds(), t.name, fmt.Sprintf(format, args...))
		}
		s.sustain = *sustain
		if strings.HasPrefix(t.name, "Jaeger") {
			s.sustain /= 3
		}
		r, err := measure(ctx, t, ports(*offset), *dir, l, s, say)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			say("%v", err)
			failed = append(failed, fmt.Errorf("%s: %w", t.name, err))
			continue
		}
		results = append(results, r)
	}
	_, err := fmt.Fprintf(stdout, "CPU a span is that of the whole process, of %d spans by each protocol at %d a second, or slower where some were lost. "+
		"Full is %d spans. Sustained are %d spans a second over OTLP for %v (a third of that for the Jaegers), "+
		"with a search every %v. A search that takes longer than %v counts as %v.\n\n",
		*cpuSpans, *cpuRate, *spans, *rate, *sustain, s.searchesEvery, patience, patience)
	return errors.Join(append(failed, err, report(stdout, results, float64(*rate)))...)
}
