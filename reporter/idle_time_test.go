// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/transport"
)

// What went out last may turn out lost until the next tick, not longer.
func TestTickConfirms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var refused atomic.Bool
		d := &confirming{newFake(65000), func() error {
			if refused.Load() {
				return &transport.Error{PreviousLost: true}
			}
			return nil
		}}
		r := newBatching(t, d, BatchingOptions{Shards: 1})
		pass := func(when time.Duration) { time.Sleep(when); synctest.Wait() }
		r.Report(rootSpan(1))
		pass(time.Second)
		expectColumns(t, r, columns{Buffered: 1})
		pass(time.Second)
		expectColumns(t, r, columns{Sent: 1})
		refused.Store(true)
		r.Report(rootSpan(2))
		pass(time.Second)
		expectColumns(t, r, columns{Sent: 1, Buffered: 1})
		r.Report(rootSpan(3))
		pass(time.Second)
		refused.Store(false)
		expectColumns(t, r, columns{Sent: 1, Buffered: 2})
		pass(2 * time.Second)
		expectColumns(t, r, columns{Sent: 3})
		mustClose(t, r)
	})
}

// Buffers that a burst needed do not stay.
func TestIdleShedsBuffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(65000)
		r := newBatching(t, f, BatchingOptions{Shards: 2})
		for i := range uint64(10_000) {
			r.Report(rpcSpan(i + 1))
		}
		mustFlush(t, r)
		free := func() (int, int64) {
			r.store.mu.Lock()
			defer r.store.mu.Unlock()
			return len(r.store.free), r.store.freeMemory
		}
		_, before := free()
		if before == 0 || before > DefaultQueueBytes {
			t.Errorf("%d bytes free after a burst", before)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n, memory := free(); n != 0 || memory != 0 {
			t.Errorf("%d buffers of %d bytes are kept after ten idle seconds (%d before)", n, memory, before)
		}
		mustClose(t, r)
	})
}

// An interval of a nanosecond used to burn a third of a processor.
func TestFlushIntervalHasAFloor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		d := &confirming{newFake(65000), func() error { asked.Add(1); return nil }}
		r := newBatching(t, d, BatchingOptions{FlushInterval: 1})
		for i := range uint64(1000) {
			r.Report(rootSpan(i + 1))
			time.Sleep(time.Millisecond)
		}
		if n := asked.Load(); n < 50 || n > 101 {
			t.Errorf("the sender woke up %d times in a second", n)
		}
		mustClose(t, r)
	})
}
