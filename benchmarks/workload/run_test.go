// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go/mocktracer"
)

// mock is a peer whose tracer keeps its spans.
func mock(spans *int) Peer {
	return Peer{"mock", func(Config) (*Tracer, error) {
		m := mocktracer.New()
		t, err := FromOpenTracing(m)
		if err != nil {
			return nil, err
		}
		t.Flush = func() error {
			*spans += len(m.FinishedSpans())
			m.Reset()
			return nil
		}
		t.Close = t.Flush
		t.Most = 100
		t.Extract2 = nil
		return t, nil
	}}
}

func TestModes(t *testing.T) {
	for _, tt := range []struct {
		args, want string
		spans      int // -1 is some
	}{
		{"-mode count -workload b -n 50", "", 100},
		{"-mode count -workload cl -n 250", "", 250},
		{"-mode time -workload a -time 1ms", "ns/op cpu-ns/op B/op allocs/op", -1},
		{"-mode time -workload d -parallel -time 1ms -udp somewhere", "ns/op cpu-ns/op B/op allocs/op finished", -1},
		{"-mode time -workload extract -time 1ms", "ns/op cpu-ns/op B/op allocs/op", 0},
		{"-mode deliver -n 300 -persecond 100000", "cpu-ns/op B/op allocs/op spans/s finished", 300},
		{"-mode open -n 100", "heap-B/span objects/span gc-cpu-ns/span", 0},
		{"-mode handle -n 2000", "added-cpu-ns/op added-allocs/op plain-cpu-ns/op", 4000},
		{"-mode contend -n 640", "mutex-% block-%", 641},
	} {
		t.Run(tt.args, func(t *testing.T) {
			spans := 0
			var s strings.Builder
			if err := run([]Peer{mock(&spans)}, strings.Fields("-peer mock "+tt.args), &s); err != nil {
				t.Fatal(err)
			}
			var units []string
			for i, f := range strings.Fields(s.String()) {
				if i > 0 && i%2 == 0 {
					units = append(units, f)
				}
			}
			if got := strings.Join(units, " "); got != tt.want {
				t.Errorf("measured %q, want %q", got, tt.want)
			}
			if tt.spans >= 0 && spans != tt.spans || tt.spans < 0 && spans == 0 {
				t.Errorf("%d spans have finished, want %d", spans, tt.spans)
			}
		})
	}
}

func TestRunRefuses(t *testing.T) {
	spans := 0
	for args, want := range map[string]error{
		"-peer mock -mode time -workload extract2": ErrUnsupported,
		"-peer mock -mode time -workload zzz":      nil,
		"-peer mock -mode zzz":                     nil,
		"-peer zzz -mode time -workload a":         nil,
	} {
		err := run([]Peer{mock(&spans)}, strings.Fields(args), &strings.Builder{})
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v or any error", args, err, want)
		}
	}
}
