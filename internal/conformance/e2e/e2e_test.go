// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
)

// TestReadsBackEqual sends the same trace to real Jaegers and to an OpenTelemetry
// Collector in every way there is, and compares what they say with what was traced.
// So they say the same of every way, but for what differences lists; and what the
// Collector makes of Thrift is what it gets by OTLP.
func TestReadsBackEqual(t *testing.T) {
	logDifferences(t)
	for _, receiver := range []struct {
		name  string
		start func(*testing.T) rig
	}{
		{"Jaeger 1.62", func(t *testing.T) rig { return start(t, "1.62") }},
		{"Jaeger 2", func(t *testing.T) rig { return start(t, "2") }},
		{"Collector", startCollector},
	} {
		t.Run(receiver.name, func(t *testing.T) {
			r := receiver.start(t)
			for _, w := range ways() {
				t.Run(w.name, func(t *testing.T) { w.check(t, r, receiver.name) })
				if w.large {
					t.Run(w.name+" large span", func(t *testing.T) { w.checkLarge(t, r) })
				}
			}
		})
	}
}

// check sends a trace and compares.
func (w *way) check(t *testing.T, r rig, receiver string) {
	service := fmt.Sprintf("e2e-%016x", rand.Uint64())
	tracer, closer := w.tracer(t, r, service)
	tr := newTrace(t, tracer)
	tr.finish()
	refused := w.refuses == receiver
	if err := closer.Close(); errors.Is(err, reporter.ErrLost) != refused || err != nil && !refused {
		t.Fatal(err)
	}
	if ours, ok := tracer.(*spur.Tracer); ok {
		w.books(t, ours, len(tr.want), refused)
	}
	if refused {
		return
	}
	want := tr.copy(w.process(t, service))
	apply(t, receiver, w, want)
	got := r.spans(t, service, tr.name, len(want))
	for name, want := range want {
		hostOnly(got[name])
		compare(t, name, got[name], want)
	}
}

// checkLarge sends a span that is larger than a datagram, but not than a request,
// and one more. Over UDP the first loses its oldest logs, and says so.
func (w *way) checkLarge(t *testing.T, r rig) {
	const logs = 150
	service := fmt.Sprintf("e2e-%016x", rand.Uint64())
	tracer, closer := w.tracer(t, r, service)
	large := tracer.StartSpan("large")
	for i := range logs {
		large.LogKV("event", fmt.Sprint("number ", i), "text", strings.Repeat("x", 1000))
	}
	large.Finish()
	tracer.StartSpan("neighbour").Finish()
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	w.books(t, tracer.(*spur.Tracer), 2, false)
	got := r.spans(t, service, func(_, _ any) string { return "some" }, 2)
	if got["neighbour"] == nil || got["neighbour"][trimmed] != "" {
		t.Errorf("the neighbour is %v", got["neighbour"])
	}
	f, kept := got["large"], 0
	for f[fmt.Sprintf("event %d timeUnixNano", kept)] != "" {
		kept++
	}
	wantTrimmed, wantDropped, wantKept := "", "", logs
	if strings.Contains(w.kind, "udp") {
		wantTrimmed, wantDropped = "boolValue true", fmt.Sprintf("intValue %d", logs-kept)
		wantKept = min(max(kept, 55), 65) // of a good 1,000 bytes each, into 65,000
	}
	if f[trimmed] != wantTrimmed || f["attribute otel.dropped_events_count"] != wantDropped || kept != wantKept {
		t.Errorf("%d of %d logs are kept, spur.trimmed is %q, otel.dropped_events_count is %q", kept, logs, f[trimmed], f["attribute otel.dropped_events_count"])
	}
	if last := f[fmt.Sprintf("event %d name", kept-1)]; last != fmt.Sprint("number ", logs-1) {
		t.Errorf("the last event is %q", last)
	}
}

// What the copy of a span says when it was made smaller to fit.
const trimmed = "attribute spur.trimmed"

// books checks what the tracer says of the spans, which went this way and in no
// other.
func (w *way) books(t *testing.T, tracer *spur.Tracer, spans int, refused bool) {
	t.Helper()
	all := tracer.Stats().Destinations
	if len(all) != 1 || all[0].Format != w.format {
		t.Fatalf("not one destination that takes %s: %+v", w.format, all)
	}
	d := all[0]
	sent, rejected, refusal := uint64(spans), uint64(0), ""
	if refused {
		sent, rejected, refusal = rejected, sent, "400"
	}
	if d.Sent != sent || d.Dropped[reporter.Rejected] != rejected || d.DroppedTotal() != rejected || d.Unconfirmed+d.BufferedSpans+d.Retries != 0 {
		t.Fatalf("not %d spans are sent and %d rejected: %+v", sent, rejected, d)
	}
	if !strings.Contains(d.LastError, refusal) || (refusal == "") != (d.LastError == "") {
		t.Errorf("the last error is %q", d.LastError)
	}
}

// process is what a tracer says of itself.
func (w *way) process(t *testing.T, service string) facts {
	t.Helper()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	return facts{
		"resource attribute service.name": "stringValue " + service, "resource attribute zone": "stringValue eu",
		"resource attribute n": w.n, "resource attribute jaeger.version": "stringValue " + w.version,
		"resource attribute hostname": "stringValue " + host, "resource attribute client-uuid": "some",
	}
}

// hostOnly removes what differs from host to host.
func hostOnly(f facts) {
	for _, id := range []string{"resource attribute client-uuid", "resource attribute service.instance.id"} {
		if f[id] != "" {
			f[id] = "some"
		}
	}
	// A host may have none that others know it by.
	if _, ip, _ := strings.Cut(f["resource attribute ip"], " "); net.ParseIP(ip) != nil {
		delete(f, "resource attribute ip")
	}
}
