// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package jaeger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	jaeger "github.com/uber/jaeger-client-go"
)

// timed notes when it is asked, and fails so many times first.
type timed struct {
	began time.Time
	fails int
	asked []time.Duration
}

func (f *timed) Fetch(string) ([]byte, error) {
	f.asked = append(f.asked, time.Since(f.began))
	if len(f.asked) <= f.fails {
		return nil, errors.New("not yet")
	}
	return []byte(`{"probabilisticSampling":{"samplingRate":1}}`), nil
}

// gaps are the times between the fetches.
func (f *timed) gaps() string {
	var all []string
	for i := 1; i < len(f.asked); i++ {
		all = append(all, fmt.Sprint(f.asked[i]-f.asked[i-1]))
	}
	return strings.Join(all, " ")
}

// The first fetch comes at once, further ones after 1, 2, 4, … s until one has succeeded,
// and then at the interval, also when it is short.
func TestRemotelyControlledSamplerAsks(t *testing.T) {
	for _, tc := range []struct {
		interval, run time.Duration
		fails         int
		gaps          string
	}{
		{0, 150 * time.Second, 0, "1m0s 1m0s"},
		{0, 190 * time.Second, 100, "1s 2s 4s 8s 16s 32s 1m0s 1m0s"},
		{0, 130 * time.Second, 3, "1s 2s 4s 1m0s 1m0s"},
		{1500 * time.Millisecond, 5 * time.Second, 2, "1s 1.5s 1.5s"},
		{10 * time.Millisecond, 35 * time.Millisecond, 1, "10ms 10ms"},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &timed{began: time.Now(), fails: tc.fails}
			s := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.SamplingStrategyFetcher(f),
				jaeger.SamplerOptions.SamplingRefreshInterval(tc.interval))
			time.Sleep(tc.run)
			s.Close()
			time.Sleep(5 * time.Minute)
			if f.asked[0] > 500*time.Millisecond || tc.interval == 0 && f.asked[0] < 250*time.Millisecond {
				t.Errorf("first asked after %v", f.asked[0])
			}
			if got := f.gaps(); got != tc.gaps {
				t.Errorf("interval %v, %d failures: %s, want %s", tc.interval, tc.fails, got, tc.gaps)
			}
		})
	}
}

// A program that closes its sampler at once has asked nobody.
func TestRemotelyControlledSamplerClosedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &timed{began: time.Now()}
		s := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.SamplingStrategyFetcher(f))
		time.Sleep(200 * time.Millisecond)
		s.Close()
		time.Sleep(5 * time.Minute)
		if len(f.asked) != 0 {
			t.Errorf("asked after %v", f.asked)
		}
		s.UpdateSampler() // this still works
		if len(f.asked) != 1 || fmt.Sprint(s.Sampler()) != "ProbabilisticSampler(samplingRate=1)" {
			t.Errorf("%v, %v", f.asked, s.Sampler())
		}
	})
}

// shouting is a logger that panics.
type shouting struct{}

func (shouting) Error(string)          { panic("Error") }
func (shouting) Infof(string, ...any)  { panic("Infof") }
func (shouting) Debugf(string, ...any) { panic("Debugf") }

// Neither a fetcher, nor a logger that is told of it, ends the program.
func TestRemotelyControlledSamplerLoggerPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.Logger(shouting{}),
			jaeger.SamplerOptions.SamplingStrategyFetcher(panickingFetcher{}))
		time.Sleep(time.Minute)
		s.Close()
	})
}
