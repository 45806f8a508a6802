// SPDX-License-Identifier: Apache-2.0

package spurtest_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurtest"
)

// An agent in the same process sees what a tracer really sends.
func ExampleStartAgent() {
	agent, err := spurtest.StartAgent(spurtest.AgentOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer agent.Close()

	tracer, _ := spurtest.New(nil, agent.Option())
	tracer.StartSpan("ping", opentracing.Tag{Key: "peer", Value: "pong"}).Finish()
	if err := tracer.Close(); err != nil { // sends what waits
		fmt.Println(err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := agent.Wait(ctx, 1); err != nil {
		fmt.Println(err)
	}
	for _, b := range agent.Batches() {
		fmt.Println(b.Format, b.Process.Service, b.SeqNo, len(b.Spans))
	}
	fmt.Print(agent.Tree())
	// Output:
	// jaeger-compact test 1 1
	// ping  1ms  peer=pong
}

// Two agents cannot have one port.
func ExampleAgentOptions() {
	agent, err := spurtest.StartAgent(spurtest.AgentOptions{Addr: "127.0.0.1:0"}) // Jaeger's listens at port 6831
	if err != nil {
		fmt.Println(err)
		return
	}
	defer agent.Close()

	_, err = spurtest.StartAgent(spurtest.AgentOptions{Addr: agent.Addr()})
	fmt.Println(err != nil)
	// Output:
	// true
}

func ExampleNewAgent() {
	_ = func(t *testing.T) {
		agent := spurtest.NewAgent(t) // closed when the test ends
		t.Setenv("JAEGER_AGENT_HOST", agent.Host())
		t.Setenv("JAEGER_AGENT_PORT", fmt.Sprint(agent.Port()))
		// … run the program, then agent.Wait and agent.Tree
	}
	// Output:
}

// A collector in the same process sees what a tracer really sends over HTTP, and can
// be told to fail.
func ExampleStartCollector() {
	collector, err := spurtest.StartCollector(spurtest.CollectorOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer collector.Close()
	collector.FailNext(http.StatusServiceUnavailable)

	tracer, _ := spurtest.New(nil, spur.WithEndpoint(collector.OTLPURL()))
	tracer.StartSpan("ping", opentracing.Tag{Key: "peer", Value: "pong"}).Finish()

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := tracer.Flush(ctx); err != nil { // sends what waits, and tries again
		fmt.Println(err)
	}
	if err := collector.Wait(ctx, 1); err != nil {
		fmt.Println(err)
	}
	for _, r := range collector.Requests() {
		fmt.Println(r.Method, r.Target, r.Header.Get("Content-Type"), r.Status, r.Spans)
	}
	fmt.Print(collector.Tree())
	fmt.Println(tracer.Close())
	// Output:
	// POST /v1/traces application/x-protobuf 503 0
	// POST /v1/traces application/x-protobuf 200 1
	// ping  1ms  peer=pong
	// <nil>
}

func ExampleNewCollector() {
	_ = func(t *testing.T) {
		collector := spurtest.NewCollector(t) // closed when the test ends
		t.Setenv("JAEGER_ENDPOINT", collector.ThriftURL())
		// … run the program, then collector.Wait and collector.Tree
	}
	// Output:
}

// The answers of a collector can be anything that HTTP allows.
func ExampleCollector_Intercept() {
	collector, err := spurtest.StartCollector(spurtest.CollectorOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer collector.Close()
	collector.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-Tenant") == "" {
			http.Error(w, "who are you?", http.StatusForbidden)
			return true
		}
		return false // the collector answers as usual
	})

	resp, err := http.Post(collector.ThriftURL(), "application/x-thrift", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	// Output:
	// 403 Forbidden
}
