// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"context"
	"sync"
	"testing"

	"github.com/go-spur/spur/transport"
)

func checkTooLarge(t testing.TB, p transportPiece) {
	r := p.open(t)
	limit := r.MaxBatch()
	if limit <= 0 || limit > maxBatch {
		t.Logf("no batch of more than %d bytes is made", limit)
		return
	}
	large, small := someSpans(2)[1:], someSpans(1)
	batch := padded(r, large, limit+100)
	if e := r.failsSoon(context.Background(), t, "a batch above MaxBatch", batch); e.Kind != transport.TooLarge {
		t.Errorf("a batch of %d bytes where MaxBatch is %d: %v", len(batch), limit, e)
	}
	if now := r.MaxBatch(); now > limit || now <= 0 {
		t.Errorf("MaxBatch was %d and became %d", limit, now)
	}
	r.send(t, r.batch(small...))
	r.arrived(t, small)
}

func checkClose(t testing.TB, p transportPiece) {
	for _, used := range []bool{false, true} {
		r := p.open(t)
		spans := someSpans(1)
		if used {
			r.send(t, r.batch(spans...))
			r.arrived(t, spans)
		}
		for _, which := range []string{"first", "second"} {
			if err := r.Close(); err != nil {
				t.Errorf("%s Close (used: %v): %v", which, used, err)
			}
			r.failsSoon(context.Background(), t, "Send after the "+which+" Close", r.batch(spans...))
		}
	}
}

func checkMaxBatchConcurrent(t testing.TB, p transportPiece) {
	r := p.open(t)
	spans := someSpans(20)
	ctx, stop := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		for ctx.Err() == nil {
			if n := r.MaxBatch(); n <= 0 {
				t.Errorf("MaxBatch is %d", n)
				return
			}
			if a, ok := r.Transport.(transport.Addresser); ok {
				_ = a.Address()
			}
		}
	}()
	for i := range spans {
		r.send(t, r.batch(spans[i]))
	}
	stop()
	wait.Wait()
	r.arrived(t, spans)
}
