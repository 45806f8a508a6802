// SPDX-License-Identifier: Apache-2.0

package reporter

import "time"

const (
	// paceRate is how fast a receiver is trusted to empty its buffer, bytes/s.
	paceRate = 200_000_000
	// smallBurst is the burst of small datagrams: with what the kernel adds to
	// each, still less than the buffer of 208 KiB that Linux gives a socket.
	smallBurst = 90_000
)

// pacer spaces datagrams out by an estimate of what waits in the receiver's buffer:
// two full datagrams (of small ones 90,000 bytes) may; the next waits until it is empty.
type pacer struct {
	level int // bytes in the buffer
	at    time.Time
}

// delay returns how long to wait before size bytes are sent, and counts them as
// sent then. most is the size of a full datagram.
func (p *pacer) delay(now time.Time, size, most int) time.Duration {
	if gone := now.Sub(p.at); gone < time.Second { // beyond, level would be 0 anyhow
		p.level = max(0, p.level-int(gone*paceRate/time.Second))
	} else {
		p.level = 0
	}
	p.at = now
	var wait time.Duration
	if p.level > 0 && p.level+size > max(2*most, smallBurst) {
		wait = time.Duration(p.level) * time.Second / paceRate
		p.level, p.at = 0, now.Add(wait)
	}
	p.level += size
	return wait
}
