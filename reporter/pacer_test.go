// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"testing"
	"time"
)

func TestPacerDelay(t *testing.T) {
	const full = 65000
	type step struct {
		after time.Duration // since the last datagram was sent
		size  int
		want  time.Duration
	}
	for _, tc := range []struct {
		name  string
		limit int
		steps []step
	}{
		{"two, then a pause", full, []step{{0, full, 0}, {0, full, 0}, {0, full, 650 * time.Microsecond}, {0, full, 0}, {0, full, 650 * time.Microsecond}}},
		{"time passes by itself", full, []step{{0, full, 0}, {0, full, 0}, {300 * time.Microsecond, full, 350 * time.Microsecond}, {time.Millisecond, full, 0}, {0, full, 0}}},
		{"a long rest is forgotten", full, []step{{0, full, 0}, {0, full, 0}, {time.Hour, full, 0}, {0, full, 0}, {0, full, 650 * time.Microsecond}}},
		{"ticks do not wait", full, []step{{0, full, 0}, {time.Second, 300, 0}, {time.Second, 300, 0}, {0, full, 0}}},
		{"small ones by bytes", 1400, []step{{0, 40_000, 0}, {0, 49_000, 0}, {0, 1400, 445 * time.Microsecond}}},
		{"one larger than the burst", 1400, []step{{0, 100_000, 0}, {0, 1400, 500 * time.Microsecond}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var p pacer
			now := time.Unix(1e9, 0)
			for i, s := range tc.steps {
				now = now.Add(s.after)
				got := p.delay(now, s.size, tc.limit)
				if got != s.want {
					t.Errorf("step %d: %v, want %v", i, got, s.want)
				}
				now = now.Add(got)
			}
		})
	}
}
