// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

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

var quiet = slog.New(slog.DiscardHandler)

const topic = "jaeger-spans"

// newCluster starts a broker in this process.
func newCluster(t testing.TB, options ...kfake.Opt) (*kfake.Cluster, broker.Config) {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.AllowAutoTopicCreation(), kfake.SeedTopics(3, topic)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, broker.Config{Addresses: c.ListenAddrs()}
}

// sink is a store that only counts, and fails when it is told to.
type sink struct {
	mu      sync.Mutex
	changed *sync.Cond
	traces  []ptrace.Traces
	spans   int
	fail    func(ptrace.Traces) error // nil is nothing
	calls   int
}

func newSink() *sink {
	s := &sink{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *sink) Write(_ context.Context, td ptrace.Traces) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changed.Broadcast()
	s.calls++
	if s.fail != nil {
		if err := s.fail(td); err != nil {
			return err
		}
	}
	c := ptrace.NewTraces()
	td.CopyTo(c)
	s.traces = append(s.traces, c)
	s.spans += td.SpanCount()
	return nil
}

func (s *sink) failWith(fail func(ptrace.Traces) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

// await returns when ok says so, which is asked after each Write.
func (s *sink) await(ok func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !ok() {
		s.changed.Wait()
	}
}

// names returns the names of the stored spans in the order in which they came.
func (s *sink) names() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, td := range s.traces {
		for span := range trace.Spans(td) {
			out = append(out, span.Name())
		}
	}
	return out
}

type validator = func(ptrace.Traces) (int, []trace.Refused)

// openIngester starts an Ingester, which is closed at the end of the test.
func openIngester(t testing.TB, b broker.Config, encoding string, validate validator, write func(context.Context, ptrace.Traces) error) *ingest.Ingester {
	t.Helper()
	decoder, err := receive.NewMessages(encoding)
	if err != nil {
		t.Fatal(err)
	}
	in, err := ingest.Open(t.Context(), ingest.Config{
		Broker: b, Topic: topic, Group: "jaeger-ingester", Client: "test", Encoding: encoding, FetchBytes: 1 << 20,
	}, ingest.Deps{Decoder: decoder, Validate: validate, Write: write}, nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(context.Background()) })
	return in
}

// openKafka opens a store that writes to b.
func openKafka(t testing.TB, b broker.Config, encoding string) store.Store {
	t.Helper()
	s, err := kafka.Open(t.Context(), kafka.Config{
		Broker: b, Topic: topic, Encoding: encoding, Acks: "all", Compression: "none", MaxMessageBytes: 1_000_000,
	}, nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// produce sends messages as they are.
func produce(t testing.TB, b broker.Config, messages ...*kgo.Record) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Addresses...), kgo.DefaultProduceTopic(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.ProduceSync(t.Context(), messages...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// spans returns spans of one trace with these names.
func spans(id byte, names ...string) ptrace.Traces {
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
