// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/transport"
)

func TestOutcome(t *testing.T) {
	cause := errors.New("because\nof this")
	for _, tc := range []struct {
		err  transport.Error
		want string
	}{
		{transport.Error{Kind: transport.Accepted, PreviousLost: true, Err: cause}, "not delivered: because of this"},
		{transport.Error{Kind: transport.Retryable, NoReceiver: true, Err: cause}, "not delivered: because of this"},
		{transport.Error{Kind: transport.Retryable, Err: cause}, "not accepted: because of this"},
		{transport.Error{Kind: transport.Retryable, Written: true, Err: cause}, "sent, and not answered: because of this"},
		{transport.Error{Kind: transport.Retryable, Written: true, Err: fmt.Errorf("x: %w", context.DeadlineExceeded)}, "sent, and not answered within 1s"},
		{transport.Error{Kind: transport.Retryable, Err: context.DeadlineExceeded}, "not accepted within 1s"},
		{transport.Error{Kind: transport.Unconfirmed, Err: cause}, "sent, and the answer does not say that it was accepted: because of this"},
		{transport.Error{Kind: transport.Refused, Err: cause}, "refused: because of this"},
		{transport.Error{Kind: transport.Permanent, Err: cause}, "refused: because of this"},
		{transport.Error{Kind: transport.Partial, Rejected: 1}, "not accepted"},
	} {
		if got := outcome(&tc.err, time.Second); got != tc.want {
			t.Errorf("%+v: %q, want %q", tc.err, got, tc.want)
		}
	}
	long := transport.Error{Kind: transport.Refused, Err: errors.New(strings.Repeat("x", 10_000))}
	if got := outcome(&long, time.Second); len(got) > maxText {
		t.Errorf("%d bytes", len(got))
	}
}

// deaf is a transport that hangs, whatever its context says.
type deaf struct{ end chan struct{} }

func (d deaf) Format() transport.Format { return transport.JaegerBatch }
func (d deaf) MaxBatch() int            { return 1 << 20 }
func (d deaf) Close() error             { return nil }
func (d deaf) Send(context.Context, []byte) error {
	<-d.end
	return nil
}

func TestSendSpanEnds(t *testing.T) {
	d := deaf{make(chan struct{})}
	defer close(d.end)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := sendSpan(ctx, &witness{d, make(chan error, 1)}, connection{})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}
