// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package spur

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// hangingStatus is a sampler and a propagator that answer when release is closed.
type hangingStatus struct {
	sampler.Sampler
	release chan struct{}
	calls   *atomic.Int32
}

func (h hangingStatus) Status() sampler.Status {
	h.calls.Add(1)
	<-h.release
	return sampler.Status{Type: "slow"}
}

type hangingStats struct {
	propagation.Propagator
	hangingStatus
}

func (h hangingStats) Stats() []propagation.FormatStats { h.Status(); return nil }

// A Status or Stats that hangs holds Stats and New up for a bounded time, and leaves
// one goroutine behind, however often it is asked.
func TestStatusThatHangs(t *testing.T) {
	for name, opts := range map[string]func(hangingStatus) []Option{
		"sampler": func(h hangingStatus) []Option {
			return []Option{WithSampler(h), WithSampler(sampler.NewParentBased(h))}
		},
		"propagator": func(h hangingStatus) []Option {
			return []Option{WithPropagation("mine", hangingStats{nil, h}), WithSampler(h.Sampler)}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := hangingStatus{sampler.NewConst(true), make(chan struct{}), new(atomic.Int32)}
			start := time.Now()
			tracer, err := New("test", append(opts(h), FromEnv(), WithReporter(reporter.Null{}), WithLogger(nil))...)
			if err != nil {
				t.Fatal(err)
			}
			tracer.StartSpan("op").Finish()
			for range 3 {
				if st := tracer.Stats(); st.Spans.FinishedSampled != 1 || st.Sampling.Type == "slow" {
					t.Errorf("%s: %+v", name, st)
				}
			}
			if took := time.Since(start); took > 5*time.Second || h.calls.Load() != 1 {
				t.Errorf("%s: took %v, %d calls", name, took, h.calls.Load())
			}
			close(h.release)
			synctest.Wait()
			if st := tracer.Stats().Sampling; name == "sampler" && st == (sampler.Status{}) {
				t.Errorf("afterwards: %+v", st)
			}
			_ = tracer.Close() // has nothing to lose
		})
	}
}
