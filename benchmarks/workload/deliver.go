// SPDX-License-Identifier: Apache-2.0

package workload

import "time"

// deliver finishes n RPCs at a rate, in a burst each millisecond, or as fast as it
// goes, and closes the tracer.
func deliver(p Peer, s settings, r *result) error {
	t, err := p.New(configure(s.Config, "d"))
	if err != nil {
		return err
	}
	m := startMeter()
	timer := time.NewTimer(0)
	<-timer.C
	for done, burst := 0, 1; done < s.n; burst++ {
		due := s.n
		if s.rate > 0 {
			due = min(s.n, burst*s.rate/1000)
		}
		for ; done < due; done++ {
			t.RPC()
		}
		if wait := time.Until(m.wall.Add(time.Duration(burst) * time.Millisecond)); wait > 0 && done < s.n {
			timer.Reset(wait)
			<-timer.C
		}
	}
	wall := time.Since(m.wall)
	if err := t.Flush(); err != nil {
		return err
	}
	r.iterations(s.n)
	m.stop(r, s.n, "op")
	r.add(float64(s.n)/wall.Seconds(), "spans/s")
	return closed(t, r, s.n)
}
