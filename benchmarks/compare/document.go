// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"strings"
)

// document is README.md.
func (r *results) document(short string) string {
	var b strings.Builder
	b.WriteString("# spur beside other tracers\n\nWritten by `make bench-peers`. [workload](workload/doc.go) says what is done, " +
		"[results.txt](results.txt) is what was measured, for benchstat, [NOTES.md](NOTES.md) what was learned. " +
		"The processor time is that of the whole process, its sender and garbage collector included; what receives is another process.\n\n" +
		"![Processor time, as a share of jaeger-client-go's](peers.svg)\n\n" + short + "\n")
	everybody := []peer{noop, spur, compat, jaeger, pooled, otel, bridge, datadog, zipkin}
	b.WriteString("`compat` is spur in the place of jaeger-client-go, `jaeger-pool` has `PoolSpans(true)`, `otel` is OpenTelemetry's own API, `otel-bridge` its OpenTracing bridge. " +
		"In brackets the ratio to jaeger. c and d drop what the reporter cannot follow; cl and dl wait, where a tracer can.\n\n")
	timed := func(goroutines string) (rows []row) {
		for _, w := range []string{"a", "b", "c", "d", "cl", "dl", "inject", "extract", "inject2", "extract2"} {
			rows = append(rows, row{label: w, name: "Time/workload=" + w + "/goroutines=" + goroutines})
		}
		return rows
	}
	one, all := timed("1"), timed("all")
	r.table(&b, "Processor time of an operation, ns", one, everybody, r.beside(cpuUnit))
	r.table(&b, "The caller's time, ns", one, everybody, r.beside("ns/op"))
	r.table(&b, "Processor time on all processors, ns", all, everybody, r.beside(cpuUnit))
	r.table(&b, "The callers' time on all processors, ns", all, everybody, r.beside("ns/op"))
	r.table(&b, "Bytes, allocations", one, everybody, func(h row, p peer) string {
		return number(r.median(h.name, p.name, "B/op")) + ", " + rounded(r.median(h.name, p.name, "allocs/op"))
	})
	var counted []row
	for _, h := range one {
		counted = append(counted, row{label: h.label, name: "Instructions/workload=" + value(h.name, "workload")})
	}
	r.table(&b, "Instructions in user space", counted, everybody, r.beside("instructions/op"))
	r.table(&b, "Delivered by default, %", one[2:4], everybody[1:], func(h row, p peer) string { return number(r.median(h.name, p.name, "delivered-%")) })
	r.deliveries(&b)
	r.requests(&b)
	r.table(&b, "10,000 open RPC spans: bytes and objects of the heap, processor time of a garbage collection in ns, for each",
		[]row{{label: "sampled", name: "Open/sample=1"}, {label: "not sampled", name: "Open/sample=0"}},
		[]peer{spur, compat, jaeger, otel, bridge, datadog, zipkin}, func(h row, p peer) string {
			return number(r.median(h.name, p.name, "heap-B/span")) + ", " + number(r.median(h.name, p.name, "objects/span")) + ", " + number(r.median(h.name, p.name, "gc-cpu-ns/span"))
		})
	r.table(&b, "64 goroutines: waiting for mutexes, and for anything, in % of the processor time",
		[]row{{label: "b", name: "Contend/sample=0"}, {label: "d", name: "Contend/sample=1"}},
		[]peer{spur, jaeger, otel}, func(h row, p peer) string {
			return number(r.median(h.name, p.name, "mutex-%")) + ", " + number(r.median(h.name, p.name, "block-%"))
		})
	b.WriteString("## An agent that refuses\n\n| processor time of spur | agent reads | agent refuses | ratio |\n| --- | --: | --: | --: |\n")
	for _, w := range []string{"c", "d"} {
		live, refused := "Refused/workload="+w+"/agent=live", "Refused/workload="+w+"/agent=refused"
		fmt.Fprintf(&b, "| %s | %s ns | %s ns | %s |\n", w, number(r.median(live, spur.name, cpuUnit)), number(r.median(refused, spur.name, cpuUnit)),
			quartiles(r.ratio(refused, spur.name, live, spur.name, cpuUnit)))
	}
	return b.String()
}

