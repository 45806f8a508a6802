// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

// quietLogger is for tests that do not look at the log.
func quietLogger() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

type fetcherFunc func(ctx context.Context, service string) ([]byte, error)

func (f fetcherFunc) Fetch(ctx context.Context, service string) ([]byte, error) {
	return f(ctx, service)
}

func TestRemoteOptions(t *testing.T) {
	for _, tt := range []struct {
		name, service string
		o             RemoteOptions
		want          string
	}{
		{"no service", "", RemoteOptions{}, "no service name"},
		{"interval", "a", RemoteOptions{RefreshInterval: -1}, "RefreshInterval -1ns"},
		{"timeout", "a", RemoteOptions{Timeout: -1}, "Timeout -1ns"},
		{"operations", "a", RemoteOptions{MaxOperations: -1}, "MaxOperations -1"},
		{"scheme", "a", RemoteOptions{Endpoint: "ftp://u:secret@x"}, `Endpoint "***@x": scheme is not http or https`},
		{"port range", "a", RemoteOptions{Endpoint: "h:99999"}, `Endpoint "h:99999": port is not within`},
		{"brackets", "a", RemoteOptions{Endpoint: "::1:5778"}, `Endpoint "::1:5778": `},
		{"port", "a", RemoteOptions{Endpoint: "http://u:secret@x:port/?token=secret"}, `Endpoint "http://***@x:port/?***": not a URL`},
	} {
		r, err := NewRemote(tt.service, tt.o)
		if r != nil || !errors.Is(err, ErrInvalidOption) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestRemoteDefaults: without a server everything works, and Close is quick.
func TestRemoteDefaults(t *testing.T) {
	r, err := NewRemote("orders", RemoteOptions{Logger: quietLogger()})
	if err != nil {
		t.Fatal(err)
	}
	want := Status{
		Type: "probabilistic", Param: 0.001, Source: "http://127.0.0.1:5778/sampling",
		Description: "remote(probabilistic(0.001) until http://127.0.0.1:5778/sampling answers)",
	}
	if st := r.Status(); st != want || r.String() != want.Description {
		t.Errorf("%+v", st)
	}
	d := r.Sample(Params{TraceID: always})
	checkTags(t, d, "probabilistic", model.Float64(0.001))
	if r.Sample(Params{TraceID: never}).Sample {
		t.Error("an id that only probability 1 samples was sampled")
	}
	start := time.Now()
	for range 2 {
		if err := r.Close(); err != nil || time.Since(start) > 5*time.Second {
			t.Errorf("closed after %v: %v", time.Since(start), err)
		}
	}
	if d := r.Sample(Params{TraceID: always}); !d.Sample {
		t.Error("after Close nothing is sampled")
	}
}

// served waits until the server of r has answered n times.
func served(t testing.TB, r Statuser, n uint64) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for r.Status().Fetched < n {
		select {
		case <-deadline:
			t.Fatalf("%+v", r.Status())
		case <-time.After(time.Millisecond):
		}
	}
}

// TestRemoteConcurrentSafe: 64 goroutines sample while the strategy changes all
// the time. Every answer is that of one of the strategies.
func TestRemoteConcurrentSafe(t *testing.T) {
	bodies := []string{
		`{"strategyType":0,"probabilisticSampling":{"samplingRate":1}}`,
		`{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":7}}`,
		operationsAnswer(5, goodEntry),
		`{"operationSampling":{"defaultSamplingProbability":0.5,"defaultLowerBoundTracesPerSecond":100}}`,
		`garbage`,
	}
	n := 0
	var done atomic.Bool
	o := RemoteOptions{
		Logger: quietLogger(), MaxOperations: 50,
		Fetcher: fetcherFunc(func(context.Context, string) ([]byte, error) {
			n++
			done.Store(n > 200)
			return []byte(bodies[n%len(bodies)]), nil
		}),
	}
	s, err := o.follow("orders")
	if err != nil {
		t.Fatal(err)
	}
	const often = 100 * time.Microsecond
	s.Options = poll.Options{Interval: often, Floor: often}
	r := &Remote{}
	r.follow("remote", s)
	var wg sync.WaitGroup
	for g := range 64 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; !done.Load(); i++ {
				runtime.Gosched()
				d := r.Sample(Params{TraceID: model.TraceID{Low: uint64(i) << 40}, Operation: fmt.Sprint("op", (g+i)%100)})
				if d.Sample != (len(d.Tags) == 2) {
					t.Errorf("%+v", d)
				} else if d.Sample {
					switch typ := d.Tags[0].Value.Str(); typ {
					case "probabilistic", "ratelimiting", "lowerbound":
					default:
						t.Errorf("%+v", d)
					}
				}
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if st := r.Status(); st.Failed == 0 || !strings.Contains(st.LastError, "invalid character 'g'") {
		t.Errorf("%+v", st)
	}
}

func TestRemoteAllocatesNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for _, body := range []string{
		`{"probabilisticSampling":{"samplingRate":1}}`,
		`{"rateLimitingSampling":{"maxTracesPerSecond":1000000}}`,
		`{"operationSampling":{"defaultSamplingProbability":1,"defaultLowerBoundTracesPerSecond":1}}`,
	} {
		s := polltest.NewServer(polltest.Body(body))
		r, err := NewRemote("orders", RemoteOptions{Client: poll.NewClient(s.Dial, nil), RefreshInterval: time.Hour, Logger: quietLogger()})
		if err != nil {
			t.Fatal(err)
		}
		served(t, r, 1)
		root := NewParentBased(r)
		params := Params{TraceID: always, Operation: "op"}
		if !root.Sample(params).Sample {
			t.Errorf("%s: the test measures the wrong path", body)
		}
		if n := testing.AllocsPerRun(1000, func() { root.Sample(params) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", body, n)
		}
		if err := errors.Join(root.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkRemote(b *testing.B) {
	for _, name := range []string{"v2.13-probabilistic", "v2.13-limited", "v2.13-operations", "v2.13-adaptive"} {
		body := readAnswer(b, name)
		r, err := NewRemote("orders", RemoteOptions{
			RefreshInterval: 24 * time.Hour, Logger: quietLogger(),
			Fetcher: fetcherFunc(func(context.Context, string) ([]byte, error) { return body, nil }),
		})
		if err != nil {
			b.Fatal(err)
		}
		served(b, r, 1)
		root := NewParentBased(r)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					root.Sample(Params{TraceID: never, Operation: "POST /payments"})
				}
			})
		})
		if err := root.Close(); err != nil {
			b.Error(err)
		}
	}
}

// BenchmarkParseStrategy of a large answer: it happens once a minute.
func BenchmarkParseStrategy(b *testing.B) {
	body := []byte(operationsAnswer(2000, goodEntry))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for range b.N {
		if _, err := ParseStrategy(body); err != nil {
			b.Fatal(err)
		}
	}
}
