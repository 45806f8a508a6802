// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"github.com/go-spur/spur/internal/bench"
)

// contend does b, when nothing is sampled, or d on 64 goroutines, and tells how long
// these waited for mutexes and for anything, in percent of the processor time. Waiting
// of the tracer's own goroutines is not in it.
func contend(p Peer, s settings, r *result) error {
	t, err := p.New(s.Config)
	if err != nil {
		return err
	}
	spans := t.RPC
	if s.Rate == 0 {
		spans = t.RootAndChild
	}
	const goroutines = 64
	spans() // what happens once
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	began := bench.ProcessCPU()
	var callers sync.WaitGroup
	for range goroutines {
		callers.Go(func() {
			for range s.n / goroutines {
				call(spans)
			}
		})
	}
	callers.Wait()
	cpu := bench.ProcessCPU() - began
	r.iterations(s.n)
	mutexes, err := waits("mutex", "sync.(*Mutex)")
	if err != nil {
		return err
	}
	all, err := waits("block", "workload.call+")
	if err != nil {
		return err
	}
	r.add(100*float64(mutexes)/float64(cpu), "mutex-%")
	r.add(100*float64(all)/float64(cpu), "block-%")
	return t.Close()
}

// call marks the stacks of callers.
//
//go:noinline
func call(spans func()) { spans() }

// waits is how long goroutines have waited at stacks that name a function, by a
// profile of the runtime.
func waits(profile, function string) (time.Duration, error) {
	var text bytes.Buffer
	if err := pprof.Lookup(profile).WriteTo(&text, 1); err != nil {
		return 0, err
	}
	return waited(text.String(), function)
}

// waited reads such a profile: for each stack a line that begins with processor cycles,
// and the functions in lines of their own.
func waited(profile, function string) (time.Duration, error) {
	var perSecond, sum, cycles float64
	for line := range strings.Lines(profile) {
		var of float64
		switch {
		case strings.HasPrefix(line, "#"):
			if strings.Contains(line, function) {
				sum += cycles
				cycles = 0 // counted
			}
		case strings.Contains(line, " @ "):
			if _, err := fmt.Sscan(line, &cycles); err != nil {
				return 0, err
			}
		default:
			if _, err := fmt.Sscanf(line, "cycles/second=%g", &of); err == nil {
				perSecond = of
			}
		}
	}
	if perSecond == 0 {
		return 0, errors.New("the profile does not say how long a cycle is")
	}
	return time.Duration(sum / perSecond * float64(time.Second)), nil
}
