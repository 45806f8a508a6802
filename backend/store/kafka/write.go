// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

var errTooLarge = errors.New("too large")

// result is what became of the messages of a Write. It is counted when the Write is
// over, for one that fails is tried again from the start.
type result struct {
	sent    int // spans
	dropped []*message
}

// write sends what encode returns.
func (s *Store) write(ctx context.Context, encode func() ([]*message, error)) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	all, err := encode()
	if err != nil {
		return err
	}
	var r result
	fit := all[:0:0]
	for _, m := range all {
		parts := []*message{m}
		if m.size() > s.config.MaxMessageBytes && m.count() > 1 {
			if parts, err = m.split(); err != nil {
				return err
			}
		}
		for _, p := range parts {
			if p.size() <= s.config.MaxMessageBytes {
				fit = append(fit, p)
			} else {
				p.err = fmt.Errorf("%w: %d bytes are the most", errTooLarge, s.config.MaxMessageBytes)
				r.dropped = append(r.dropped, p)
			}
		}
	}
	if err := s.deliver(ctx, fit, &r); err != nil {
		return err
	}
	s.counts.sent.Add(int64(r.sent))
	if len(r.dropped) == 0 {
		return nil
	}
	s.counts.dropped.Add(int64(len(r.dropped)))
	m := r.dropped[0]
	return &store.RefusedError{Spans: len(r.dropped), Err: fmt.Errorf("kafka: a span of trace %s in %d bytes: %w", trace.FormatTraceID(m.trace), len(m.record.Value), m.err)}
}

func (m *message) size() int { return len(m.record.Key) + len(m.record.Value) + messageHead }

func (s *Store) begin(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.writes.Add(1)
	if s.waiting++; s.waiting == 1 {
		s.acked = time.Now()
	}
	return nil
}

func (s *Store) end() {
	s.mu.Lock()
	s.waiting--
	s.mu.Unlock()
	s.writes.Done()
}

// deliver produces messages. What a broker calls too large is produced again one by
// one, for it said so of several together, and dropped if that does not help.
func (s *Store) deliver(ctx context.Context, all []*message, r *result) error {
	if len(all) == 0 {
		return nil
	}
	if err := s.produce(ctx, all); err != nil {
		return err
	}
	for _, m := range all {
		switch {
		case m.err == nil:
			r.sent += m.count()
		case len(all) == 1 && m.count() == 1:
			r.dropped = append(r.dropped, m)
		default:
			parts, err := m.split()
			if err != nil {
				return err
			}
			for i := range parts {
				if err := s.deliver(ctx, parts[i:i+1], r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// answers are what brokers say of messages.
type answers struct {
	left atomic.Int64
	done chan struct{} // closed when none is left

	mu     sync.Mutex
	errors map[*kgo.Record]error
}

func (a *answers) add(r *kgo.Record, err error) {
	if err != nil {
		a.mu.Lock()
		if a.errors == nil {
			a.errors = map[*kgo.Record]error{}
		}
		a.errors[r] = err
		a.mu.Unlock()
	}
	if a.left.Add(-1) == 0 {
		close(a.done)
	}
}

// produce waits until each message is acknowledged or too large.
func (s *Store) produce(ctx context.Context, all []*message) error {
	a := answers{done: make(chan struct{})}
	a.left.Store(int64(len(all)))
	answered := a.add
	for _, m := range all {
		s.client.Produce(ctx, &m.record, answered)
	}
	select {
	case <-a.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.counts.messages.Add(int64(len(all)))
	var failed error
	for _, m := range all {
		m.err = a.errors[&m.record]
		if m.err != nil && !errors.Is(m.err, kerr.MessageTooLarge) {
			failed = m.err
		}
	}
	return s.judge(ctx, failed)
}

// judge makes what a broker said what Write returns.
func (s *Store) judge(ctx context.Context, err error) error {
	switch {
	case err == nil:
		s.mu.Lock()
		s.acked = time.Now()
		s.mu.Unlock()
		s.watch.Note(nil)
		return nil
	case errors.Is(err, kgo.ErrClientClosed):
		return store.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, kerr.InvalidRecord), errors.Is(err, kerr.InvalidTimestamp), errors.Is(err, kerr.CorruptMessage):
		return fmt.Errorf("kafka: %w", err)
	}
	s.watch.Note(fmt.Errorf("topic %s: %w", s.config.Topic, err))
	return fmt.Errorf("%w: kafka: topic %s: %w", store.ErrUnavailable, s.config.Topic, err)
}
