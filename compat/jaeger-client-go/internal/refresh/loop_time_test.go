// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package refresh

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// The next interval may be over when what Close left behind returns.
func TestLoopEndsWhenLeftBehind(t *testing.T) {
	for range 30 { // a select takes either of two that are ready
		synctest.Test(t, func(t *testing.T) {
			calls, hang := 0, make(chan struct{})
			l := Start(0, time.Millisecond, func(context.Context) { calls++; <-hang })
			synctest.Wait()
			_ = l.Close()
			close(hang)
			<-l.done
			if calls != 1 {
				t.Fatalf("%d calls, wanted 1", calls)
			}
		})
	}
}
