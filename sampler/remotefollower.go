// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/warn"
)

// startPatience is how long a source may fail at the start before people hear of
// it.
const startPatience = 5 * time.Second

var errNoSampler = errors.New("sampler: the parser returned no sampler")

// follower keeps a sampler in step with where its strategy comes from.
type follower struct {
	kind, source string // for people
	fetch        func(ctx context.Context) ([]byte, error)
	parse        func(body []byte, current Sampler) (Sampler, error)

	current atomic.Pointer[inForce]
	loop    *poll.Loop

	fetched, failed atomic.Uint64
	lastError       atomic.Pointer[string]

	// The loop's.
	warn    *warn.Warner
	trouble poll.Trouble
	started time.Time
}

// inForce is a sampler and when the source last said so.
type inForce struct {
	Sampler
	updated time.Time
}

// start starts the loop. Until the source says otherwise, initial samples; updated
// is when the source said so, or zero.
func (f *follower) start(initial Sampler, updated time.Time, logger *slog.Logger, o poll.Options) {
	if logger == nil {
		logger = slog.Default()
	}
	f.warn, f.started = warn.New(logger), time.Now()
	f.current.Store(&inForce{initial, updated})
	f.loop = poll.Start(o, f.refresh, f.settle)
}

// refresh is one attempt.
func (f *follower) refresh(ctx context.Context) error {
	body, err := f.fetch(ctx)
	if err != nil {
		return err
	}
	next, err := f.parse(body, f.current.Load().Sampler)
	if err == nil && next == nil {
		err = errNoSampler
	}
	if err != nil {
		return err
	}
	f.fetched.Add(1)
	f.current.Store(&inForce{next, time.Now()})
	return nil
}

// settle counts an attempt and tells people when things change.
func (f *follower) settle(err error) {
	if err != nil {
		text, _ := format.String(err, 256) // a foreign method: it may panic
		f.lastError.Store(&text)
		f.failed.Add(1)
		if f.fetched.Load() == 0 && time.Since(f.started) < startPatience {
			return
		}
	}
	began, ended := f.trouble.Note(err)
	if !began && !ended {
		return
	}
	st := f.status()
	if began {
		f.warn.Problem("sampling_"+f.kind, "spur: cannot get the sampling strategy; sampling goes on as before",
			slog.String("source", f.source), slog.String("error", st.LastError), slog.String("sampler", st.Description))
	} else {
		f.warn.Resolved("sampling_"+f.kind, "spur: got the sampling strategy",
			slog.Uint64("failed", st.Failed), slog.String("sampler", st.Description))
	}
}

func (f *follower) status() Status {
	now := f.current.Load()
	st := statusOf(now.Sampler)
	if now.updated.IsZero() {
		st.Description = fmt.Sprintf("%s(%s until %s answers)", f.kind, st.Description, f.source)
	} else {
		st.Description = fmt.Sprintf("%s(%s from %s)", f.kind, st.Description, f.source)
	}
	st.Source, st.Updated = f.source, now.updated
	st.Fetched, st.Failed = f.fetched.Load(), f.failed.Load()
	if text := f.lastError.Load(); text != nil {
		st.LastError = *text
	}
	return st
}

// nameOf names somebody else's Fetcher.
func nameOf(f Fetcher) string {
	if _, ok := f.(fmt.Stringer); ok {
		text, _ := format.String(f, 256)
		return text
	}
	return fmt.Sprintf("%T", f)
}
