// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"runtime"
	"sync"
	"time"

	"github.com/go-spur/spur/internal/bench"
)

// timed does a workload for a time, and tells what an operation takes: wall time until
// the caller has its goroutine back, processor time of the process until everything is
// sent, memory.
func timed(p Peer, s settings, r *result) error {
	t, err := p.New(configure(s.Config, s.workload))
	if err != nil {
		return err
	}
	goroutines := 1
	if s.parallel {
		goroutines = runtime.GOMAXPROCS(0)
	}
	operations := make([]func() error, goroutines)
	for i := range operations {
		if operations[i], err = t.operation(s.workload); err != nil {
			return err
		}
	}
	finished, n := 0, goroutines
	for warm := s.time / 4; ; n *= 2 { // finds n, and warms
		began := bench.ProcessCPU() // wall time says little on a busy machine
		if err := spread(operations, n); err != nil {
			return err
		}
		finished += n
		if took := bench.ProcessCPU() - began; took >= warm {
			n = max(1, int(float64(n)*float64(s.time)/float64(took)))
			break
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	m := startMeter()
	if err := spread(operations, n); err != nil {
		return err
	}
	wall := time.Since(m.wall)
	if err := t.Flush(); err != nil {
		return err
	}
	r.iterations(n)
	r.add(float64(wall)/float64(n), "ns/op")
	m.stop(r, n, "op")
	if s.UDP+s.HTTP == "" {
		return t.Close()
	}
	return closed(t, r, finished+n)
}

// closed ends t, and says what became of its spans.
func closed(t *Tracer, r *result, finished int) error {
	if err := t.Close(); err != nil {
		return err
	}
	r.add(float64(finished), "finished")
	if t.Lost != nil {
		r.add(float64(t.Lost()), "lost")
	}
	if t.Sent != nil {
		r.add(float64(t.Sent()), "sent")
	}
	return nil
}

// spread does n operations, on as many goroutines as there are functions.
func spread(operations []func() error, n int) error {
	errs := make([]error, len(operations))
	each := func(i int) {
		for range (n + i) / len(operations) {
			if errs[i] = operations[i](); errs[i] != nil {
				return
			}
		}
	}
	var others sync.WaitGroup
	for i := 1; i < len(operations); i++ {
		others.Go(func() { each(i) })
	}
	each(0)
	others.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// meter measures the whole process.
type meter struct {
	memory runtime.MemStats
	cpu    time.Duration
	wall   time.Time
}

func startMeter() *meter {
	m := &meter{}
	runtime.GC()
	runtime.ReadMemStats(&m.memory)
	m.cpu, m.wall = bench.ProcessCPU(), time.Now()
	return m
}

func (m *meter) stop(r *result, n int, per string) {
	cpu := bench.ProcessCPU() - m.cpu
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	r.add(float64(cpu)/float64(n), "cpu-ns/"+per)
	r.add(float64(after.TotalAlloc-m.memory.TotalAlloc)/float64(n), "B/"+per)
	r.add(float64(after.Mallocs-m.memory.Mallocs)/float64(n), "allocs/"+per)
}
