// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
)

// hanging is a Reporter whose Flush and Close wait for release, whatever ctx says.
type hanging struct{ release chan struct{} }

func (hanging) Report(*model.Span) {}

func (h hanging) Flush(context.Context) error { <-h.release; return nil }
func (h hanging) Close(context.Context) error { <-h.release; return nil }

// hangingStatser has books, too.
type hangingStatser struct{ hanging }

func (hangingStatser) Stats() []DestinationStats { return nil }

// A destination of the user's that hangs does not hold up the caller, nor hide what
// the others say.
func TestHangingReporters(t *testing.T) {
	for _, statser := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := hanging{make(chan struct{})}
			var bad Reporter = h
			if statser {
				bad = hangingStatser{h}
			}
			p := &plain{err: errors.New("disk full")}
			for _, r := range []Reporter{Counted(bad), NewMulti(p, bad, &Memory{}), NewMulti(NewMulti(p, bad))} {
				for _, do := range []func(context.Context) error{r.Flush, r.Flush, r.Close} {
					ctx, cancel := context.WithTimeout(context.Background(), time.Second)
					start := time.Now()
					err := do(ctx)
					cancel()
					_, multi := r.(*Multi)
					if took := time.Since(start); took > time.Second+guard.Grace || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, p.err) != multi {
						t.Errorf("%v after %v", err, took)
					}
				}
			}
			close(h.release)
			synctest.Wait()
		})
	}
}

// A second Close returns when the first has.
func TestCountedClosesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hanging{make(chan struct{})}
		r := Counted(h)
		first, second := make(chan error), make(chan error, 1)
		go func() { first <- r.Close(context.Background()) }()
		synctest.Wait()
		go func() { second <- r.Close(context.Background()) }()
		synctest.Wait()
		select {
		case err := <-second:
			t.Errorf("the second Close returned %v while the first runs", err)
		default:
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := r.Close(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a Close without time returned %v", err)
		}
		close(h.release)
		if err := <-first; err != nil {
			t.Errorf("first Close: %v", err)
		}
		synctest.Wait()
		if err := r.Close(ctx); err != nil || len(second) != 1 {
			t.Errorf("after the end: %v, %d answers", err, len(second))
		}
	})
}

// hangingStats is a Reporter whose Stats wait for release.
type hangingStats struct{ hanging }

func (h hangingStats) Stats() []DestinationStats { <-h.release; return nil }

// Books that hang cost a second and one goroutine, not one for each look.
func TestHangingStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := Counted(hangingStats{hanging{make(chan struct{})}}).(Statser)
		for range 3 {
			start := time.Now()
			all := r.Stats()
			if took := time.Since(start); took > statsTime+guard.Grace || len(all) != 1 || !strings.Contains(all[0].LastError, "Stats: ") {
				t.Errorf("%+v after %v", all, took)
			}
		}
		close(r.(*bounded).r.(hangingStats).release)
	})
}
