// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// countdown is a context that is cancelled when it has been looked at so often.
type countdown struct {
	context.Context
	cancel func()
	left   atomic.Int64
}

func newCountdown(parent context.Context, n int) *countdown {
	c := &countdown{}
	c.Context, c.cancel = context.WithCancel(parent)
	c.left.Store(int64(n))
	return c
}

func (c *countdown) look() {
	if c.left.Add(-1) <= 0 {
		c.cancel()
	}
}

func (c *countdown) Done() <-chan struct{} { c.look(); return c.Context.Done() }
func (c *countdown) Err() error            { c.look(); return c.Context.Err() }

// testCancelledMidway: a call whose context is cancelled while it runs returns
// its error, and one that it does not look at in time, all of the answer.
func testCancelledMidway(t *T) {
	s, n := t.open(), naive{}
	g := t.newGenerator(14)
	b := newBatch()
	g.traces(b, 0, 200, 600)
	t.write(s, b.Traces)
	n.add(t.kept(b.Traces))
	q := t.parse(`"red" OR status:error`)
	q.Limit = 1000
	want := len(n.search(q))
	for name, call := range map[string]func(ctx context.Context) (bool, error){
		"Search": func(ctx context.Context) (bool, error) {
			page, err := s.Search(ctx, q)
			return len(page.Traces) == want, err
		},
		"Trace": func(ctx context.Context) (bool, error) {
			td, err := s.Trace(ctx, traceID(1), trace.Window{})
			return err != nil || td.SpanCount() == len(n[traceID(1)]), err
		},
		"Keys": func(ctx context.Context) (bool, error) {
			keys, err := s.Keys(ctx, "", 100)
			return len(keys) >= 6, err
		},
		"Links": func(ctx context.Context) (bool, error) {
			links, err := s.Links(ctx, trace.Window{})
			return len(links) == len(n.links(trace.Window{})), err
		},
		"RED": func(ctx context.Context) (bool, error) {
			series, err := s.RED(ctx, trace.REDQuery{Step: time.Minute})
			return len(series) == len(n.red(trace.REDQuery{Step: time.Minute})), err
		},
		"Write": func(ctx context.Context) (bool, error) { return true, s.Write(ctx, b.Traces) },
	} {
		if name == "Keys" && s.Caps().NoKeys || name == "RED" && s.Caps().NoRates || name == "Links" && s.Caps().StoredLinks {
			continue
		}
		cancelled, looks := 0, 1
		for ; looks < 1_000_000; looks *= 2 {
			ctx := newCountdown(t.Context(), looks)
			whole, err := call(ctx)
			ctx.cancel()
			if err == nil {
				if !whole {
					t.Errorf("%s, cancelled at look %d, returned a part without an error", name, looks)
				}
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s, cancelled at look %d: %v", name, looks, err)
			}
			cancelled++
		}
		if cancelled == 0 || looks >= 1_000_000 {
			t.Errorf("%s was cancelled %d times of up to %d looks", name, cancelled, looks)
		}
	}
	t.finds(s, n, q)
}

// testConcurrent: everything at once, and Close in the middle of it.
func testConcurrent(t *T) {
	s := t.open()
	g := t.newGenerator(15)
	b := newBatch()
	g.traces(b, 0, 100, 300)
	t.write(s, b.Traces)
	var callers sync.WaitGroup
	var rounds atomic.Int64
	for range 4 {
		callers.Go(func() {
			for {
				for name, err := range calls(t.Context(), s) {
					switch {
					case errors.Is(err, store.ErrClosed):
						return
					case err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, errors.ErrUnsupported):
						t.Errorf("%s: %v", name, err)
						return
					}
				}
				if rounds.Add(1) == 20 {
					go func() { _ = s.Close() }()
				}
			}
		})
	}
	callers.Wait()
	if err := s.Write(t.Context(), b.Traces); !errors.Is(err, store.ErrClosed) {
		t.Errorf("write after Close: %v", err)
	}
}
