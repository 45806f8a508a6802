// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"runtime"
	"sync"
	"testing"
)

// A goroutine that has a shard may have to give way to others, which take another one and do
// not wait.
func TestReportTakesAFreeShard(t *testing.T) {
	r := newBatching(t, discard{}, BatchingOptions{FlushInterval: never, Shards: 4})
	for free := range r.shards {
		for i, sh := range r.shards {
			if i != free {
				sh.mu.Lock()
			}
		}
		for i := range uint64(10) {
			r.Report(rpcSpan(i + 1)) // would wait for ever
		}
		for i, sh := range r.shards {
			if i != free {
				sh.mu.Unlock()
			}
		}
		if n := r.shards[free].batch.len(); n < 10 {
			t.Errorf("the only free shard has %d spans, want 10 more", n)
		}
	}
	if n := stats(r).BufferedSpans; n != 40 {
		t.Errorf("%d spans wait, want 40", n)
	}
	mustClose(t, r)
	if d := stats(r); d.Sent != 40 || d.BufferedSpans != 0 {
		t.Errorf("%+v, want 40 sent", d)
	}
}

// Who finds every shard taken waits until one is not.
func TestReportWaitsForAShard(t *testing.T) {
	r := newBatching(t, discard{}, BatchingOptions{FlushInterval: never, Shards: 2})
	for _, sh := range r.shards {
		sh.mu.Lock()
	}
	var reported sync.WaitGroup
	for i := range uint64(8) {
		reported.Add(1)
		go func() {
			defer reported.Done()
			r.Report(rpcSpan(i + 1))
		}()
	}
	for range 2 * maxYields {
		runtime.Gosched() // until they wait, on most machines
	}
	for _, sh := range r.shards {
		sh.mu.Unlock()
	}
	reported.Wait()
	mustClose(t, r)
	if d := stats(r); d.Sent != 8 {
		t.Errorf("%+v, want 8 sent", d)
	}
}
