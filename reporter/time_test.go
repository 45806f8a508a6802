// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/transport"
)

func TestTickMergesShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		f := newFake(65000)
		r := newBatching(t, f, BatchingOptions{Shards: 8})
		for i := range uint64(80) {
			addTo(r.shards[i%8], r, rpcSpan(i+1))
		}
		time.Sleep(DefaultFlushInterval - 1)
		if n := len(f.got); n != 0 {
			t.Errorf("%d batches before the tick", n)
		}
		expectColumns(t, r, columns{Buffered: 80})
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if n := len(f.got); n != 1 {
			t.Fatalf("%d batches at the tick, want 1", n)
		}
		if at := f.at[0].Sub(start); at != DefaultFlushInterval {
			t.Errorf("sent after %v, want %v", at, DefaultFlushInterval)
		}
		ids := f.ids(t)
		slices.Sort(ids)
		if n := len(slices.Compact(ids)); n != 80 {
			t.Errorf("%d different spans arrived, want 80", n)
		}
		expectColumns(t, r, columns{Sent: 80})
		time.Sleep(time.Minute) // ticks without spans send nothing
		if n := len(f.got); n != 1 {
			t.Errorf("%d batches after an idle minute, want 1", n)
		}
		mustClose(t, r)
	})
}

func TestTickMergesIntoAsFewAsPossible(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(9000)
		r := newBatching(t, f, BatchingOptions{Shards: 5, NoPacing: true})
		bytes := 0
		for i := range uint64(5 * 20) { // five shards with two thirds of a batch each
			bytes += len(r.enc.span(nil, rpcSpan(i+1)))
			addTo(r.shards[i%5], r, rpcSpan(i+1))
		}
		time.Sleep(DefaultFlushInterval)
		synctest.Wait()
		room := 9000 - r.process(testProcess).headroom - r.enc.tailMax - bytes/100
		if want := (bytes + room - 1) / room; len(f.got) != want {
			t.Errorf("%d batches for %d bytes, want %d", len(f.got), bytes, want)
		}
		if n := len(f.ids(t)); n != 100 {
			t.Errorf("%d spans arrived, want 100", n)
		}
		mustClose(t, r)
	})
}

// A default socket buffer at the agent holds three datagrams of 65,000 bytes.
func TestPacing(t *testing.T) {
	for _, tc := range []struct {
		name  string
		limit int
		none  bool
		burst int           // bytes at one instant
		rest  time.Duration // between bursts
	}{
		{"full datagrams", 65000, false, 2 * 65000, 650 * time.Microsecond},
		{"small datagrams", 1400, false, smallBurst, 450 * time.Microsecond},
		{"off", 65000, true, 1 << 30, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(tc.limit)
				r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: tc.none})
				for i := range uint64(2500) {
					r.Report(rpcSpan(i + 1))
				}
				mustFlush(t, r)
				burst, total, at := 0, 0, f.at[0]
				for i, b := range f.got {
					if f.at[i] != at {
						if rest := f.at[i].Sub(at); rest < tc.rest*95/100 || rest > tc.rest*105/100 {
							t.Errorf("datagram %d comes %v after the last burst of %d bytes, want about %v", i, rest, burst, tc.rest)
						}
						burst, at = 0, f.at[i]
					}
					if burst += len(b); burst > tc.burst {
						t.Fatalf("burst of %d bytes at datagram %d, want at most %d", burst, i, tc.burst)
					}
					total += len(b)
				}
				if took := f.at[len(f.at)-1].Sub(f.at[0]); !tc.none && took < time.Duration(total-2*tc.burst)*time.Second/paceRate {
					t.Errorf("%d bytes took %v: faster than %d bytes/s", total, took, paceRate)
				}
				mustClose(t, r)
				expectColumns(t, r, columns{Sent: 2500})
			})
		})
	}
}

func TestCloseEndsPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(65000)
		r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1})
		for i := range uint64(1000) {
			r.Report(rpcSpan(i + 1))
		}
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Microsecond)
		defer cancel()
		start := time.Now()
		err := r.Close(ctx)
		if took := time.Since(start); took != 100*time.Microsecond || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close took %v and returned %v", took, err)
		}
		sent := uint64(len(f.ids(t)))
		expectColumns(t, r, columns{Sent: sent, Dropped: dropped(Closed, 1000-sent)})
		if len(f.got) != 2 {
			t.Errorf("%d datagrams were sent, want 2", len(f.got))
		}
	})
}

