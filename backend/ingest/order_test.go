// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/internal/kafkatest"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// several are messages that are read at once and written in more than one batch, and the
// names of their spans.
func several(t *testing.T) (messages []*kgo.Record, names []string) {
	t.Helper()
	for i := range 14 {
		name := fmt.Sprintf("span-%02d", i)
		td := kafkatest.Spans(1, name)
		td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutStr("much", strings.Repeat(" ", 700_000)) // what compresses well
		b, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
		if err != nil {
			t.Fatal(err)
		}
		messages, names = append(messages, &kgo.Record{Value: b}), append(names, name)
	}
	return messages, names
}

// committed is the offset of partition 0 that the group has committed, or -1.
func committed(t *testing.T, b kafkatest.Broker) int64 {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Addresses...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	offsets, err := kadm.NewClient(client).FetchOffsets(t.Context(), b.Topic+"-ingesters")
	if err != nil {
		t.Fatal(err)
	}
	if o, ok := offsets.Lookup(b.Topic, 0); ok {
		return o.At
	}
	return -1
}

// waiter is a context that says when someone begins to wait for its end.
type waiter struct {
	context.Context
	once    sync.Once
	waiting chan struct{}
}

func (w *waiter) Done() <-chan struct{} {
	w.once.Do(func() { close(w.waiting) })
	return w.Context.Done()
}

// TestCloseBetweenBatches: a batch that the store does not take while the Ingester stops
// is read again, and so is what was read after it.
func TestCloseBetweenBatches(t *testing.T) {
	_, b := kafkatest.NewCluster(t, kfake.SeedTopics(1, "jaeger-spans"))
	closesBetweenBatches(t, b)
}

func closesBetweenBatches(t *testing.T, b kafkatest.Broker) {
	messages, names := several(t)
	kafkatest.Produce(t, b, messages...)
	sink := kafkatest.NewSink()
	writing, closing := make(chan int, 100), make(chan struct{})
	in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, func(ctx context.Context, td ptrace.Traces) error {
		writing <- td.SpanCount()
		<-closing
		for s := range trace.Spans(td) {
			if s.Name() == names[0] {
				return fmt.Errorf("%w: no route", store.ErrUnavailable)
			}
		}
		return sink.Write(ctx, td)
	})
	if n := <-writing; n == len(names) {
		t.Fatal("all messages are in one batch")
	}
	ctx, done := &waiter{Context: t.Context(), waiting: make(chan struct{})}, make(chan error, 1)
	go func() { done <- in.Close(ctx) }()
	<-ctx.waiting // it has been stopped
	close(closing)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got, at := sink.Names(), committed(t, b); len(got) > 0 || at > 0 {
		t.Errorf("offset %d is committed, and %q stored; want none: the first message is not", at, got)
	}
	settled(t, kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, sink.Write), int64(len(names)))
	if got := sink.Names(); !slices.Equal(got, names) {
		t.Errorf("the next ingester has stored %q, want %q", got, names)
	}
}

// TestEnlarge: a batch that the store refuses is written with the messages that come next,
// in their order, though later ones are there.
func TestEnlarge(t *testing.T) {
	_, b := kafkatest.NewCluster(t, kfake.SeedTopics(1, "jaeger-spans"))
	enlarges(t, b)
}

func enlarges(t *testing.T, b kafkatest.Broker) {
	messages, names := several(t)
	kafkatest.Produce(t, b, messages...)
	sink, begun, goOn, first := kafkatest.NewSink(), make(chan int, 1), make(chan struct{}), 0
	in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, func(ctx context.Context, td ptrace.Traces) error {
		if first == 0 {
			first = td.SpanCount()
			begun <- first
			<-goOn
		}
		if sink.Spans == 0 && td.SpanCount() <= first {
			return errors.New("odd")
		}
		return sink.Write(ctx, td)
	})
	if n := <-begun; n == len(names) {
		t.Fatal("all messages are in one batch")
	}
	names = append(names, "late")
	kafkatest.Produce(t, b, otlp(t, 1, "late"))
	close(goOn)
	settled(t, in, int64(len(names)))
	if got := sink.Names(); !slices.Equal(got, names) {
		t.Errorf("stored %q, want %q", got, names)
	}
}
