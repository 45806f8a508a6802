// SPDX-License-Identifier: Apache-2.0

package kafka_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/kafkatest"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/store/storetest"
	"github.com/go-spur/spur/backend/trace"
)

// chain is a store that is written to through Kafka and an ingester, and read from
// behind it, when all has arrived.
type chain struct {
	store.Store // the last
	kafka       store.Store
	sink        *kafkatest.Sink

	written atomic.Int64 // spans
}

func (c *chain) Write(ctx context.Context, td ptrace.Traces) error {
	err := c.kafka.Write(ctx, td)
	if err == nil {
		c.written.Add(int64(td.SpanCount()))
	}
	return err
}

// arrive waits for what was written.
func (c *chain) arrive() {
	c.sink.Await(func() bool { return int64(c.sink.Spans) >= c.written.Load() })
}

func (c *chain) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	c.arrive()
	return c.Store.Trace(ctx, id, w)
}

func (c *chain) Search(ctx context.Context, q trace.Query) (trace.Page, error) {
	c.arrive()
	return c.Store.Search(ctx, q)
}

func (c *chain) Close() error {
	err := c.kafka.Close()
	if errors.Is(err, store.ErrClosed) {
		return err
	}
	return errors.Join(err, c.Store.Close())
}

// TestStore runs tests of all engines on what a memory store has after Kafka and
// an ingester: nothing is lost, changed or there twice on the way.
func TestStore(t *testing.T) {
	storetest.RunWriting(t, storetest.Engine{
		Open: func(ctx context.Context, cfg storetest.Config) (store.Store, error) {
			_, b := kafkatest.NewCluster(t)
			return openChain(t, b, cfg), nil
		},
	}, storetest.Except{})
}

func openChain(t *testing.T, b kafkatest.Broker, cfg storetest.Config) *chain {
	c := &chain{Store: memory.Open(memory.Config{MaxBytes: cfg.MaxBytes}), kafka: kafkatest.OpenStore(t, b, "otlp_proto"), sink: kafkatest.NewSink()}
	kafkatest.OpenIngester(t, b, "otlp_proto", kafkatest.AsItIs, func(ctx context.Context, td ptrace.Traces) error {
		if err := c.Store.Write(ctx, td); err != nil {
			return err
		}
		return c.sink.Write(ctx, td)
	})
	return c
}
