// SPDX-License-Identifier: Apache-2.0

package faultnet

import "time"

// deadline is guarded by its link's lock.
type deadline struct {
	expired bool
	timer   *time.Timer
	version int // a timer that fires late finds that it has been replaced
}

func (d *deadline) set(t time.Time, l *link) {
	d.stop()
	d.expired = false
	if t.IsZero() {
		return
	}
	left := time.Until(t)
	if left <= 0 {
		d.expired = true
		l.moved.Broadcast()
		return
	}
	version := d.version
	d.timer = time.AfterFunc(left, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if d.version == version {
			d.expired = true
			l.moved.Broadcast()
		}
	})
}

func (d *deadline) stop() {
	d.version++
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}
