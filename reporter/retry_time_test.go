// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/transport"
)

// script has the transport answer its first calls with errs, and nil from then on.
func (f *fake) script(errs ...error) {
	f.on = func(context.Context, []byte) error {
		if len(errs) == 0 {
			return nil
		}
		e := errs[0]
		errs = errs[1:]
		return e
	}
}

// lockedBuffer keeps what a logger writes.
type lockedBuffer struct {
	mu   sync.Mutex
	text []byte
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = append(b.text, p...)
	return len(p), nil
}

func (b *lockedBuffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := string(b.text)
	b.text = nil
	return text
}

func busy() error { return &transport.Error{Kind: transport.Retryable, Err: errors.New("503")} }

func TestRetrySendsTheSameBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(65000)
		f.script(busy(), busy(), nil)
		r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1})
		for i := range uint64(50) {
			r.Report(rpcSpan(i + 1))
		}
		mustFlush(t, r)
		expectColumns(t, r, columns{Sent: 50})
		if d := stats(r); d.Retries != 2 || d.LastError != "transport: retryable: 503" || d.LastErrorTime != f.at[1] {
			t.Errorf("%d retries, last error %q at %v", d.Retries, d.LastError, d.LastErrorTime)
		}
		if len(f.got) != 3 || !bytes.Equal(f.got[0], f.got[1]) || !bytes.Equal(f.got[0], f.got[2]) {
			t.Errorf("%d attempts, and not all with the same bytes", len(f.got))
		}
		for i, step := range []time.Duration{firstWait, 2 * firstWait} {
			if wait := f.at[i+1].Sub(f.at[i]); wait < step/2 || wait > step {
				t.Errorf("wait %d took %v, want %v to %v", i+1, wait, step/2, step)
			}
		}
		r.Report(rootSpan(51))
		mustClose(t, r)
		if m := f.messages(t); m[3].Batch.SeqNo != 2 || m[2].Batch.SeqNo != 1 {
			t.Errorf("batches %d and %d: a retry is no new batch", m[2].Batch.SeqNo, m[3].Batch.SeqNo)
		}
	})
}

func TestRetryBudget(t *testing.T) {
	for _, tc := range []struct {
		name   string
		o      BatchingOptions
		e      transport.Error
		want   columns
		most   time.Duration // from the first attempt to the last
		atmost int           // attempts
	}{
		{"default", BatchingOptions{}, transport.Error{}, columns{Dropped: dropped(RetryExhausted, 5)}, DefaultRetryBudget, 130},
		{"short", BatchingOptions{RetryBudget: time.Second}, transport.Error{}, columns{Dropped: dropped(RetryExhausted, 5)}, time.Second, 4},
		{"unanswered once", BatchingOptions{RetryBudget: time.Second}, transport.Error{Written: true}, columns{Unconfirmed: 5}, time.Second, 4},
		{"a wait beyond it", BatchingOptions{RetryBudget: time.Minute - 1}, transport.Error{RetryAfter: time.Minute}, columns{Dropped: dropped(RetryExhausted, 5)}, 0, 1},
		{"a wait within it", BatchingOptions{RetryBudget: time.Minute}, transport.Error{RetryAfter: time.Hour}, columns{Dropped: dropped(RetryExhausted, 5)}, time.Minute, 2},
		{"none", BatchingOptions{NoRetry: true}, transport.Error{}, columns{Dropped: dropped(SendError, 5)}, 0, 1},
		{"none, unanswered", BatchingOptions{NoRetry: true}, transport.Error{Written: true}, columns{Unconfirmed: 5}, 0, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(65000)
				f.on = func(context.Context, []byte) error {
					e := tc.e
					e.Kind = transport.Retryable
					tc.e.Written = false // one unanswered attempt is enough
					return &e
				}
				tc.o.FlushInterval = never
				r := newBatching(t, f, tc.o)
				for i := range uint64(5) {
					r.Report(rootSpan(i + 1))
				}
				mustFlush(t, r)
				expectColumns(t, r, tc.want)
				d := stats(r)
				took := f.at[len(f.at)-1].Sub(f.at[0])
				if took > tc.most || took < tc.most*3/4 && took < tc.most-mostWait || len(f.got) > tc.atmost || d.Retries != uint64(len(f.got)-1) {
					t.Errorf("%d attempts in %v, %d retries; want %v and %d attempts at most", len(f.got), took, d.Retries, tc.most, tc.atmost)
				}
				mustClose(t, r)
			})
		})
	}
}

