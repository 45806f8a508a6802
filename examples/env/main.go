// SPDX-License-Identifier: Apache-2.0

// Env shows a program that is configured by its environment alone: the same
// variables as for Jaeger's own clients, and OpenTelemetry's.
//
//	go run ./examples/env
//	JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=0 go run ./examples/env
//	JAEGER_ENDPOINT=http://localhost:14268/api/traces go run ./examples/env
//	OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 go run ./examples/env
//	JAEGER_AGENT_PORT=sixty go run ./examples/env
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurtest"
)

func main() {
	slog.SetLogLoggerLevel(slog.LevelWarn)
	if err := run(os.Stdout); err != nil {
		fmt.Println(err) // names each variable that cannot be used, and its value
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	agent, err := prepare()
	if err != nil {
		return err
	}
	if agent != nil {
		defer agent.Close()
	}

	tracer, err := spur.New("", spur.FromEnv()) // all there is in a real program
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	parent, span := tracer.Start(ctx, "greet")
	_, child := tracer.Start(parent, "find words")
	child.Finish()
	span.Finish()
	if err := tracer.Shutdown(ctx); err != nil {
		fmt.Fprintln(out, err)
	}

	st := tracer.Stats()
	fmt.Fprintln(out, "sampler", st.Sampling.Description)
	for _, d := range st.Destinations {
		fmt.Fprintf(out, "spans go to %s as %s, chosen by %s: %d sent, %d dropped %s\n",
			d.Address, d.Format, st.Source, d.Sent, d.DroppedTotal(), d.LastError)
	}
	if agent != nil && st.Spans.FinishedSampled > 0 {
		if err := agent.Wait(ctx, int(st.Spans.FinishedSampled)); err != nil {
			return err
		}
		batch := agent.Batches()[0]
		fmt.Fprintf(out, "\n%s", batch.Process.Service)
		for _, tag := range batch.Process.Tags {
			if tag.Key == "zone" || tag.Key == "version" {
				fmt.Fprintf(out, " %s=%s", tag.Key, tag.Value)
			}
		}
		fmt.Fprintf(out, "\n%s", agent.Tree(spurtest.WithoutTimes()))
	}
	return nil
}

// prepare sets variables that are not set, which a real program leaves to whoever
// starts it, and starts an agent unless they name a destination.
func prepare() (*spurtest.Agent, error) {
	defaults := map[string]string{
		"JAEGER_SERVICE_NAME":  "greeter",
		"JAEGER_SAMPLER_TYPE":  "const",
		"JAEGER_SAMPLER_PARAM": "1",
		"JAEGER_TAGS":          "zone=eu,version=${GREETER_VERSION:dev}",
	}
	var agent *spurtest.Agent
	if !isSet("JAEGER_ENDPOINT", "JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", "OTEL_TRACES_EXPORTER",
		"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
		var err error
		if agent, err = spurtest.StartAgent(spurtest.AgentOptions{}); err != nil {
			return nil, err
		}
		defaults["JAEGER_AGENT_HOST"] = agent.Host()
		defaults["JAEGER_AGENT_PORT"] = strconv.Itoa(agent.Port())
	}
	for name, value := range defaults {
		if !isSet(name) {
			if err := os.Setenv(name, value); err != nil {
				return nil, err
			}
		}
	}
	return agent, nil
}

func isSet(names ...string) bool {
	for _, name := range names {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}
