// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package poll_test

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/internal/poll"
)

func TestLoopTimes(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for _, tt := range []struct {
		name     string
		interval time.Duration
		random   float64
		want     []time.Duration // since Start
	}{
		{"lowest", time.Minute, 0, []time.Duration{0, 54 * time.Second, 108 * time.Second}},
		{"middle", time.Minute, 0.5, []time.Duration{500 * time.Millisecond, 60500 * time.Millisecond, 120500 * time.Millisecond}},
		{"short", 2 * time.Second, 0.5, []time.Duration{500 * time.Millisecond, 2500 * time.Millisecond, 4500 * time.Millisecond}},
		{"too short", 1, 0.5, []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond, 2500 * time.Millisecond}},
		{"too short, lowest", 1, 0, []time.Duration{0, 900 * time.Millisecond, 1800 * time.Millisecond}},
		{"too long", math.MaxInt64, 0.5, []time.Duration{500 * time.Millisecond, 500*time.Millisecond + year, 500*time.Millisecond + 2*year}},
		{"default", 0, 0.5, []time.Duration{500 * time.Millisecond, 60500 * time.Millisecond, 120500 * time.Millisecond}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, at := time.Now(), make(chan time.Duration)
				l := poll.Start(poll.Options{Interval: tt.interval, Random: func() float64 { return tt.random }},
					func(context.Context) error { return nil }, func(error) { at <- time.Since(start) })
				var got []time.Duration
				for range tt.want {
					got = append(got, <-at)
				}
				l.Close()
				if !slices.Equal(got, tt.want) {
					t.Errorf("fetched at %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// TestLoopRetries: soon at first, and never again once a fetch has succeeded.
func TestLoopRetries(t *testing.T) {
	for _, tt := range []struct {
		name            string
		interval, retry time.Duration
		good            int // the fetch that succeeds; the ones behind it fail
		want            []int
	}{
		{"never succeeds", 7 * time.Second, time.Second, 0, []int{500, 1500, 3500, 7500, 14500, 21500}},
		{"succeeds", time.Minute, time.Second, 3, []int{500, 1500, 3500, 63500, 123500}},
		{"without", time.Minute, 0, 0, []int{500, 60500, 120500}},
		{"longer than the interval", time.Minute, 2 * time.Minute, 0, []int{500, 120500, 240500}},
		{"longer than the interval, succeeds", time.Second, 5 * time.Second, 2, []int{500, 5500, 6500, 11500, 16500}},
		{"too short", 7 * time.Second, 1, 0, []int{500, 1500, 3500, 7500, 14500}},
		{"interval too short", 1, 0, 2, []int{500, 1500, 2500, 3500}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, at, n := time.Now(), make(chan time.Duration), 0
				l := poll.Start(poll.Options{Interval: tt.interval, Retry: tt.retry, Random: func() float64 { return 0.5 }},
					func(context.Context) error {
						if n++; n == tt.good {
							return nil
						}
						return io.EOF
					}, func(error) { at <- time.Since(start) })
				for i, want := range tt.want {
					if got := <-at; got != time.Duration(want)*time.Millisecond {
						t.Errorf("fetch %d after %v, want %d ms", i, got, want)
					}
				}
				l.Close()
			})
		})
	}
}

// TestLoopFloor: the caller may set another one.
func TestLoopFloor(t *testing.T) {
	for _, tt := range []struct {
		floor time.Duration
		most  int
	}{{0, 11}, {100 * time.Millisecond, 102}} {
		for _, err := range []error{nil, io.EOF} {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				l := poll.Start(poll.Options{Interval: 1, Retry: 1, Floor: tt.floor, Random: func() float64 { return 0.5 }},
					func(context.Context) error { n++; return err }, func(error) {})
				<-time.After(10 * time.Second)
				l.Close()
				if n > tt.most || n < tt.most-2 {
					t.Errorf("floor %v, %v: %d fetches in 10 s, want at most %d", tt.floor, err, n, tt.most)
				}
			})
		}
	}
}

