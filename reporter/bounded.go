// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/model"
)

var (
	_ Reporter   = (*bounded)(nil)
	_ Statser    = (*bounded)(nil)
	_ SpanKeeper = (*bounded)(nil)
)

// bounded is a user's Reporter whose Flush and Close return in time, whatever r's
// do: 100 ms after their context ended at the latest, with its error. One goroutine
// for each may then be left that waits for r. Panics of all but Report are
// survived.
type bounded struct {
	r        Reporter
	flushing chan struct{} // capacity 1: one Flush at a time
	closing  atomic.Bool
	closed   chan struct{} // closed when r's Close has returned
}

func newBounded(r Reporter) *bounded {
	return &bounded{r: r, flushing: make(chan struct{}, 1), closed: make(chan struct{})}
}

// Report is r's. A panic goes on.
func (b *bounded) Report(s *model.Span) { b.r.Report(s) }

func (b *bounded) Flush(ctx context.Context) error {
	select {
	case b.flushing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	return inTime(ctx, func() error {
		defer func() { <-b.flushing }()
		return b.r.Flush(ctx)
	})
}

// Close waits for the first call when it is not that.
func (b *bounded) Close(ctx context.Context) error {
	if b.closing.Swap(true) {
		return awaitOther(ctx, b.closed)
	}
	return inTime(ctx, func() error {
		defer close(b.closed)
		return b.r.Close(ctx)
	})
}

func (b *bounded) KeepsSpans() bool {
	k, ok := b.r.(SpanKeeper)
	return ok && k.KeepsSpans()
}

// Stats are r's own. Where they panic, a destination of r's type says so.
func (b *bounded) Stats() (all []DestinationStats) {
	s, ok := b.r.(Statser)
	if !ok {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			text := shorten("reporter: Stats panicked: " + said(p))
			all = []DestinationStats{{Name: typeName(b.r), LastError: text, LastErrorTime: time.Now()}}
		}
	}()
	return s.Stats()
}

// typeName is what a destination is called that has no name.
func typeName(r Reporter) string { return fmt.Sprintf("%T", r) }

// errGoexit is the result of what ended its goroutine instead of returning.
var errGoexit = errors.New("reporter: runtime.Goexit was called")

// inTime runs f in a goroutine of its own and waits for it as awaitEnd does.
func inTime(ctx context.Context, f func() error) error {
	err := errGoexit
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = survive(f)
	}()
	if !awaitEnd(ctx, done) {
		return ctx.Err()
	}
	return err
}

// survive turns a panic of f into an error.
func survive(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reporter: panic: %s", said(p))
		}
	}()
	return f()
}

// closeGrace is how long foreign code is waited for after its context ended.
const closeGrace = 100 * time.Millisecond

// awaitEnd waits for done until shortly after ctx ends, and false says that it did
// not come.
func awaitEnd(ctx context.Context, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-ctx.Done():
	}
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case <-done:
		return true
	case <-grace.C:
		return isClosed(done)
	}
}

// awaitOther waits for done, which somebody else brings about, and returns nil, or
// ctx's error when that ends first.
func awaitOther(ctx context.Context, done <-chan struct{}) error {
	if isClosed(done) {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
