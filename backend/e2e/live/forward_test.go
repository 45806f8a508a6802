// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package live

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/e2e/live/emit"
	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/trace"
)

// startForward starts an all-in-one that sends on what it receives.
func startForward(t *testing.T, protocol, endpoint string) *receiver {
	t.Helper()
	return startWith(t, func(c *config.Config) {
		c.Storage = "sqlite,forward"
		c.Forward.Protocol, c.Forward.Endpoints = protocol, []string{endpoint}
	})
}

// senders are those that send over the wires.
func senders(wires ...emit.Wire) (some []emit.Sender) {
	for _, s := range emit.Senders("./node.sh", scripts+"/collector.sh") {
		for _, w := range wires {
			if s.Wire == w && !s.Unshown {
				some = append(some, s)
			}
		}
	}
	return some
}

var (
	jaegerWires = []emit.Wire{emit.Compact, emit.Binary, emit.ThriftHTTP}
	otlpWires   = []emit.Wire{emit.OTLPHTTP, emit.OTLPGRPC}
)

// TestForward: of what an all-in-one sends on to a Jaeger 1.62, both show the same,
// but for what golden.Differences lists.
func TestForward(t *testing.T) {
	for _, test := range []struct {
		protocol string
		endpoint func(*receiver) string
		senders  []emit.Sender
	}{
		{"jaeger-grpc", func(r *receiver) string { return r.agents }, senders(append(jaegerWires, otlpWires...)...)},
		{"thrift-http", func(r *receiver) string { return r.wires[emit.ThriftHTTP] }, senders(jaegerWires...)},
		{"otlp-grpc", func(r *receiver) string { return r.wires[emit.OTLPGRPC] }, senders(otlpWires...)},
		{"otlp-http", func(r *receiver) string { return r.wires[emit.OTLPHTTP] }, senders(otlpWires...)},
	} {
		t.Run(test.protocol, func(t *testing.T) {
			jaeger := startJaeger(t)
			sent := map[string]bool{}
			for _, s := range test.senders {
				if sent[s.Services[0]] {
					continue // another one sends the same spans
				}
				sent[s.Services[0]] = true
				t.Run(s.Name, func(t *testing.T) {
					ours := startForward(t, test.protocol, test.endpoint(jaeger))
					send(t, s, ours)
					want, got := jaeger.await(t, s), ours.await(t, s)
					table := golden.NewTable()
					for _, d := range golden.Compare(s.Name, want, got) {
						if !table.Explains(golden.Ours, d) && !meant(test.protocol, d) {
							t.Error(d)
						}
					}
				})
			}
		})
	}
}

// meant reports whether d comes of the way that the spans took.
func meant(protocol string, d golden.Difference) bool {
	switch protocol {
	case "jaeger-grpc": // of OTLP, it has tags for more fields than Jaeger shows
		return d.Field == "tags.internal.span.format" && d.Want == `string "proto"` && d.Got == `string "otlp"` || strings.HasPrefix(d.Field, "tags.otel.dropped_")
	case "thrift-http":
		return d.Field == "duration" && d.Want == "1" && d.Got == "0"
	}
	return d.Field == "tags.@jaeger@warnings" // 1.62 does not know the attribute
}

// TestForwardV2: a Jaeger 2.13 shows the same of what it is sent directly and of
// what comes through an all-in-one.
func TestForwardV2(t *testing.T) {
	shown := map[bool]map[string]golden.Facts{}
	for _, direct := range []bool{true, false} {
		shown[direct] = map[string]golden.Facts{}
		t.Run(map[bool]string{true: "directly", false: "through"}[direct], func(t *testing.T) {
			jaeger := startVersion(t, "2")
			for _, s := range senders(otlpWires...) {
				if shown[direct][s.Services[0]] != nil {
					continue // another one sends the same spans
				}
				t.Run(s.Name, func(t *testing.T) {
					to := jaeger
					if !direct {
						to = startForward(t, "otlp-grpc", jaeger.wires[emit.OTLPGRPC])
					}
					send(t, s, to)
					shown[direct][s.Services[0]] = jaeger.await(t, s)
				})
			}
		})
	}
	if len(shown[true]) == 0 {
		t.Fatal("nothing was sent")
	}
	for service, want := range shown[true] {
		for _, d := range golden.Compare(service, want, shown[false][service]) {
			if d.Field != "warnings" { // of what was mended
				t.Error(d)
			}
		}
	}
}

// TestForwardCollector: an OpenTelemetry Collector behind an all-in-one gets the
// same OTLP as the all-in-one was sent, but for spans that it had to mend.
func TestForwardCollector(t *testing.T) {
	env := []string{offset}
	t.Cleanup(func() { script(t, env, "collector.sh", "stop") })
	said := script(t, env, "collector.sh", "start")
	ours := startForward(t, "otlp-http", said["E2E_OTLP_HTTP"])
	names, err := filepath.Glob("../../testdata/otlp/*.pb")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	read := 0 // bytes of the file
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(ours.wires[emit.OTLPHTTP], "application/x-protobuf", bytes.NewReader(b))
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v, %v", name, resp, err)
		}
		_ = resp.Body.Close()
		got := ptrace.NewTraces()
		await(t, func() (bool, any) {
			all, _ := os.ReadFile(said["E2E_FILE"])
			for line := range bytes.Lines(all[min(read, len(all)):]) {
				if !bytes.HasSuffix(line, []byte("\n")) {
					break
				}
				td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(line)
				if err != nil {
					t.Fatal(err)
				}
				read += len(line)
				td.ResourceSpans().MoveAndAppendTo(got.ResourceSpans())
			}
			return got.SpanCount() == want.SpanCount(), got.SpanCount()
		})
		mended := map[pcommon.SpanID]bool{}
		for s := range trace.Spans(got) {
			_, mended[s.SpanID()] = s.Attributes().Get(trace.AttributeWarnings)
		}
		if !bytes.Equal(joined(t, got, mended), joined(t, want, mended)) {
			t.Errorf("%s: another came than was sent", filepath.Base(name))
		}
	}
}

// joined is td without some spans, those of a resource and scope together.
func joined(t *testing.T, td ptrace.Traces, without map[pcommon.SpanID]bool) []byte {
	t.Helper()
	all, err := trace.Encode(td)
	if err != nil {
		t.Fatal(err)
	}
	return trace.Join(slices.DeleteFunc(all, func(e trace.Encoded) bool { return without[e.Head().SpanID] }))
}