// table has a column for each peer.
func (*results) table(b *strings.Builder, title string, rows []row, peers []peer, cell func(row, peer) string) {
	fmt.Fprintf(b, "## %s\n\n|", title)
	for _, p := range peers {
		b.WriteString(" | " + p.name)
	}
	b.WriteString(" |\n| --- |" + strings.Repeat(" --: |", len(peers)) + "\n")
	for _, h := range rows {
		b.WriteString("| " + h.label)
		for _, p := range peers {
			b.WriteString(" | " + cell(h, p))
		}
		b.WriteString(" |\n")
	}
	b.WriteString("\n")
}

// beside is a cell with a value and its ratio to jaeger's.
func (r *results) beside(unit string) func(row, peer) string {
	return func(h row, p peer) string {
		v := r.median(h.name, p.name, unit)
		_, ratio, _ := r.ratio(h.name, p.name, h.name, jaeger.name, unit)
		if math.IsNaN(ratio) || p == jaeger {
			return number(v)
		}
		return fmt.Sprintf("%s (%.2f)", number(v), ratio)
	}
}

// rounded is a number of allocations.
func rounded(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.0f", v)
}

// deliveries are what became of spans at different rates.
func (r *results) deliveries(b *strings.Builder) {
	b.WriteString("## Delivered / counted as lost, %, and spans unaccounted for\n\n" +
		"RPCs of one goroutine, in bursts of a millisecond. `4M` and `default` is the receive buffer of the agent; in brackets, in %, what was sent and the kernel dropped there, of which no sender learns. " +
		"Of a tracer that does not count what it sends, all that did not arrive and was not counted as lost is unaccounted for.\n\n" +
		"| | 20,000 a second | 100,000 | 300,000 | as fast as it goes (finished a second) | processor time of a span at 100,000, ns |\n| --- | --: | --: | --: | --: | --: |\n")
	for _, buffer := range []string{"4M", "default"} {
		for _, p := range []peer{spur, compat, jaeger, q10000, otel, bridge, datadog, zipkin} {
			if buffer == "default" && p.path != "" {
				continue
			}
			fmt.Fprintf(b, "| %s, %s", p.name, map[bool]string{true: buffer, false: "HTTP"}[p.path == ""])
			for _, rate := range []string{"20k", "100k", "300k", "full"} {
				name := "Deliver/rate=" + rate + "/buffer=" + buffer
				fmt.Fprintf(b, " | %s / %s, **%s**", number(r.median(name, p.name, "delivered-%")), number(r.median(name, p.name, "counted-lost-%")), number(r.median(name, p.name, "unaccounted")))
				if kernel := r.median(name, p.name, "kernel-lost"); kernel > 0 {
					fmt.Fprintf(b, " [%.1f]", 100*kernel/r.median(name, p.name, "finished"))
				}
				if rate == "full" {
					fmt.Fprintf(b, " (%sk)", number(r.median(name, p.name, "spans/s")/1000))
				}
			}
			fmt.Fprintf(b, " | %s |\n", number(r.median("Deliver/rate=100k/buffer="+buffer, p.name, cpuUnit)))
		}
	}
	b.WriteString("\n")
}

// requests are what tracing adds to HTTP servers.
func (r *results) requests(b *strings.Builder) {
	servers := []peer{noop, spur, spurhttp, compat, jaeger, otel, bridge, datadog, zipkin}
	rows := []row{{label: "0.1 % sampled", name: "Handle/sample=0.001"}, {label: "100 %", name: "Handle/sample=1"}}
	r.table(b, "Added to an HTTP request without a connection: processor time in ns, allocations", rows, servers, func(h row, p peer) string {
		return r.beside("added-cpu-ns/op")(h, p) + ", " + rounded(r.median(h.name, p.name, "added-allocs/op"))
	})
	rows = []row{{label: "0.1 % sampled", name: "Loopback/sample=0.001"}, {label: "100 %", name: "Loopback/sample=1"}}
	r.table(b, "Added to a request over loopback, 4 connections: processor time of the server in µs, median and 99th percentile of the clients' time in µs", rows, servers, func(h row, p peer) string {
		µs := func(unit string) string { return number(r.median(h.name, p.name, unit) / 1000) }
		return µs("added-cpu-ns/op") + ", " + µs("added-p50-ns") + ", " + µs("added-p99-ns")
	})
}
