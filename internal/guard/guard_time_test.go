// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package guard

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestInTime: what hangs is waited for until 100 ms after the context ended, and
// what ends within that time has its result.
func TestInTime(t *testing.T) {
	for name, c := range map[string]struct {
		takes, limit, want time.Duration
		late               bool
	}{
		"quick":       {0, time.Second, 0, false},
		"in time":     {900 * time.Millisecond, time.Second, 900 * time.Millisecond, false},
		"in grace":    {1050 * time.Millisecond, time.Second, 1050 * time.Millisecond, false},
		"late":        {time.Hour, time.Second, time.Second + Grace, true},
		"over before": {time.Hour, 0, Grace, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), c.limit)
			defer cancel()
			start := time.Now()
			err := Within(ctx, func() error { time.Sleep(c.takes); return nil })
			if took := time.Since(start); took != c.want {
				t.Errorf("%s: took %v, want %v", name, took, c.want)
			}
			if late := err == context.DeadlineExceeded; late != c.late || !late && err != nil {
				t.Errorf("%s: %v", name, err)
			}
			time.Sleep(c.takes) // the goroutine ends within the bubble
		})
	}
}
