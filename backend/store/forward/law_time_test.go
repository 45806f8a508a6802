// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/transport"
)

// TestLaw: ten writers, three receivers that say anything, hang and vanish, and an
// end in the middle, with and without a spool. The books balance at every moment, and
// agree with what the receivers have counted.
func TestLaw(t *testing.T) {
	for _, spool := range []bool{false, true} {
		t.Run(fmt.Sprint("spool ", spool), func(t *testing.T) {
			c := Config{Endpoints: []string{"a:1", "b:1", "c:1"}, QueueBytes: 50_000}
			if spool {
				c.Spool = t.TempDir()
			}
			synctest.Test(t, func(t *testing.T) { law(t, c) })
		})
	}
}

func law(t *testing.T, c Config) {
	p := newPeers()
	var rejected atomic.Int64
	p.says(func(ctx context.Context, _ string, b send.Batch) error {
		switch rand.IntN(10) {
		case 0:
			time.Sleep(time.Second)
		case 1:
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
			}
			return says(transport.Retryable, 0, 0)
		case 2, 3:
			return says(transport.Retryable, time.Duration(rand.IntN(3))*time.Second, 0)
		case 4:
			n := rand.Int64N(3)
			rejected.Add(min(n, int64(b.Spans)))
			return says(transport.Partial, 0, n)
		case 5:
			if b.Spans > 1 {
				return says(transport.TooLarge, 0, 0)
			}
		case 6:
			return says(transport.Refused, 0, 0)
		}
		return nil
	})
	s := p.store(t, c)
	var taken atomic.Int64
	var writers sync.WaitGroup
	for w := range 10 {
		writers.Go(func() {
			for i := range 50 {
				n := 1 + rand.IntN(40)
				if s.Write(t.Context(), spans(1_000_000*w+1_000*i, n)) == nil {
					taken.Add(int64(n))
				}
				balanced(t, s)
				time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
			}
		})
	}
	time.Sleep(20 * time.Second)
	_ = s.Close() // the books say what was lost
	writers.Wait()
	b := balanced(t, s)
	p.mu.Lock()
	defer p.mu.Unlock()
	var came int64
	for n, times := range p.got {
		came += int64(times)
		if times > 1 {
			t.Errorf("span %d came %d times", n, times)
		}
	}
	if b.Taken != taken.Load() || b.Sent+b.Rejected != came || b.Rejected != rejected.Load() || c.Spool == "" && b.Waiting != 0 || p.open != 0 {
		t.Errorf("%d taken, %d came, %d rejected, %d senders open: %+v", taken.Load(), came, rejected.Load(), p.open, b)
	}
	if b.Dropped[ReasonRefused] == 0 || b.Sent == 0 {
		t.Errorf("nothing happened: %+v", b)
	}
}
