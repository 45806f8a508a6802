// SPDX-License-Identifier: Apache-2.0

// Quickstart runs two HTTP services, sends a request through both, and draws the
// trace that comes of it.
//
//	go run ./examples/quickstart
//
// It needs nothing else: the spans go over UDP to an agent inside this program.
// With JAEGER_AGENT_HOST set they go to a real one.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http/httptest"
	"os"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

func main() {
	slog.SetLogLoggerLevel(slog.LevelWarn) // at level Info tracers say how they are configured
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()

	agent, err := localAgent()
	if err != nil {
		return err
	}
	if agent != nil {
		defer agent.Close()
	}

	// Each service has a tracer of its own, which carries its name. In real life
	// they are different programs.
	frontend, err := newTracer("frontend", agent)
	if err != nil {
		return err
	}
	defer frontend.Close()
	pricing, err := newTracer("pricing", agent)
	if err != nil {
		return err
	}
	defer pricing.Close()

	pricingServer := httptest.NewServer(spurhttp.Handler(pricing, price(pricing)))
	defer pricingServer.Close()
	frontendServer := httptest.NewServer(spurhttp.Handler(frontend, checkout(pricingServer.URL)))
	defer frontendServer.Close()

	answer, traceID, err := visit(ctx, frontendServer.URL+"/checkout?customer=ada&item=tea")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The frontend says: %s\n\n", answer)

	// Finished spans wait up to a second for company. Close sends them, too;
	// Shutdown says how long it may take. What is unsent by then is counted.
	for _, tracer := range []*spur.Tracer{frontend, pricing} {
		if err := tracer.Shutdown(ctx); err != nil {
			fmt.Fprintln(out, err)
		}
	}
	if agent != nil {
		draw(ctx, out, agent, frontend, pricing)
	} else {
		fmt.Fprintf(out, "Look for trace %s in Jaeger's UI, such as\nhttp://localhost:16686/trace/%s\n\n", traceID, traceID)
	}
	count(out, "frontend", frontend)
	count(out, "pricing", pricing)
	return nil
}

// newTracer shows how options work together: those before FromEnv are defaults,
// which JAEGER_* variables override, those behind it override the variables.
func newTracer(service string, agent *spurtest.Agent) (*spur.Tracer, error) {
	opts := []spur.Option{
		spur.SampleAll(),
		spur.FromEnv(), // JAEGER_SAMPLER_TYPE and all the others
	}
	if agent != nil {
		opts = append(opts, agent.Option())
	}
	return spur.New(service, opts...)
}

// localAgent starts an agent, unless the environment names a destination.
func localAgent() (*spurtest.Agent, error) {
	for _, name := range []string{"JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", "JAEGER_ENDPOINT"} {
		if os.Getenv(name) != "" {
			return nil, nil
		}
	}
	return spurtest.StartAgent(spurtest.AgentOptions{})
}

// draw waits until what the tracers have sent has arrived, and prints it.
func draw(ctx context.Context, out io.Writer, agent *spurtest.Agent, tracers ...*spur.Tracer) {
	sent := 0
	for _, tracer := range tracers {
		for _, d := range tracer.Stats().Destinations {
			sent += int(d.Sent)
		}
	}
	if err := agent.Wait(ctx, sent); err != nil {
		fmt.Fprintln(out, err)
	}
	tree := agent.Tree()
	if tree == "" {
		tree = "No spans: the trace was not sampled, or tracing is disabled.\n"
	}
	fmt.Fprintln(out, tree)
	fmt.Fprintf(out, "agent     received %d spans in %d datagrams\n", agent.Received(), len(agent.Batches()))
}

// count prints what a tracer knows of its spans. Nothing is lost in silence: at
// every destination finished = sent + unconfirmed + dropped + waiting.
func count(out io.Writer, service string, tracer *spur.Tracer) {
	st := tracer.Stats()
	fmt.Fprintf(out, "%-9s started %d, finished %d sampled and %d unsampled\n", service,
		st.Spans.Started, st.Spans.FinishedSampled, st.Spans.FinishedUnsampled)
	for _, d := range st.Destinations {
		fmt.Fprintf(out, "%-9s sent %d to %s, dropped %d, waiting %d\n", "",
			d.Sent, d.Address, d.DroppedTotal(), d.BufferedSpans)
	}
}