// TestLoopSpreads: a thousand clients that start together ask over a second, and
// a minute later over twelve more.
func TestLoopSpreads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const clients = 1000
		start, at := time.Now(), make(chan time.Duration, 2*clients)
		rng := rand.New(rand.NewPCG(1, 2))
		var loops []*poll.Loop
		for range clients {
			r := rand.New(rand.NewPCG(rng.Uint64(), 1))
			loops = append(loops, poll.Start(poll.Options{Random: r.Float64},
				func(context.Context) error { return nil }, func(error) { at <- time.Since(start) }))
		}
		got := make([]time.Duration, 2*clients)
		for i := range got {
			got[i] = <-at
		}
		for _, l := range loops {
			l.Close()
		}
		for _, tt := range []struct {
			fetches            []time.Duration
			from, middle, till time.Duration
		}{
			{got[:clients], 0, 500 * time.Millisecond, time.Second},
			{got[clients:], 54 * time.Second, 60500 * time.Millisecond, 67 * time.Second},
		} {
			early := 0
			for _, d := range tt.fetches {
				if d < tt.from || d > tt.till {
					t.Fatalf("a fetch at %v", d)
				}
				if d < tt.middle {
					early++
				}
			}
			if early < clients*2/5 || early > clients*3/5 {
				t.Errorf("%d of %d before %v", early, clients, tt.middle)
			}
		}
	})
}

func TestLoopDeadline(t *testing.T) {
	for _, timeout := range []time.Duration{0, 3 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			settled := make(chan error)
			l := poll.Start(poll.Options{Timeout: timeout, Random: func() float64 { return 0 }}, func(ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			}, func(err error) { settled <- err })
			start, want := time.Now(), timeout
			if want == 0 {
				want = 10 * time.Second
			}
			if err := <-settled; !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != want {
				t.Errorf("after %v: %v", time.Since(start), err)
			}
			l.Close()
		})
	}
}

func TestLoopClose(t *testing.T) {
	never := func(error) { panic("a fetch was settled that Close interrupted") }
	for _, tt := range []struct {
		name  string
		after time.Duration
		fetch func(context.Context) error
		want  time.Duration
	}{
		{"before the first fetch", 0, func(context.Context) error { return nil }, 0},
		{"during a fetch", 2 * time.Second, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, 0},
		{"during a deaf fetch", 2 * time.Second, func(context.Context) error { <-time.After(time.Hour); return nil }, 100 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := poll.Start(poll.Options{Timeout: time.Hour, Random: func() float64 { return 0.9 }}, tt.fetch, never)
				<-time.After(tt.after)
				start := time.Now()
				for range 3 {
					if err := l.Close(); err != nil {
						t.Error(err)
					}
				}
				if took := time.Since(start); took != tt.want*3 && took != tt.want {
					t.Errorf("took %v, want %v", took, tt.want)
				}
				<-time.After(time.Hour) // for the deaf one
			})
		})
	}
}

func TestLoopCloseFromInside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := make(chan *poll.Loop, 1)
		fetches, settled := 0, make(chan struct{})
		started <- poll.Start(poll.Options{Random: func() float64 { return 0.5 }}, func(context.Context) error {
			fetches++
			return nil
		}, func(error) {
			(<-started).Close()
			close(settled)
		})
		<-settled
		<-time.After(time.Hour)
		if fetches != 1 {
			t.Errorf("%d fetches", fetches)
		}
	})
}

func TestLoopSurvivesPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		settled := make(chan error)
		n := 0
		l := poll.Start(poll.Options{}, func(context.Context) error {
			n++
			if n == 1 {
				panic("null entry")
			}
			return nil
		}, func(err error) {
			settled <- err
			panic("settle")
		})
		if err := <-settled; !errors.Is(err, guard.ErrPanic) || err.Error() != "panic: null entry" {
			t.Errorf("%v", err)
		}
		if err := <-settled; err != nil {
			t.Errorf("%v", err)
		}
		l.Close()
	})
}
