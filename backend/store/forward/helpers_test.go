// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/transport"
)

var quiet = slog.New(slog.DiscardHandler)

// peers are receivers, by their Endpoint or Address.
type peers struct {
	log *slog.Logger // of stores, if not nil

	mu    sync.Mutex
	got   map[uint64]int // spans, by their number
	from  map[string]int // by receiver
	order []uint64
	open  int
	found []string // what a name is looked up as
	lost  error    // or why it is not

	// answer is what a receiver says to a batch, which may take its time.
	answer func(ctx context.Context, name string, b send.Batch) error
}

func newPeers() *peers {
	return &peers{got: map[uint64]int{}, from: map[string]int{}, answer: func(context.Context, string, send.Batch) error { return nil }}
}

func (p *peers) deps() deps {
	return deps{
		dial: func(c send.Config) (send.Sender, error) {
			name := c.Address
			if name == "" {
				name = c.Endpoint
			}
			p.mu.Lock()
			p.open++
			p.mu.Unlock()
			return &peer{p, name}, nil
		},
		lookup: func(context.Context, string) ([]string, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.found, p.lost
		},
	}
}

// store opens a Store that sends to p.
func (p *peers) store(t *testing.T, c Config) *Store {
	t.Helper()
	if c.Endpoints == nil {
		c.Endpoints = []string{"a:1"}
	}
	s, err := open(c, p.deps(), nil, cmp.Or(p.log, quiet))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// peer is a send.Sender.
type peer struct {
	*peers
	name string
}

func (p *peer) Send(ctx context.Context, b send.Batch) error {
	p.mu.Lock()
	answer := p.answer
	p.mu.Unlock()
	err := answer(ctx, p.name, b)
	var e *transport.Error
	if err == nil || errors.As(err, &e) && e.Kind == transport.Partial {
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b.OTLP)
		if err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for s := range trace.Spans(td) {
			id := s.SpanID()
			n := binary.BigEndian.Uint64(id[:])
			p.got[n]++
			p.from[p.name]++
			p.order = append(p.order, n)
		}
	}
	return err
}

func (p *peer) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	return nil
}

// says sets what the receivers answer from now on.
func (p *peers) says(answer func(ctx context.Context, name string, b send.Batch) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// finds sets what a name is looked up as from now on.
func (p *peers) finds(err error, addresses ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found, p.lost = addresses, err
}

// shares is how many spans each receiver got since it was asked last.
func (p *peers) shares() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer clear(p.from)
	return fmt.Sprint(p.from)
}

func (p *peers) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.got)
}

// spans are n spans that are numbered from first, in resources of ten.
func spans(first, n int) ptrace.Traces {
	td := ptrace.NewTraces()
	var to ptrace.SpanSlice
	for i := range n {
		if i%10 == 0 {
			rs := td.ResourceSpans().AppendEmpty()
			rs.Resource().Attributes().PutInt("n", int64(i))
			to = rs.ScopeSpans().AppendEmpty().Spans()
		}
		s := to.AppendEmpty()
		s.SetTraceID([16]byte{1})
		var id [8]byte
		binary.BigEndian.PutUint64(id[:], uint64(first+i))
		s.SetSpanID(id)
	}
	return td
}

func write(t *testing.T, s *Store, first, n int) {
	t.Helper()
	if err := s.Write(t.Context(), spans(first, n)); err != nil {
		t.Fatal(err)
	}
}

// balanced checks the law.
func balanced(t *testing.T, s *Store) Books {
	t.Helper()
	b := s.Books()
	if b.Balance() != 0 || b.Waiting < 0 {
		t.Errorf("the books do not balance: %+v", b)
	}
	return b
}

func closed(t *testing.T, s *Store, lost bool) {
	t.Helper()
	if err := s.Close(); (err != nil) != lost {
		t.Errorf("close: %v", err)
	}
}

func says(kind transport.Kind, after time.Duration, rejected int64) error {
	return &transport.Error{Kind: kind, RetryAfter: after, Rejected: rejected, Err: errors.New("as the test wants")}
}
