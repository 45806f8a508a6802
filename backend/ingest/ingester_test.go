// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/ingest"
	"github.com/go-spur/spur/backend/internal/kafkatest"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// otlp is a message of spans of one trace with these names.
func otlp(t *testing.T, id byte, names ...string) *kgo.Record {
	t.Helper()
	b, err := new(ptrace.ProtoMarshaler).MarshalTraces(kafkatest.Spans(id, names...))
	if err != nil {
		t.Fatal(err)
	}
	return &kgo.Record{Key: []byte{id}, Value: b}
}

// await waits until ok says so.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	end := time.After(20 * time.Second)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("20 seconds are over before %s", what)
		}
	}
}

// settled waits until an ingester has settled n messages, and checks its books.
func settled(t *testing.T, in *ingest.Ingester, n int64) (b trace.Books) {
	t.Helper()
	await(t, fmt.Sprintf("%d messages are settled", n), func() bool {
		done := int64(0)
		for _, p := range in.Partitions() {
			done += p.Messages
		}
		b = in.Books()
		return done >= n && b.Waiting == 0
	})
	if b.Balance() != 0 {
		t.Errorf("the books do not balance: %+v", b)
	}
	return b
}

// letters returns the n dead letters.
func letters(t *testing.T, b kafkatest.Broker, n int) []*kgo.Record {
	t.Helper()
	b.Topic = ingest.DeadTopic(b.Topic)
	return kafkatest.Read(t, b, n)
}

func header(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

// TestDeadLetters: what cannot be read costs no other, and is kept with where it was
// and why. A message some of whose spans are refused is kept, too; the others are
// stored.
func TestDeadLetters(t *testing.T) {
	_, b := kafkatest.NewCluster(t)
	sink := kafkatest.NewSink()
	in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, sink.Write)
	zero := kafkatest.Spans(2, "kept", "without an id")
	zero.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(1).SetSpanID([8]byte{})
	some, err := new(ptrace.ProtoMarshaler).MarshalTraces(zero)
	if err != nil {
		t.Fatal(err)
	}
	kafkatest.Produce(t, b, otlp(t, 1, "first"), &kgo.Record{Key: []byte{1}, Value: []byte("not OTLP")}, &kgo.Record{Value: some}, otlp(t, 1, "last"))
	books := settled(t, in, 4)
	if books.Stored != 3 || books.Refused[trace.ReasonSpanID] != 1 || books.Unread[trace.ReasonMalformed] != 1 || in.DeadLetters() != 2 {
		t.Errorf("%+v, %d dead letters; want 3 spans stored, 1 refused, 1 message unread, 2 dead letters", books, in.DeadLetters())
	}
	got := map[string]*kgo.Record{}
	for _, r := range letters(t, b, 2) {
		got[header(r, ingest.HeaderReason)] = r
	}
	bad := got["malformed"]
	if bad == nil || string(bad.Value) != "not OTLP" || header(bad, ingest.HeaderTopic) != b.Topic || header(bad, ingest.HeaderPartition) == "" ||
		header(bad, ingest.HeaderOffset) != "1" || header(bad, ingest.HeaderError) == "" {
		t.Errorf("the letter about what cannot be read: %+v", bad)
	}
	part := got["invalid_span_id"]
	if part == nil || !bytes.Equal(part.Value, some) || header(part, ingest.HeaderError) != "spans refused: 1 invalid_span_id" {
		t.Errorf("the letter about one span of two: %+v", part)
	}
	if names := sink.Names(); slices.Index(names, "first") > slices.Index(names, "last") {
		t.Errorf("a partition is not stored in its order: %v", names)
	}
}

// TestStoreAway: while the store is away nothing is committed, lost or thrown away, and
// the health check says why; then all goes on by itself.
func TestStoreAway(t *testing.T) {
	t.Parallel() // it waits
	_, b := kafkatest.NewCluster(t)
	sink := kafkatest.NewSink()
	sink.FailWith(func(ptrace.Traces) error { return fmt.Errorf("%w: no route", store.ErrUnavailable) })
	in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, sink.Write)
	kafkatest.Produce(t, b, otlp(t, 1, "a"), otlp(t, 1, "b"), otlp(t, 1, "c"))
	sink.Await(func() bool { return sink.Calls >= 5 }) // more than before the messages would be tried apart
	if err := in.Ready(); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("ready: %v, want that the store is unavailable", err)
	}
	if got := in.Books(); got.Waiting != 3 || got.Received != 3 || in.DeadLetters() != 0 {
		t.Errorf("%+v, %d dead letters; want 3 waiting", got, in.DeadLetters())
	}
	sink.FailWith(nil)
	if got := settled(t, in, 3); got.Stored != 3 {
		t.Errorf("%+v, want 3 stored", got)
	}
	if err := in.Ready(); err != nil {
		t.Errorf("ready: %v", err)
	}
	if got := strings.Join(sink.Names(), " "); got != "a b c" {
		t.Errorf("stored %s, want a b c", got)
	}
}

