// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// pipe is a transport within the process, with a fault or without.
type pipe struct {
	fault    string
	mu       sync.Mutex
	received []model.Span
	closed   atomic.Bool
	last     []byte // a batch that is kept
	limit    int
	end      chan struct{} // closed by Close
}

var errPipe = errors.New("pipe")

func (p *pipe) Format() transport.Format {
	if p.fault == "unknown format" {
		return 77
	}
	return transport.JaegerBatch
}

func (p *pipe) MaxBatch() int {
	if p.fault == "no size" {
		return 0
	}
	return p.limit
}

func (p *pipe) take(batch []byte) error {
	b, err := wire.DecodeBinaryBatch(batch)
	if err != nil {
		return &transport.Error{Kind: transport.Refused, Err: err}
	}
	if p.fault == "loses spans" && len(b.Spans) > 1 {
		b.Spans = b.Spans[1:]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.received = append(p.received, b.Spans...)
	return nil
}

func (p *pipe) Send(ctx context.Context, batch []byte) error {
	var fail *transport.Error
	switch {
	case p.closed.Load() && p.fault != "works when closed":
		fail = &transport.Error{Kind: transport.Permanent, Err: transport.ErrClosed}
	case ctx.Err() != nil && p.fault == "hangs":
		<-p.end
		return nil
	case ctx.Err() != nil && p.fault == "foreign error":
		return ctx.Err()
	case ctx.Err() != nil && p.fault != "ignores the context":
		fail = &transport.Error{Kind: transport.Retryable, Err: ctx.Err()}
	case len(batch) > p.limit && p.fault == "shrinks to nothing":
		p.limit = -1
		fail = &transport.Error{Kind: transport.TooLarge, Err: errPipe}
	case len(batch) > p.limit && p.fault != "no limit":
		fail = &transport.Error{Kind: transport.TooLarge, Err: errPipe}
	}
	if fail != nil {
		return fail
	}
	switch p.fault {
	case "nil error":
		_ = p.take(batch)
		return fail
	case "keeps the batch":
		if p.last != nil {
			_ = p.take(p.last)
		}
		p.last = batch
		return nil
	case "changes the batch":
		err := p.take(batch)
		batch[0] ^= 1
		return err
	case "writes behind the batch":
		_ = append(batch, 0)
	case "twice":
		_ = p.take(batch)
	}
	return p.take(batch)
}

func (p *pipe) Close() error {
	if p.closed.Load() && p.fault == "second Close fails" {
		return errPipe
	}
	if p.last != nil && !p.closed.Load() {
		_ = p.take(p.last)
	}
	if !p.closed.Load() {
		close(p.end)
	}
	p.closed.Store(true)
	return nil
}

func (p *pipe) spans() []model.Span {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.received)
}

func TestTransportSuiteFindsFaults(t *testing.T) {
	for fault, want := range map[string]map[string]string{
		"":                        nil,
		"unknown format":          {"format": "unknown format Format(77)"},
		"no size":                 {"format": "MaxBatch is 0"},
		"loses spans":             {"batches arrive": "20 spans were sent and 18 arrived", "by reporter.Batching": ""},
		"works when closed":       {"close": "Send after the first Close: no error"},
		"hangs":                   {"context has ended": "no answer within a second"},
		"tiny":                    {"the largest batch": "MaxBatch is 100 bytes; a span with"},
		"foreign error":           {"context has ended": "not a *transport.Error"},
		"ignores the context":     {"context has ended": "no error"},
		"no limit":                {"too large": "no error"},
		"shrinks to nothing":      {"too large": "became -1"},
		"nil error":               {"batches arrive": "nil *transport.Error"},
		"keeps the batch":         {"the batch is the caller's": "4 spans were sent and"},
		"changes the batch":       {"the batch is the caller's": "Send changed the batch"},
		"writes behind the batch": {"the batch is the caller's": "Send wrote behind the batch"},
		"twice":                   {"batches arrive": "20 spans were sent and 40 arrived"},
		"second Close fails":      {"close": "second Close (used: false): pipe"},
	} {
		t.Run(fault, func(t *testing.T) {
			piece := transportPiece{func(testing.TB) (transport.Transport, func() []model.Span) {
				p := &pipe{fault: fault, limit: 100_000, end: make(chan struct{})}
				if fault == "tiny" {
					p.limit = 100
				}
				return p, p.spans
			}, patienceFor(want)}
			wantFailing(t, failingChecks(piece, transportChecks, want), want)
		})
	}
}

// park is what a leaked goroutine does.
func park(until <-chan struct{}) { <-until }

func TestTransportSuiteFindsLeaks(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	piece := transportPiece{func(testing.TB) (transport.Transport, func() []model.Span) {
		p := &pipe{limit: 100_000, end: make(chan struct{})}
		go park(stop)
		return p, p.spans
	}, brokenPatience}
	want := map[string]string{"format": "suite.park("}
	wantFailing(t, failingChecks(piece, transportChecks, want), want)
}
