// SPDX-License-Identifier: Apache-2.0

// Quickstart runs two HTTP services, sends a request through both, and draws the
// trace that comes of it.
//
//	go run ./examples/quickstart
//
// It needs nothing else: the spans go over UDP to an agent inside this program.
// When something shows traces at localhost:16686, as the all-in-one of
// backend/cmd/all-in-one does, they also go to the agent at localhost:6831. With
// JAEGER_AGENT_HOST set they go there alone.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

func main() {
	slog.SetLogLoggerLevel(slog.LevelWarn) // at level Info tracers say how they are configured
	if err := run(os.Stdout, "localhost:16686", "udp://localhost:6831"); err != nil {
		log.Fatal(err)
	}
}

// run sends the trace to agentURL, too, when something listens at ui.
func run(out io.Writer, ui, agentURL string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()

	agent, err := localAgent()
	if err != nil {
		return err
	}
	shown := false
	opts := []spur.Option{
		spur.SampleAll(),
		spur.FromEnv(), // JAEGER_SAMPLER_TYPE and all the others, which override what stands before
	}
	if agent != nil {
		defer agent.Close()
		opts = append(opts, agent.Option()) // what stands behind FromEnv overrides variables
		if shown = listens(ctx, ui); shown {
			opts = append(opts, spur.WithEndpoint(agentURL))
		}
	}

	// Each service has a tracer of its own, which carries its name. In real life
	// they are different programs.
	frontend, err := spur.New("frontend", opts...)
	if err != nil {
		return err
	}
	defer frontend.Close()
	pricing, err := spur.New("pricing", opts...)
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
	if shown {
		fmt.Fprintf(out, "Look at it: http://%s/trace/%s\n\n", ui, traceID)
	}
	count(out, "frontend", frontend)
	count(out, "pricing", pricing)
	return nil
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

// listens reports whether a server takes connections at address.
func listens(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// draw waits until what the tracers have sent has arrived, and prints it.
func draw(ctx context.Context, out io.Writer, agent *spurtest.Agent, tracers ...*spur.Tracer) {
	sent := 0
	for _, tracer := range tracers {
		for _, d := range tracer.Stats().Destinations {
			if d.Address == agent.Addr() {
				sent += int(d.Sent)
			}
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
