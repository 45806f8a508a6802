// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"testing"

	"github.com/go-spur/spur/internal/race"
)

// A burst of 100,000 spans, as fast as one goroutine goes, with the defaults: half of
// it arrives at least, and the rest is counted. It is shorter under the race detector,
// with which it says little; "make test" has the long one, too, with the oldest Go.
func TestBurst(t *testing.T) {
	total := uint64(100_000)
	if race.Enabled {
		total = 20_000
	}
	s := startSink(t)
	for _, via := range []string{viaUDP, viaThrift, viaOTLP} {
		t.Run(via, func(t *testing.T) {
			if via == viaUDP && s.Buffer < sinkBuffer {
				t.Skipf("skipped: the kernel grants a receive buffer of %d bytes, not %d", s.Buffer, sinkBuffer)
			}
			d := deliver(t, s, via, 0, int(total))
			t.Logf("of %d spans %d arrived, %d counted as lost, %d unaccounted", d.finished, d.received, d.lost, d.unaccounted())
			if d.finished != total || d.received < total/2 {
				t.Errorf("of %d spans %d finished and %d arrived, want half at least", total, d.finished, d.received)
			}
			if d.unaccounted() != 0 {
				if dropped := s.Drops(); via == viaUDP && dropped > 0 {
					t.Skipf("skipped: the sink had no time, and the kernel dropped %d datagrams at its socket", dropped)
				}
				t.Errorf("%d spans are unaccounted", d.unaccounted())
			}
		})
	}
}
