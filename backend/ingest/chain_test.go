// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/broker"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/store/storetest"
	"github.com/go-spur/spur/backend/trace"
)

// chain is a store that is written to through Kafka and an ingester, and read from
// behind it.
type chain struct {
	store.Store // the last
	kafka       store.Store
	sink        *sink
}

// Write returns when what it wrote has arrived.
func (c *chain) Write(ctx context.Context, td ptrace.Traces) error {
	c.sink.mu.Lock()
	want := c.sink.spans + td.SpanCount()
	c.sink.mu.Unlock()
	if err := c.kafka.Write(ctx, td); err != nil {
		return err
	}
	c.sink.await(func() bool { return c.sink.spans >= want })
	return nil
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
			_, b := newCluster(t)
			return openChain(t, b, cfg), nil
		},
	}, storetest.Except{})
}

func openChain(t *testing.T, b broker.Config, cfg storetest.Config) *chain {
	c := &chain{Store: memory.Open(memory.Config{MaxBytes: cfg.MaxBytes}), kafka: openKafka(t, b, "otlp_proto"), sink: newSink()}
	openIngester(t, b, "otlp_proto", asItIs, func(ctx context.Context, td ptrace.Traces) error {
		if err := c.Store.Write(ctx, td); err != nil {
			return err
		}
		return c.sink.Write(ctx, td)
	})
	return c
}

// asItIs does not mend anything: what arrives must be what was sent.
func asItIs(ptrace.Traces) (int, []trace.Refused) { return 0, nil }
