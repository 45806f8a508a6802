// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// peer is a tracer as the programs call it.
type peer struct {
	name, program string
	path          string // where its spans go over HTTP; empty for datagrams
}

var (
	spur     = peer{"spur", "spur", ""}
	spurhttp = peer{"spurhttp", "spur", ""}
	plain    = peer{"plain", "spur", ""}
	noop     = peer{"noop", "spur", ""}
	alone    = peer{"spur-jaeger", "spur", ""} // Jaeger's headers alone
	compat   = peer{"compat", "compat", ""}
	jaeger   = peer{"jaeger", "peers", ""}
	pooled   = peer{"jaeger-pool", "peers", ""}
	null     = peer{"jaeger-null", "peers", ""}
	q10000   = peer{"jaeger-q10000", "peers", ""}
	otel     = peer{"otel", "peers", "/v1/traces"}
	bridge   = peer{"otel-bridge", "peers", "/v1/traces"}
	datadog  = peer{"datadog", "datadog", "/v0.4/traces"}
	zipkin   = peer{"zipkin", "peers", "/api/v2/spans"}
)

// job is one measurement of one peer.
type job struct {
	name  string // without the peer
	peer  peer
	args  []string
	sink  string // "4M" or "default"; "" when nothing is sent
	kind  string // "" runs the program, else "loopback" or "instructions"
	first bool   // in the first round alone: it gives the same every time
}

func (j job) String() string { return "Benchmark" + j.name + "/peer=" + j.peer.name }

// jobs are all measurements of a round. Those that are compared stand together.
func jobs() (all []job) {
	add := func(peers []peer, j job) {
		for _, p := range peers {
			j.peer = p
			all = append(all, j)
		}
	}
	var counted []func() // slowly, so they come last
	everybody := []peer{noop, spur, compat, jaeger, pooled, otel, bridge, datadog, zipkin}
	for _, w := range []string{"a", "b", "c", "d", "cl", "dl", "inject", "extract", "inject2", "extract2"} {
		peers, to := everybody, ""
		switch w {
		case "c", "d":
			peers, to = append([]peer{null}, everybody...), "4M"
		case "cl", "dl":
			peers, to = []peer{spur, jaeger, pooled, otel, bridge}, "4M"
		case "inject", "extract":
			peers = append([]peer{alone}, everybody...)
		}
		for _, goroutines := range []string{"1", "all"} {
			args := []string{"-mode", "time", "-workload", w}
			if goroutines == "all" {
				args = append(args, "-parallel")
			}
			add(peers, job{name: fmt.Sprintf("Time/workload=%s/goroutines=%s", w, goroutines), args: args, sink: to})
		}
		counted = append(counted, func() {
			add(peers, job{name: "Instructions/workload=" + w, args: []string{"-workload", w}, sink: to, kind: "instructions", first: true})
		})
	}
	for _, rate := range []struct {
		name      string
		perSecond string
		n         string
	}{{"20k", "20000", "20000"}, {"100k", "100000", "100000"}, {"300k", "300000", "200000"}, {"full", "0", "200000"}} {
		for _, buffer := range []string{"4M", "default"} {
			peers := []peer{spur, compat, jaeger, q10000}
			if buffer == "4M" {
				peers = append(peers, otel, bridge, datadog, zipkin)
			}
			add(peers, job{
				name: "Deliver/rate=" + rate.name + "/buffer=" + buffer,
				args: []string{"-mode", "deliver", "-persecond", rate.perSecond, "-n", rate.n}, sink: buffer,
			})
		}
	}
	for _, sample := range []string{"1", "0"} {
		add([]peer{spur, compat, jaeger, otel, bridge, datadog, zipkin}, job{name: "Open/sample=" + sample, args: []string{"-mode", "open", "-n", "10000", "-sample", sample}})
	}
	for _, sample := range []string{"0.001", "1"} {
		servers := []peer{noop, spur, spurhttp, compat, jaeger, otel, bridge, datadog, zipkin}
		add(servers, job{name: "Handle/sample=" + sample, args: []string{"-mode", "handle", "-n", "60000", "-sample", sample}, sink: "4M"})
		add(append([]peer{plain}, servers...), job{name: "Loopback/sample=" + sample, args: []string{"-mode", "serve", "-sample", sample}, sink: "4M", kind: "loopback"})
	}
	for _, sample := range []string{"0", "1"} {
		add([]peer{spur, jaeger, otel}, job{name: "Contend/sample=" + sample, args: []string{"-mode", "contend", "-n", "200000", "-sample", sample}, sink: "4M"})
	}
	for _, w := range []string{"c", "d"} {
		add([]peer{spur}, job{name: "Refused/workload=" + w + "/agent=live", args: []string{"-mode", "time", "-workload", w, "-time", "300ms"}, sink: "4M"})
		add([]peer{spur}, job{name: "Refused/workload=" + w + "/agent=refused", args: []string{"-mode", "time", "-workload", w, "-time", "300ms", "-refused", "-udp", "127.0.0.1:1"}})
	}
	for _, count := range counted {
		count()
	}
	return all
}

// value returns what stands behind key in a job's name, as in /key=value.
func value(name, key string) string {
	for part := range strings.SplitSeq(name, "/") {
		if v, ok := strings.CutPrefix(part, key+"="); ok {
			return v
		}
	}
	return ""
}
