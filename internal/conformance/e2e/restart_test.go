// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// TestRestart starts a Jaeger again while spans are sent to it over HTTP. It is
// away for two seconds at least, and nothing is lost: the books say that everything
// was sent, and the query service shows it.
func TestRestart(t *testing.T) {
	const (
		spans  = 200
		every  = 40 * time.Millisecond
		before = 50 // spans, before it is stopped
		away   = 2 * time.Second
	)
	for _, version := range []string{"1.62", "2"} {
		t.Run("Jaeger "+version, func(t *testing.T) {
			t.Setenv("E2E_DATA", t.TempDir())
			r := start(t, version)
			services := map[string]*spur.Tracer{}
			for url, format := range map[string]transport.Format{"E2E_COLLECTOR_HTTP": transport.JaegerBatch, "E2E_OTLP_HTTP": transport.OTLP} {
				service := fmt.Sprintf("e2e-%v-%08x", format, rand.Uint32())
				services[service] = restartTracer(t, service, r[url], format)
			}

			var sent sync.WaitGroup
			half := make(chan struct{})
			sent.Go(func() {
				next := time.NewTicker(every)
				defer next.Stop()
				for i := range spans {
					if i == before {
						close(half)
					}
					for _, tracer := range services {
						tracer.StartSpan(fmt.Sprint("span ", i), opentracing.Tag{Key: "i", Value: i}).Finish()
					}
					<-next.C
				}
			})
			<-half
			began := time.Now()
			run(t, "stop", version)
			<-time.After(away)
			run(t, "start", version)
			t.Logf("it was away for %v", time.Since(began).Round(time.Millisecond))
			sent.Wait()

			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			for service, tracer := range services {
				if err := tracer.Shutdown(ctx); err != nil {
					t.Error(err)
				}
				d := tracer.Stats().Destinations[0]
				if d.Sent != spans || d.Unconfirmed != 0 || d.DroppedTotal() != 0 || d.BufferedSpans != 0 {
					t.Errorf("%s: not all was sent: %+v", service, d)
				}
				if d.Retries == 0 {
					t.Errorf("%s: nothing was sent again, so nothing is proved: %+v", service, d)
				}
				var shown map[string][]facts
				await(t, 30*time.Second, func() (bool, any) {
					shown = r.byOperation(t, service)
					return len(shown) == spans, fmt.Sprintf("%d of %d spans are there", len(shown), spans)
				})
				twice := 0
				for name, f := range shown {
					if len(f) > 1 {
						twice++
					}
					var i int
					if _, err := fmt.Sscanf(name, "span %d", &i); err != nil || f[0]["attribute i"] != fmt.Sprint("intValue ", i) {
						t.Errorf("%q is %v", name, f)
					}
				}
				t.Logf("%s: %d of %d spans are there, %d of them twice, after %d retries", service, len(shown), spans, twice, d.Retries)
			}
		})
	}
}

func restartTracer(t *testing.T, service, url string, format transport.Format) *spur.Tracer {
	t.Helper()
	h, err := transport.NewHTTP(url, transport.HTTPOptions{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	b, err := reporter.NewBatching(h, reporter.BatchingOptions{FlushInterval: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	tracer, err := spur.New(service, spur.WithReporter(b), spur.WithSampler(sampler.NewConst(true)))
	return closing(t, tracer, err)
}
