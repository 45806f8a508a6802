// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// body is large, and says when it is collected.
type body struct {
	io.Reader
	_ [1 << 20]byte
}

func (*body) Read([]byte) (int, error) { return 0, io.EOF }
func (*body) Close() error             { return nil }

// Whoever keeps the context of a request's span, or a child of it, keeps no request.
func TestHandlerKeepsNoRequest(t *testing.T) {
	for name, sampled := range map[string]bool{"sampled": true, "not sampled": false} {
		tracer, _ := spurtest.New(t, spur.WithSampler(sampler.NewConst(sampled)))
		var kept []any
		h := spurhttp.Handler(tracer, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			c := spur.SpanFromContext(r.Context()).Context()
			kept = append(kept, c, tracer.StartSpan("child", opentracing.FollowsFrom(c)))
		}))
		const requests = 10
		collected := make(chan struct{}, requests)
		for range requests {
			b := &body{}
			runtime.SetFinalizer(b, func(*body) { collected <- struct{}{} })
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			r.Body = b
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
		n := 0
		for end := time.Now().Add(20 * time.Second); n < requests-1 && time.Now().Before(end); { // the last may still be on the stack
			runtime.GC()
			select {
			case <-collected:
				n++
			case <-time.After(10 * time.Millisecond):
			}
		}
		if n < requests-1 {
			t.Errorf("%s: %d of %d requests were let go", name, n, requests)
		}
		for _, k := range kept {
			if s, ok := k.(opentracing.Span); ok {
				s.Finish()
			}
		}
	}
}
