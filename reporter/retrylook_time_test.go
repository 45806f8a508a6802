// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/transport"
)

// The queue overflows while the sender waits for a minute: that is said at once.
func TestLossIsSeenDuringALongWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		f := newFake(65000)
		f.on = func(context.Context, []byte) error {
			return &transport.Error{Kind: transport.Retryable, RetryAfter: time.Minute}
		}
		r := newBatching(t, f, BatchingOptions{Shards: 1, QueueSpans: 100, Logger: slog.New(slog.NewTextHandler(&out, nil))})
		r.Report(rpcSpan(1))
		time.Sleep(2*DefaultFlushInterval + time.Millisecond)
		for i := range uint64(3000) {
			r.Report(rpcSpan(i + 2))
		}
		synctest.Wait()
		if text := out.take(); strings.Contains(text, "queue_full") {
			t.Errorf("too early: %s", text)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if text := out.take(); strings.Count(text, "cause=queue_full") != 1 {
			t.Errorf("after %v: %q", time.Second, text)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := r.Close(ctx); err == nil {
			t.Error("Close returned nil")
		}
		if d := stats(r); d.BufferedSpans != 0 || d.DroppedTotal() != 3001 {
			t.Errorf("books: %+v", columnsOf(&d))
		}
	})
}