func TestCloseDuringRetries(t *testing.T) {
	for _, tc := range []struct {
		name    string
		e       transport.Error
		timeout time.Duration // of Close; 0: ends before
		cancel  time.Duration // Close's context; 0: never
		took    time.Duration // Close, at most
		want    columns
		more    int // attempts after Close began, at least
	}{
		{"own waits", transport.Error{}, 3 * time.Second, 0, 3 * time.Second, columns{Dropped: dropped(Closed, 5)}, 3},
		{"own waits, unanswered", transport.Error{Written: true}, 3 * time.Second, 0, 3 * time.Second, columns{Unconfirmed: 5}, 3},
		{"the receiver asks for an hour", transport.Error{RetryAfter: time.Hour}, 3 * time.Second, 0, 0, columns{Dropped: dropped(Closed, 5)}, 0},
		{"cancelled", transport.Error{RetryAfter: time.Hour}, 0, 50 * time.Millisecond, 50 * time.Millisecond, columns{Dropped: dropped(Closed, 5)}, 0},
		{"no time at all", transport.Error{}, 0, 1, 1, columns{Dropped: dropped(Closed, 5)}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(65000)
				f.on = func(context.Context, []byte) error {
					e := tc.e
					e.Kind = transport.Retryable
					return &e
				}
				r := newBatching(t, f, BatchingOptions{DownAfter: time.Hour})
				for i := range uint64(5) {
					r.Report(rootSpan(i + 1))
				}
				time.Sleep(20 * time.Second) // some attempts
				synctest.Wait()
				expectColumns(t, r, columns{Buffered: 5})
				before := len(f.got)
				ctx, cancel := context.WithCancel(context.Background())
				if tc.timeout > 0 {
					ctx, cancel = context.WithTimeout(ctx, tc.timeout)
				} else {
					time.AfterFunc(tc.cancel, cancel)
				}
				defer cancel()
				flushed := make(chan error)
				go func() { flushed <- r.Flush(context.Background()) }()
				synctest.Wait()
				start := time.Now()
				err := r.Close(ctx)
				if took := time.Since(start); took > tc.took || err == nil || !strings.Contains(err.Error(), "at close") {
					t.Errorf("Close returned %v after %v, want %v at most", err, took, tc.took)
				}
				if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
					t.Errorf("Close: %v", err)
				}
				if err := <-flushed; !errors.Is(err, ErrClosed) {
					t.Errorf("Flush: %v", err)
				}
				expectColumns(t, r, tc.want)
				if n := len(f.got) - before; n < tc.more || n > tc.more+5 {
					t.Errorf("%d attempts during Close, want %d", n, tc.more)
				}
			})
		})
	}
}

// A receiver that comes back while Close waits gets everything.
func TestCloseTriesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var up atomic.Bool
		f := newFake(65000)
		f.on = func(context.Context, []byte) error {
			if up.Load() {
				return nil
			}
			return busy()
		}
		r := newBatching(t, f, BatchingOptions{})
		for i := range uint64(5) {
			r.Report(rootSpan(i + 1))
		}
		time.Sleep(2 * time.Minute) // the waits are long now
		synctest.Wait()
		up.Store(true)
		start := time.Now()
		mustClose(t, r)
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v", took)
		}
		expectColumns(t, r, columns{Sent: 5})
	})
}

// While a batch is tried again the queue may overflow: that must be said, and that
// delivery fails, and nothing every second.
func TestRetryIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		f := newFake(65000)
		var up atomic.Bool
		f.on = func(context.Context, []byte) error {
			if up.Load() {
				return nil
			}
			return &transport.Error{Kind: transport.Retryable, Written: true, Err: errors.New("no answer")}
		}
		r := newBatching(t, f, BatchingOptions{
			Name: "collector", Shards: 1, QueueSpans: 1000, NoPacing: true, RetryBudget: 5 * time.Minute,
			Logger: slog.New(slog.NewTextHandler(&out, nil)),
		})
		lines := func() (got []string) {
			synctest.Wait()
			for line := range strings.Lines(out.take()) {
				got = append(got, line)
			}
			return got
		}
		expect := func(got []string, want ...string) {
			t.Helper()
			if len(got) != len(want) {
				t.Errorf("%d lines, want %d:\n%s", len(got), len(want), strings.Join(got, ""))
				return
			}
			for i, parts := range want {
				for part := range strings.SplitSeq(parts, "|") {
					if !strings.Contains(got[i], part) {
						t.Errorf("the line lacks %s: %s", part, got[i])
					}
				}
			}
		}
		for i := range uint64(10) {
			r.Report(rpcSpan(i + 1))
		}
		time.Sleep(30 * time.Second)
		const trouble = `level=WARN|msg="spur: delivery is failing, retrying"|cause=retrying|destination=collector|address=fake:6831|waiting_spans=10|last_error="transport: retryable: no answer"`
		expect(lines(), trouble)
		for i := range uint64(5000) { // more than the queue takes
			r.Report(rpcSpan(i + 100))
		}
		time.Sleep(2 * time.Second)
		expect(lines(), `level=WARN|cause=queue_full|JAEGER_REPORTER_MAX_QUEUE_SIZE`)
		time.Sleep(70 * time.Second)
		got := lines()
		expect(got, "cause=retrying|suppressed=")
		time.Sleep(4 * time.Minute) // the budget of the first batch ends
		found := false
		for _, line := range lines() {
			found = found || strings.Contains(line, "cause=unconfirmed") && strings.Contains(line, "nothing says that they arrived") && strings.Contains(line, "unconfirmed_in_all=10")
		}
		if !found {
			t.Error("no line says that spans are unconfirmed")
		}
		up.Store(true)
		time.Sleep(time.Minute)
		all := strings.Join(lines(), "")
		for _, part := range []string{
			`msg="spur: delivery works again" cause=retrying`, `msg="spur: spans are no longer being lost" cause=queue_full`,
			`msg="spur: sent spans are confirmed again" cause=unconfirmed`,
		} {
			if strings.Count(all, part) != 1 {
				t.Errorf("%q is not said once:\n%s", part, all)
			}
		}
		mustClose(t, r)
		if d := stats(r); d.Unconfirmed == 0 || d.Sent+d.Unconfirmed+d.Dropped[QueueFull] != 5010 {
			t.Errorf("books: %+v", columnsOf(&d))
		}
	})
}
