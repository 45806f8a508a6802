// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"

	"github.com/go-spur/spur/spurtest"
)

const allOfThem = `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1}}`

func TestSamplingServer(t *testing.T) {
	spurtest.CheckLeaks(t)
	const initial, updated = "ProbabilisticSampler(samplingRate=0.001)", "ProbabilisticSampler(samplingRate=1)"
	for _, tc := range []struct {
		name, sampler, log string
		answer             http.HandlerFunc
	}{
		{"an answer", updated, "", func(w http.ResponseWriter, r *http.Request) {
			if r.Method+r.URL.String() == "GET/sampling?service=a+b%26c" {
				fmt.Fprint(w, allOfThem)
			}
		}},
		{"status 404", initial, "failed to fetch sampling strategy: StatusCode: 404, Body: 404 page not found\n", http.NotFound},
		{"a long page", initial, "StatusCode: 500, Body: xxx", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			fmt.Fprint(w, strings.Repeat("x", 5000))
		}},
		{"too much", initial, "failed to fetch sampling strategy: the answer has more than 1048576 bytes", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, allOfThem, strings.Repeat(" ", 1<<20))
		}},
		{"just enough", updated, "", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, allOfThem, strings.Repeat(" ", 1<<20-len(allOfThem)))
		}},
		{"a bomb", initial, "the answer has more than 1048576 bytes", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 4 {
				if _, err := fmt.Fprint(z, strings.Repeat(" ", 1<<20)); err != nil {
					return
				}
			}
			_ = z.Close()
		}},
		{"a loop", initial, "stopped after 10 redirects", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
		}},
		{"a broken connection", initial, "failed to fetch sampling strategy: ", func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}},
	} {
		server := httptest.NewServer(tc.answer)
		logger := &log.BytesBufferLogger{}
		s := jaeger.NewRemotelyControlledSampler("a b&c", jaeger.SamplerOptions.Logger(logger),
			jaeger.SamplerOptions.SamplingServerURL(server.URL+"/sampling"))
		s.Close()
		s.UpdateSampler()
		server.Close()
		if got := fmt.Sprint(s.Sampler()); got != tc.sampler {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.sampler)
		}
		if got := logger.String(); !strings.Contains(got, tc.log) || len(got) > 1000 {
			t.Errorf("%s: logged %.1000s, want %s", tc.name, got, tc.log)
		}
	}
}

func TestSamplingServerThatIsNone(t *testing.T) {
	for _, url := range []string{"invalid address", "http://", "ftp://example.com", "\x00", "http://127.0.0.1:1"} {
		logger := &log.BytesBufferLogger{}
		s := manual(jaeger.SamplerOptions.Logger(logger), jaeger.SamplerOptions.SamplingServerURL(url))
		s.UpdateSampler()
		if got := logger.String(); !strings.HasPrefix(got, "INFO: failed to fetch sampling strategy: ") {
			t.Errorf("%q: %s", url, got)
		}
	}
}

// A mistyped interval, such as 60 instead of 60 * time.Second, is no attack on the server.
func TestSamplingServerIsNotAskedAllTheTime(t *testing.T) {
	asked := make(chan time.Time)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- time.Now():
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	s := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.SamplingServerURL(server.URL),
		jaeger.SamplerOptions.SamplingRefreshInterval(60))
	defer s.Close()
	if first, second := <-asked, <-asked; second.Sub(first) < 90*time.Millisecond {
		t.Errorf("asked again after %v", second.Sub(first))
	}
}

// Close interrupts a request that the server does not answer.
func TestSamplingServerThatHangs(t *testing.T) {
	spurtest.CheckLeaks(t)
	asked := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	}))
	defer server.Close()
	s := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.SamplingServerURL(server.URL))
	select {
	case <-asked:
	case <-time.After(10 * time.Second):
		t.Error("nobody asked")
	}
	s.Close()
}

// FuzzSamplingAnswer: whatever a server answers, the sampler can be used.
func FuzzSamplingAnswer(f *testing.F) {
	for _, answer := range []string{
		allOfThem, ``, `null`, `[]`, `{}`, `{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":1e308}}`,
		`{"strategyType":"\"","rateLimitingSampling":null}`, `{"operationSampling":{"perOperationStrategies":[null]}}`,
		`{"operationSampling":{"defaultSamplingProbability":-1,"defaultLowerBoundTracesPerSecond":1e300,"perOperationStrategies":[{"operation":"op","probabilisticSampling":{"samplingRate":1e300}}]}}`,
		`{"probabilisticSampling":{"samplingRate":1e999}}`, `{"operationSampling":{"perOperationStrategies":[{"operation":"\ud800","probabilisticSampling":{}}]}}`,
	} {
		f.Add([]byte(answer))
	}
	a := &answering{}
	s := manual(jaeger.SamplerOptions.SamplingStrategyFetcher(a))
	tracer, closer := jaeger.NewTracer("orders", s, jaeger.NewNullReporter())
	f.Cleanup(func() { _ = closer.Close() })
	f.Fuzz(func(t *testing.T, answer []byte) {
		a.body = string(answer)
		s.UpdateSampler()
		start(tracer, "op").Finish()
		if fmt.Sprint(s.Sampler()) == "" {
			t.Error("no sampler")
		}
	})
}
