// SPDX-License-Identifier: Apache-2.0

// Package kafkatest is what tests of Kafka share: a broker in this process, a store that
// writes to it, an ingester, and what is behind it.
package kafkatest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/ingest"
	"github.com/go-spur/spur/backend/internal/broker"
	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/kafka"
	"github.com/go-spur/spur/backend/trace"
)

// Quiet logs nothing.
var Quiet = slog.New(slog.DiscardHandler)

// Broker is where a topic is.
type Broker struct {
	broker.Config
	Topic string
}

// NewCluster starts a broker in this process.
func NewCluster(t testing.TB, options ...kfake.Opt) (*kfake.Cluster, Broker) {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.AllowAutoTopicCreation(), kfake.SeedTopics(3, "jaeger-spans")}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, Broker{broker.Config{Addresses: c.ListenAddrs()}, "jaeger-spans"}
}

// Real returns the broker that the variable KAFKA_PLAIN names, with a topic of the test's
// own.
func Real(t testing.TB) Broker {
	t.Helper()
	addr := os.Getenv("KAFKA_PLAIN") //nolint:forbidigo // set by make engines
	if addr == "" {
		t.Fatal("KAFKA_PLAIN is not set: run make engines, or what backend/e2e/engines/kafka.sh start prints")
	}
	return Broker{broker.Config{Addresses: []string{addr}}, fmt.Sprintf("test-%d-%d", os.Getpid(), topics.Add(1))}
}

var topics atomic.Int64

// Sink is a store that only counts, and fails when it is told to.
type Sink struct {
	mu      sync.Mutex
	changed *sync.Cond
	traces  []ptrace.Traces
	fail    func(ptrace.Traces) error

	// What there was so far; Await looks at them.
	Spans, Calls int
}

// NewSink returns a Sink that has nothing.
func NewSink() *Sink {
	s := &Sink{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// Write counts spans, or fails.
func (s *Sink) Write(_ context.Context, td ptrace.Traces) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changed.Broadcast()
	s.Calls++
	if s.fail != nil {
		if err := s.fail(td); err != nil {
			return err
		}
	}
	c := ptrace.NewTraces()
	td.CopyTo(c)
	s.traces = append(s.traces, c)
	s.Spans += td.SpanCount()
	return nil
}

// FailWith has Write return the errors of fail; nil is none.
func (s *Sink) FailWith(fail func(ptrace.Traces) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

// Await returns when ok says so, which is asked after each Write.
func (s *Sink) Await(ok func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !ok() {
		s.changed.Wait()
	}
}

// Names returns the names of the stored spans in the order in which they came.
func (s *Sink) Names() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, td := range s.traces {
		for span := range trace.Spans(td) {
			out = append(out, span.Name())
		}
	}
	return out
}

// Validator is a function of ingest.Deps.
type Validator = func(ptrace.Traces) (int, []trace.Refused)

// OpenIngester starts an Ingester, which is closed at the end of the test.
func OpenIngester(t testing.TB, b Broker, encoding string, validate Validator, write func(context.Context, ptrace.Traces) error) *ingest.Ingester {
	t.Helper()
	return OpenIngesterWith(t, b, encoding, validate, write, nil)
}

// OpenIngesterWith has its metrics in reg.
func OpenIngesterWith(t testing.TB, b Broker, encoding string, validate Validator, write func(context.Context, ptrace.Traces) error, reg prometheus.Registerer) *ingest.Ingester {
	t.Helper()
	decoder, err := receive.NewMessages(encoding)
	if err != nil {
		t.Fatal(err)
	}
	in, err := ingest.Open(t.Context(), ingest.Config{
		Broker: b.Config, Topic: b.Topic, Group: b.Topic + "-ingesters", Client: "test", Encoding: encoding, FetchBytes: 1 << 20,
	}, ingest.Deps{Decoder: decoder, Validate: validate, Write: write}, reg, Quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(context.Background()) })
	return in
}

// OpenStore opens a store that writes to b.
func OpenStore(t testing.TB, b Broker, encoding string) store.Store {
	t.Helper()
	s, err := kafka.Open(t.Context(), kafka.Config{
		Broker: b.Config, Topic: b.Topic, Encoding: encoding, Acks: "all", Compression: "none", MaxMessageBytes: 1_000_000,
	}, nil, Quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// AsItIs is a Validator that mends nothing.
func AsItIs(ptrace.Traces) (int, []trace.Refused) { return 0, nil }

// Produce sends messages as they are.
func Produce(t testing.TB, b Broker, messages ...*kgo.Record) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Addresses...), kgo.DefaultProduceTopic(b.Topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.ProduceSync(t.Context(), messages...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// Read returns the n messages of the topic; it fails when after 20 seconds there are
// fewer, or when there are more.
func Read(t testing.TB, b Broker, n int) (out []*kgo.Record) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Addresses...), kgo.ConsumeTopics(b.Topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for len(out) < n && ctx.Err() == nil {
		out = append(out, client.PollFetches(ctx).Records()...)
	}
	if len(out) != n {
		t.Fatalf("%d messages of %s, want %d", len(out), b.Topic, n)
	}
	return out
}

// Spans returns spans of one trace with these names.
func Spans(id byte, names ...string) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	list := rs.ScopeSpans().AppendEmpty().Spans()
	for i, name := range names {
		s := list.AppendEmpty()
		s.SetTraceID([16]byte{0: id, 15: 1})
		s.SetSpanID([8]byte{6: byte(i >> 8), 7: byte(i + 1)})
		s.SetName(name)
		s.SetStartTimestamp(1)
		s.SetEndTimestamp(2)
	}
	return td
}
