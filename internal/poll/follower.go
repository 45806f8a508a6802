// SPDX-License-Identifier: Apache-2.0

package poll

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/internal/warn"
)

// ErrIdle is what Update returns if there was nothing to ask for: neither a success
// nor a failure.
var ErrIdle = errors.New("poll: nothing to ask for")

// Source says what a Follower follows.
type Source[T any] struct {
	Options
	// Name is that of the source, for people.
	Name string
	// Update asks the source and returns the value from now on. current is the one
	// until now, which stays after an error. It is called from one goroutine, and from
	// those that call Fetch, must return soon after ctx ends, and may panic.
	Update func(ctx context.Context, current T) (T, error)

	Initial T         // until the first Update
	Updated time.Time // when the source said Initial; zero if it did not

	// Logger gets a line when updates begin to fail and one when they succeed again;
	// slog.Default() when nil. Cause is constant and tells these lines from others;
	// Failing and Working are the messages. Describe, if set, adds to both what is in
	// force, and Hint ends the first with what to do, if it says anything.
	Logger                  *slog.Logger
	Cause, Failing, Working string
	Describe                func(current T, s Status) slog.Attr
	Hint                    func(current T, s Status) string
	// Patience is how long a source may fail at the start before a line is written;
	// Close writes it earlier.
	Patience time.Duration

	// Manual starts no goroutine: only Fetch asks the source.
	Manual bool
}

// Status says how a Follower's updates went.
type Status struct {
	Fetched   uint64    // updates that succeeded
	Failed    uint64    // updates that did not
	Updated   time.Time // when the last one succeeded; zero when none has
	LastError string    // of the last one that failed, shortened to 256 bytes
}

// Follower keeps a value in step with where it comes from. All methods may be
// called from any goroutine.
type Follower[T any] struct {
	current atomic.Pointer[T]
	loop    *Loop // nil when manual
	source  Source[T]
	warn    *warn.Warner
	started time.Time
	told    atomic.Bool // that updates fail

	mu      sync.Mutex
	status  Status
	trouble Trouble
}

// Follow starts following a source, on one goroutine that ends with Close, unless the
// source is Manual.
func Follow[T any](s Source[T]) *Follower[T] {
	if s.Logger == nil {
		s.Logger = slog.Default()
	}
	f := &Follower[T]{source: s, warn: warn.New(s.Logger), started: time.Now()}
	if !s.Updated.IsZero() {
		f.status = Status{Fetched: 1, Updated: s.Updated}
	}
	f.current.Store(&s.Initial)
	if !s.Manual {
		f.loop = Start(s.Options, f.update, f.settle)
	}
	return f
}

// Fetch updates the value now, waiting no longer than ctx and Timeout allow, and returns
// why it stays as it was. It may be called while the loop updates it, too.
func (f *Follower[T]) Fetch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, f.source.withDefaults().Timeout)
	defer cancel()
	err := guard.Try(func() error { return f.update(ctx) })
	_ = guard.Run(func() { f.settle(err) })
	return err
}

// Value returns the value in force. It costs one atomic load.
func (f *Follower[T]) Value() T { return *f.current.Load() }

// Status returns how the updates went so far.
func (f *Follower[T]) Status() Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status
}

// Close stops following, as Loop.Close does. The value stays. Further calls do
// nothing more; the error is nil.
func (f *Follower[T]) Close() (err error) {
	if f.loop != nil {
		err = f.loop.Close()
	}
	if st := f.Status(); st.Failed > 0 && st.Fetched == 0 && !f.told.Load() {
		_ = guard.Run(func() { f.problem(st) })
	}
	return err
}

func (f *Follower[T]) update(ctx context.Context) error {
	next, err := f.source.Update(ctx, f.Value())
	if err == nil {
		f.current.Store(&next)
	}
	return err
}

// settle counts an update and tells people when things change.
func (f *Follower[T]) settle(err error) {
	if err == ErrIdle { //nolint:errorlint // not wrapped, and the methods of err may panic
		return
	}
	st, began, ended := f.count(err)
	switch {
	case began:
		f.problem(st)
	case ended:
		f.warn.Resolved(f.source.Cause, f.source.Working, append(f.attrs(st), slog.Uint64("failed", st.Failed))...)
	}
}

// problem tells people that updates fail.
func (f *Follower[T]) problem(st Status) {
	f.told.Store(true)
	attrs := append(f.attrs(st), slog.String("error", st.LastError))
	if f.source.Hint != nil {
		if hint := f.source.Hint(f.Value(), st); hint != "" {
			attrs = append(attrs, slog.String("hint", hint))
		}
	}
	f.warn.Problem(f.source.Cause, f.source.Failing, attrs...)
}

func (f *Follower[T]) attrs(st Status) []slog.Attr {
	attrs := []slog.Attr{slog.String("from", f.source.Name)}
	if f.source.Describe != nil {
		attrs = append(attrs, f.source.Describe(f.Value(), st))
	}
	return attrs
}

// count counts an update and reports whether to tell that trouble began, or ended.
func (f *Follower[T]) count(err error) (st Status, began, ended bool) {
	said := ""
	if err != nil {
		said = text(err) // a foreign method: outside the lock
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		f.status.Fetched++
		f.status.Updated = time.Now()
	} else {
		f.status.Failed++
		f.status.LastError = said
	}
	if err == nil || f.status.Fetched > 0 || time.Since(f.started) >= f.source.Patience {
		began, ended = f.trouble.Note(err)
	}
	return f.status, began, ended
}
