// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// store writes b, sends what is dead to its topic, and marks the offsets. It returns
// when that is done, or the Ingester stops: nothing that comes after b must be stored then,
// for to mark that would mark b, too.
func (in *Ingester) store(b *batch) {
	pause := firstPause
	for tries := 1; !in.try(b, tries); tries++ {
		if in.sleep(pause); in.stopping.Err() != nil {
			in.drop(b, trace.ReasonShutdown, func(*message) bool { return true })
			return
		}
		pause = min(2*pause, lastPause)
	}
}

// try is one attempt. It reports whether all of b is settled. It takes up to writeTime,
// and letterTime when there are dead letters; a rebalance waits for that.
func (in *Ingester) try(b *batch, tries int) bool {
	in.gate.Lock()
	defer in.gate.Unlock()
	ctx, cancel := context.WithTimeout(in.killed, writeTime)
	defer cancel()
	in.drop(b, ReasonRebalanced, func(m *message) bool {
		at := in.owned[m.record.Partition]
		return at == nil || at.turn != m.turn
	})
	err := in.together(ctx, b)
	if isFinal(err) || isSome(err) || err != nil && tries >= triesTogether && !isAway(err) {
		err = in.apart(ctx, b, err)
	}
	if err == nil {
		if err = in.bury(b); err != nil {
			err = fmt.Errorf("dead letters: %w", err)
		}
	}
	in.report(err, b)
	if err == nil {
		in.settle(b)
	}
	return err == nil
}

// together writes what is pending at once.
func (in *Ingester) together(ctx context.Context, b *batch) error {
	pending := b.pending()
	if len(pending) == 0 {
		return nil
	}
	if td := in.decode(pending); td.SpanCount() > 0 {
		if err := in.write(ctx, td); err != nil {
			return err
		}
	}
	for _, m := range pending {
		m.stored = m.reason == ""
	}
	return nil
}

// apart writes the messages of b one by one, to find those that the store refuses. If
// it takes none, and its errors are not final, it may be at fault itself: then err is
// returned, and b has more messages the next time.
func (in *Ingester) apart(ctx context.Context, b *batch, err error) error {
	var bad []*message
	stored := 0
	for _, m := range b.pending() {
		one := in.decodeAlone(m)
		if m.err = nil; one.SpanCount() > 0 {
			m.err = in.write(ctx, one)
		}
		switch {
		case m.err == nil:
			m.stored = true
			stored++
		case isSome(m.err):
			stored++
			in.refuseSome(m)
		case isAway(m.err):
			return m.err
		default:
			bad = append(bad, m)
		}
		if in.stopping.Err() != nil || ctx.Err() != nil {
			return err
		}
		if stored == 0 && len(bad) >= triesApart && !isFinal(m.err) {
			break
		}
	}
	for _, m := range bad {
		if stored > 0 || isFinal(m.err) {
			m.reason = ReasonRefused
		}
	}
	if len(b.pending()) == 0 {
		return nil
	}
	in.enlarge(b)
	return err
}

// refuseSome notes that the store has refused some spans of m, or all.
func (in *Ingester) refuseSome(m *message) {
	var r *store.RefusedError
	errors.As(m.err, &r)
	n := min(r.Spans, m.spans)
	m.stored = true
	m.spans -= n
	m.refused = append(m.refused, trace.Refused{Reason: ReasonRefused, Count: n})
}

// enlarge adds messages to b, those that come next: those that wait, or else are there.
func (in *Ingester) enlarge(b *batch) {
	if len(b.messages) >= mostMessages || b.bytes >= 2*batchBytes {
		return
	}
	if len(in.waiting) == 0 {
		in.gate.Unlock() // poll locks it
		defer in.gate.Lock()
		ctx, cancel := context.WithTimeout(in.stopping, batchDelay)
		defer cancel()
		in.poll(ctx)
	}
	more := in.take()
	b.messages, b.bytes = append(b.messages, more.messages...), b.bytes+more.bytes
}

// write calls the store.
func (in *Ingester) write(ctx context.Context, td ptrace.Traces) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errPanic, p)
		}
	}()
	return in.deps.Write(ctx, td)
}

var errPanic = errors.New("the store panicked")

// isFinal reports whether the same spans will not be written later, either.
func isFinal(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, errPanic)
}

// isSome reports whether all spans but some were stored.
func isSome(err error) bool {
	var r *store.RefusedError
	return errors.As(err, &r) && !isAway(err)
}

// isAway reports whether it is the store that is at fault.
func isAway(err error) bool {
	return errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrClosed) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// report remembers why nothing is stored, and logs it.
func (in *Ingester) report(err error, b *batch) {
	in.mu.Lock()
	in.failed = err
	in.mu.Unlock()
	if worse, better := in.told.Note(err); worse {
		in.log.Warn("spans cannot be stored, and wait in Kafka", "error", err, "messages", len(b.messages))
	} else if better {
		in.log.Info("spans can be stored again")
	}
}
