// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// TestAckStored: a sender hears when its spans are stored, or that they are not.
func TestAckStored(t *testing.T) {
	http := trace.Origin{Protocol: "otlp", Transport: "http"}
	for name, test := range map[string]struct {
		write func(context.Context, ptrace.Traces) error
		from  trace.Origin
		gone  time.Duration // after which the sender has gone
		close bool          // while it waits
		took  time.Duration
		busy  bool
	}{
		"stored":     {from: http, took: 50 * time.Millisecond},
		"a datagram": {from: udp},
		"slow":       {write: func(ctx context.Context, _ ptrace.Traces) error { time.Sleep(time.Second); return nil }, from: http, took: 1050 * time.Millisecond},
		"refused in part": {write: func(context.Context, ptrace.Traces) error {
			return &store.RefusedError{Spans: 2, Err: errors.New("too many fields")}
		}, from: http, took: 50 * time.Millisecond},
		"failed for good": {write: func(context.Context, ptrace.Traces) error { return store.ErrClosed }, from: http, took: 50 * time.Millisecond, busy: true},
		"away":            {write: func(context.Context, ptrace.Traces) error { return store.ErrUnavailable }, from: http, took: 5 * time.Second, busy: true},
		"the sender goes": {write: func(context.Context, ptrace.Traces) error { return store.ErrUnavailable }, from: http, gone: time.Second, took: time.Second, busy: true},
		"given up":        {write: func(ctx context.Context, _ ptrace.Traces) error { <-ctx.Done(); return ctx.Err() }, from: http, close: true, took: time.Second, busy: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := collect.New(collect.Config{AckStored: true}, &fake{write: test.write}, nil, quiet)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.gone > 0 {
					time.AfterFunc(test.gone, cancel)
				}
				closing := make(chan struct{})
				go func() {
					defer close(closing)
					if test.close {
						ctx, cancel := context.WithTimeout(t.Context(), time.Second)
						defer cancel()
						time.Sleep(time.Nanosecond) // after Take
						_ = c.Close(ctx)
					}
				}()
				begun := time.Now()
				_, err := c.Take(ctx, traces(5), test.from)
				took := time.Since(begun).Round(time.Millisecond)
				if errors.Is(err, trace.ErrBusy) != test.busy || !test.busy && err != nil || took != test.took {
					t.Errorf("%v after %v, want busy %v after %v", err, took, test.busy, test.took)
				}
				<-closing
				gone, cancel := context.WithCancel(t.Context())
				cancel()
				_ = c.Close(gone) // what waits is given up, and booked
				if b := c.Books(); b.Balance() != 0 || b.Received != 5 {
					t.Errorf("%+v", b)
				}
			})
		})
	}
}
