// SPDX-License-Identifier: Apache-2.0

// Env shows a program that is configured by its environment alone: the same
// variables as for Jaeger's own clients, and OpenTelemetry's.
//
//	go run ./examples/env
//	JAEGER_SAMPLER_PARAM=0 go run ./examples/env
//	OTEL_TRACES_EXPORTER=jaeger JAEGER_AGENT_HOST=localhost go run ./examples/env
//	OTEL_TRACES_EXPORTER=console,otlp OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 go run ./examples/env
//	JAEGER_AGENT_PORT=sixty go run ./examples/env
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/go-spur/spur"
)

func main() {
	slog.SetLogLoggerLevel(slog.LevelWarn)
	prepare()
	if err := run(os.Stdout); err != nil {
		fmt.Println(err) // names each variable that cannot be used, and its value
		os.Exit(1)
	}
}

func run(out io.Writer) error {
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
	fmt.Fprintln(out, "destination chosen by", st.Source)
	for _, d := range st.Destinations {
		fmt.Fprintf(out, "%s: %d sent, %d dropped\n", d.Name, d.Sent, d.DroppedTotal())
	}
	return nil
}

// prepare sets variables that are not set, which a real program leaves to whoever
// starts it.
func prepare() {
	for _, v := range []struct{ name, value string }{
		{"JAEGER_SERVICE_NAME", "greeter"},
		{"JAEGER_SAMPLER_TYPE", "const"},
		{"JAEGER_SAMPLER_PARAM", "1"},
		{"OTEL_TRACES_EXPORTER", "console"},
	} {
		if os.Getenv(v.name) == "" {
			_ = os.Setenv(v.name, v.value)
		}
	}
}