func TestBlackHole(t *testing.T) {
	for range 8 { // the sender may look at the flush or at Close first
		synctest.Test(t, blackHole)
	}
}

func blackHole(t *testing.T) {
	f := newFake(65000)
	f.on = func(ctx context.Context, _ []byte) error {
		<-ctx.Done()
		return &transport.Error{Kind: transport.Retryable, Err: ctx.Err()}
	}
	r := newBatching(t, f, BatchingOptions{Shards: 1})
	for i := range uint64(1000) {
		r.Report(rpcSpan(i + 1))
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := r.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
		t.Errorf("Flush returned %v after %v", err, time.Since(start))
	}
	expectColumns(t, r, columns{Buffered: 1000})

	waiting := make(chan error)
	go func() { waiting <- r.Flush(context.Background()) }()
	synctest.Wait()
	start = time.Now()
	ctx, cancel = context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := r.Close(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 2*time.Second {
		t.Errorf("Close returned %v after %v", err, time.Since(start))
	}
	if err := <-waiting; !errors.Is(err, ErrClosed) {
		t.Errorf("a Flush that Close gave up on returned %v", err)
	}
	expectColumns(t, r, columns{Dropped: dropped(Closed, 1000)})
	if len(f.got) != 1 || f.closed != 1 {
		t.Errorf("%d batches sent, closed %d times", len(f.got), f.closed)
	}
}

// A transport that breaks its contract costs 100 ms and no span its column.
func TestTransportIgnoresContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		f := newFake(65000)
		f.on = func(context.Context, []byte) error { <-release; return nil }
		r := newBatching(t, f, BatchingOptions{Shards: 1})
		for i := range uint64(500) {
			r.Report(rpcSpan(i + 1))
		}
		synctest.Wait()
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		err := r.Close(ctx)
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != time.Second+guard.Grace {
			t.Errorf("Close returned %v after %v", err, took)
		}
		if err := r.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("second Close: %v", err)
		}
		r.Report(rpcSpan(501))
		expectColumns(t, r, columns{Buffered: 500, Dropped: dropped(Closed, 1)})
		close(release)
		synctest.Wait()
		sent := uint64(len(f.ids(t)))
		expectColumns(t, r, columns{Sent: sent, Dropped: dropped(Closed, 501-sent)})
		mustFlush(t, r)
	})
}

func TestLossIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		handler := slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})
		lines := func() []string {
			synctest.Wait()
			text := strings.TrimSpace(out.String())
			out.Reset()
			if text == "" {
				return nil
			}
			return strings.Split(text, "\n")
		}
		var up atomic.Bool
		f := newFake(65000)
		f.on = func(context.Context, []byte) error {
			if up.Load() {
				return nil
			}
			return &transport.Error{Kind: transport.Permanent, Err: errors.New("connection refused")}
		}
		r := newBatching(t, f, BatchingOptions{Name: "agent", Logger: slog.New(handler)})
		report := func(seconds uint64) {
			for i := range seconds {
				r.Report(rootSpan(i + 1))
				time.Sleep(time.Second)
			}
		}
		time.Sleep(DefaultFlushInterval / 2) // between two ticks
		report(50)
		got := lines()
		if len(got) != 1 {
			t.Fatalf("%d lines for a loss of 50 s, want 1:\n%s", len(got), strings.Join(got, "\n"))
		}
		for _, part := range []string{
			"level=WARN", `"spur: spans are being lost"`, "cause=send_error", "destination=agent",
			"address=fake:6831", "lost_in_all=1", `last_error="transport: permanent: connection refused"`, "JAEGER_AGENT_HOST",
		} {
			if !strings.Contains(got[0], part) {
				t.Errorf("the line lacks %s: %s", part, got[0])
			}
		}
		time.Sleep(time.Minute) // nothing is lost, but nothing is sent either
		if got := lines(); len(got) != 0 {
			t.Errorf("an end without a success: %s", got)
		}
		up.Store(true)
		report(5)
		got = lines()
		if len(got) != 1 {
			t.Fatalf("%d lines at the end, want 1:\n%s", len(got), strings.Join(got, "\n"))
		}
		for _, part := range []string{"level=INFO", `"spur: spans are no longer being lost"`, "cause=send_error", "lost_in_all=50"} {
			if !strings.Contains(got[0], part) {
				t.Errorf("the line lacks %s: %s", part, got[0])
			}
		}
		mustClose(t, r)
		if got := lines(); len(got) != 0 {
			t.Errorf("lines about nothing: %s", got)
		}
	})
}
