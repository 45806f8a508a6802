// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
)

// computed is how often a collector has computed probabilities.
func computed(t *testing.T, s *server.Server) (n int) {
	t.Helper()
	_, _, text := get("http://" + s.Addr(server.Admin) + "/metrics")
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "jaeger_collector_adaptive_sampling_processor_calculate_probabilities_count "); ok {
			if _, err := fmt.Sscan(value, &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no such metric: %.300s", text)
	return 0
}

// probability is what a collector says of an operation, 0 when it does not know it.
func probability(t *testing.T, s *server.Server, service, operation string) float64 {
	t.Helper()
	var answer struct {
		OperationSampling struct {
			PerOperationStrategies []struct {
				Operation             string
				ProbabilisticSampling struct{ SamplingRate float64 }
			}
		}
	}
	getJSON(t, "http://"+s.Addr(server.Sampling)+"/sampling?service="+service, &answer)
	for _, o := range answer.OperationSampling.PerOperationStrategies {
		if o.Operation == operation {
			return o.ProbabilisticSampling.SamplingRate
		}
	}
	return 0
}

// sendSampled sends traces that a probability has chosen.
func sendSampled(t *testing.T, s *server.Server, operation string, n int, p float64) {
	t.Helper()
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	now := time.Now()
	for i := range n {
		span := spans.AppendEmpty()
		id := pcommon.TraceID{0: 9}
		binary.BigEndian.PutUint64(id[8:], uint64(now.UnixNano())+uint64(i))
		span.SetTraceID(id)
		span.SetSpanID(pcommon.SpanID{7: 1})
		span.SetName(operation)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(now))
		span.Attributes().PutStr("sampler.type", "probabilistic")
		span.Attributes().PutDouble("sampler.param", p)
	}
	body, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post("http://"+s.Addr(server.OTLPHTTP)+"/v1/traces", "application/x-protobuf", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("spans: %s", resp.Status)
	}
}

// TestCassandraAdaptive: of two collectors one computes probabilities, from what both
// have counted, and both answer them. When it ends the other goes on.
func TestCassandraAdaptive(t *testing.T) {
	const keyspace, initial = "e2e_adaptive", 0.5
	session := cql(t)
	execute(t, session, "DROP KEYSPACE IF EXISTS "+keyspace)
	adaptive := func(c *config.Config) {
		c.SamplingType = "adaptive"
		a := &c.Adaptive
		a.CalculationInterval, a.Delay, a.InitialProbability, a.AggregationBuckets = 2*time.Second, time.Second, initial, 10_000
	}
	first, _ := ours(t, keyspace, adaptive)
	await(t, "the first computes", 30*time.Second, func() bool { return computed(t, first) > 0 })
	second, _ := ours(t, keyspace, adaptive)

	// Each operation comes to one of them, and both know both.
	sendSampled(t, first, "one", 100, initial)
	sendSampled(t, second, "two", 100, initial)
	await(t, "both know what both have counted", time.Minute, func() bool {
		for _, operation := range []string{"one", "two"} {
			p, q := probability(t, first, "shop", operation), probability(t, second, "shop", operation)
			if p != q || p == 0 || p == initial {
				return false
			}
		}
		return true
	})
	n := computed(t, first)
	await(t, "the first computes on", 30*time.Second, func() bool { return computed(t, first) >= n+3 })
	if n := computed(t, second); n != 0 {
		t.Errorf("the second has computed %d times", n)
	}
	var owner string
	if err := session.Query("SELECT owner FROM " + keyspace + ".leases WHERE name = 'sampling_lock'").Scan(&owner); err != nil || owner == "" {
		t.Errorf("the lease is held by %q, %v", owner, err)
	}

	before := probability(t, second, "shop", "one")
	if err := first.Close(t.Context()); err != nil {
		t.Error(err)
	}
	await(t, "the second computes", 30*time.Second, func() bool { return computed(t, second) > 2 })
	if p := probability(t, second, "shop", "one"); p != before {
		t.Errorf("it has the probability %v, want %v as before", p, before)
	}
	sendSampled(t, second, "one", 100, before)
	await(t, "it follows what arrives", 30*time.Second, func() bool { return probability(t, second, "shop", "one") < before })
}
