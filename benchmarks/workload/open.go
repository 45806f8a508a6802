// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"runtime"
	"slices"
	"time"

	"github.com/go-spur/spur/internal/bench"
)

// open starts n RPCs that do not finish, and tells what each holds of the heap and what
// a garbage collection of it costs. The parent is sampled or not, as the rate says.
func open(p Peer, s settings, r *result) error {
	t, err := p.New(s.Config)
	if err != nil {
		return err
	}
	if t.Open == nil {
		return ErrUnsupported
	}
	runtime.GOMAXPROCS(1) // or idle processors help, as much as they like
	spans := make([]any, s.n)
	bytes, objects, idle := alive()
	for i := range spans {
		spans[i] = t.Open()
	}
	bytesNow, objectsNow, busy := alive()
	runtime.KeepAlive(spans)
	n := float64(s.n)
	r.iterations(s.n)
	r.add(float64(bytesNow-bytes)/n, "heap-B/span")
	r.add(float64(objectsNow-objects)/n, "objects/span")
	r.add(float64(busy-idle)/n, "gc-cpu-ns/span")
	return t.Close()
}

// alive returns what the heap holds, and the processor time of a garbage collection.
func alive() (bytes, objects int64, cpu time.Duration) {
	runtime.GC()
	runtime.GC() // what the first one found in pools
	times := make([]time.Duration, 25)
	for i := range times {
		began := bench.ProcessCPU()
		runtime.GC()
		times[i] = bench.ProcessCPU() - began
	}
	slices.Sort(times)
	cpu = times[len(times)/4] // those that others disturbed are above
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc), int64(m.HeapObjects), cpu
}