// TestStoreRefuses: a message that the store refuses while it takes others is a dead
// letter, whatever the error.
func TestStoreRefuses(t *testing.T) {
	for name, err := range map[string]error{
		"unsupported": errors.ErrUnsupported,
		"unknown":     errors.New("field 7 is odd"),
		"refused":     &store.RefusedError{Spans: 1, Err: errors.New("too many fields")},
	} {
		t.Run(name, func(t *testing.T) {
			_, b := kafkatest.NewCluster(t)
			sink := kafkatest.NewSink()
			sink.FailWith(func(td ptrace.Traces) error {
				for s := range trace.Spans(td) {
					if s.Name() == "poison" {
						return err
					}
				}
				return nil
			})
			in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, sink.Write)
			kafkatest.Produce(t, b, otlp(t, 1, "a"), otlp(t, 1, "poison"), otlp(t, 1, "b"))
			got := settled(t, in, 3)
			if got.Stored != 2 || got.Refused[ingest.ReasonRefused] != 1 || in.DeadLetters() != 1 {
				t.Errorf("%+v, %d dead letters; want 2 stored, 1 refused, 1 dead letter", got, in.DeadLetters())
			}
			if r := letters(t, b, 1)[0]; header(r, ingest.HeaderReason) != string(ingest.ReasonRefused) || header(r, ingest.HeaderOffset) != "1" {
				t.Errorf("the dead letter: %+v", r.Headers)
			}
			if err := in.Ready(); err != nil {
				t.Errorf("ready: %v", err)
			}
		})
	}
}

// TestStorePanics: a panic is the message's fault.
func TestStorePanics(t *testing.T) {
	_, b := kafkatest.NewCluster(t)
	in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, func(context.Context, ptrace.Traces) error { panic("odd") })
	kafkatest.Produce(t, b, otlp(t, 1, "a"))
	if got := settled(t, in, 1); got.Refused[ingest.ReasonRefused] != 1 || in.DeadLetters() != 1 {
		t.Errorf("%+v, want 1 refused", got)
	}
}

// TestRebalance: an ingester that joins waits until what the first is writing is
// stored, and then both share the partitions; nothing is lost or stored twice.
func TestRebalance(t *testing.T) {
	t.Parallel() // it waits
	_, b := kafkatest.NewCluster(t)
	writing, release := make(chan struct{}, 1), make(chan struct{})
	one := kafkatest.NewSink()
	first := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, func(ctx context.Context, td ptrace.Traces) error {
		select {
		case writing <- struct{}{}:
		default:
		}
		<-release
		return one.Write(ctx, td)
	})
	var sent []*kgo.Record
	for i := range 60 {
		sent = append(sent, otlp(t, byte(i+1), fmt.Sprint("span ", i)))
	}
	kafkatest.Produce(t, b, sent[:30]...)
	<-writing
	two := kafkatest.NewSink()
	second := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, two.Write)
	close(release)
	settled(t, first, 1)
	await(t, "both have partitions", func() bool { return len(second.Partitions()) > 0 && len(first.Partitions()) > 0 })
	kafkatest.Produce(t, b, sent[30:]...)
	var all []string
	await(t, "all are stored", func() bool { all = append(one.Names(), two.Names()...); return len(all) >= len(sent) })
	slices.Sort(all)
	if n := len(slices.Compact(slices.Clone(all))); n != len(sent) || len(all) != n {
		t.Errorf("%d spans are stored, %d different ones; want each of %d once", len(all), n, len(sent))
	}
	for _, in := range []*ingest.Ingester{first, second} {
		if got := in.Books(); got.Balance() != 0 {
			t.Errorf("the books do not balance: %+v", got)
		}
	}
}

// TestGoesOn: a new process of the group begins where the last has committed.
func TestGoesOn(t *testing.T) {
	_, b := kafkatest.NewCluster(t)
	sink := kafkatest.NewSink()
	kafkatest.Produce(t, b, otlp(t, 1, "a"))
	in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, sink.Write)
	settled(t, in, 1)
	if err := in.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	kafkatest.Produce(t, b, otlp(t, 1, "b"))
	settled(t, kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, sink.Write), 1)
	if got := strings.Join(sink.Names(), " "); got != "a b" {
		t.Errorf("stored %s, want a b", got)
	}
}

// TestCloseGivesUp: a store that hangs does not keep the process.
func TestCloseGivesUp(t *testing.T) {
	_, b := kafkatest.NewCluster(t)
	writing := make(chan struct{}, 1)
	in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, func(ctx context.Context, _ ptrace.Traces) error {
		writing <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	kafkatest.Produce(t, b, otlp(t, 1, "a"))
	<-writing
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := in.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("close: %v, want that it gave up", err)
	}
}

// TestMetrics: what is shown has Jaeger's names, and the law holds.
func TestMetrics(t *testing.T) {
	_, b := kafkatest.NewCluster(t)
	reg := prometheus.NewRegistry()
	in := kafkatest.OpenIngesterWith(t, b, "otlp_proto", collect.Validate, kafkatest.NewSink().Write, reg)
	kafkatest.Produce(t, b, otlp(t, 1, "a", "b"))
	settled(t, in, 1)
	err := testutil.GatherAndCompare(reg, strings.NewReader(`
# HELP jaeger_ingester_sarama_consumer_partitions_held Partitions that this process reads.
# TYPE jaeger_ingester_sarama_consumer_partitions_held gauge
jaeger_ingester_sarama_consumer_partitions_held 3
# HELP spur_ingester_spans_received_total Spans found in messages.
# TYPE spur_ingester_spans_received_total counter
spur_ingester_spans_received_total{format="otlp_proto"} 2
# HELP spur_ingester_spans_stored_total Spans that the store has.
# TYPE spur_ingester_spans_stored_total counter
spur_ingester_spans_stored_total 2
# HELP spur_ingester_spans_waiting Spans being written.
# TYPE spur_ingester_spans_waiting gauge
spur_ingester_spans_waiting 0
`), "jaeger_ingester_sarama_consumer_partitions_held", "spur_ingester_spans_received_total", "spur_ingester_spans_stored_total", "spur_ingester_spans_waiting")
	if err != nil {
		t.Error(err)
	}
	if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}
