// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	nethttp "github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// httpKit is a way to trace net/http, and what it calls its spans.
type httpKit struct {
	name    string
	server  func(tr opentracing.Tracer, h http.Handler) http.Handler
	ask     func(tr opentracing.Tracer, rt http.RoundTripper, r *http.Request) (string, error)
	serving string
	asking  []string
}

func kitContrib() httpKit {
	return httpKit{
		"go-stdlib",
		func(tr opentracing.Tracer, h http.Handler) http.Handler { return nethttp.Middleware(tr, h) },
		func(tr opentracing.Tracer, rt http.RoundTripper, r *http.Request) (string, error) {
			r, ht := nethttp.TraceRequest(tr, r)
			defer ht.Finish()
			return answerTo(&nethttp.Transport{RoundTripper: rt}, r)
		},
		`HTTP GET "server"`,
		[]string{"HTTP Client ", `HTTP GET "client"`},
	}
}

func kitSpurHTTP() httpKit {
	return httpKit{
		"spurhttp",
		func(tr opentracing.Tracer, h http.Handler) http.Handler {
			return spurhttp.Handler(tr.(*spur.Tracer), h)
		},
		func(_ opentracing.Tracer, rt http.RoundTripper, r *http.Request) (string, error) {
			return answerTo(spurhttp.Transport(rt), r)
		},
		`GET /step/{n} "server"`,
		[]string{`GET "client"`},
	}
}

func answerTo(rt http.RoundTripper, r *http.Request) (string, error) {
	resp, err := (&http.Client{Transport: rt}).Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

// party is a service: whose tracer it has, and who wraps net/http.
type party struct {
	brand
	httpKit
}

func (p party) String() string { return p.brand.name + " with " + p.httpKit.name }

// TestMiddlewareMixed sends requests through chains of three services of every
// kind, J's among them: one trace, each span the child of the one before, and
// baggage that each adds to. The first service decides about sampling.
func TestMiddlewareMixed(t *testing.T) {
	parties := []party{{brandJ, kitContrib()}, {brandSpur, kitSpurHTTP()}, {brandSpur, kitContrib()}}
	for _, a := range parties {
		for _, b := range parties {
			for _, c := range parties {
				for _, sample := range []bool{true, false} {
					name := fmt.Sprintf("%v → %v → %v, sampled %t", a, b, c, sample)
					t.Run(name, func(t *testing.T) { passChain(t, sample, a, b, c) })
				}
			}
		}
	}
}

func passChain(t *testing.T, sample bool, chain ...party) {
	l := newLandscape(t)
	var want []string
	next, answer := "", ""
	for i, p := range slices.Backward(chain) {
		service := fmt.Sprintf("%d %v", i, p)
		next = l.step(p, service, sample == (i == 0), i, next)
		spans := []string{service + ": " + p.serving}
		if i < len(chain)-1 {
			for _, name := range p.asking {
				spans = append(spans, service+": "+name)
			}
		}
		want = append(spans, want...)
	}
	for i := range chain {
		answer += fmt.Sprintf("%d:%s;", i, strings.Repeat("a,é ", i+1))
	}
	resp, err := http.Get(next + "/step/7")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || string(text) != answer {
		t.Errorf("%q, %v, want %q", text, err, answer)
	}
	if !sample {
		want = nil
	}
	if got := line(t, l.spans(len(want))); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// step starts a service that adds to the baggage, says what it is, and asks the
// next one if there is one.
func (l *landscape) step(p party, service string, sample bool, i int, next string) string {
	tr, conns := l.tracer(p.brand, service, sample), l.transport()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /step/{n}", func(w http.ResponseWriter, r *http.Request) {
		span := opentracing.SpanFromContext(r.Context())
		span.SetBaggageItem("path", span.BaggageItem("path")+"a,é ")
		fmt.Fprintf(w, "%d:%s;", i, span.BaggageItem("path"))
		if next == "" {
			return
		}
		req, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), http.MethodGet, next+r.URL.Path, nil)
		if err != nil {
			l.t.Error(err)
			return
		}
		text, err := p.ask(tr, conns, req)
		if err != nil {
			l.t.Error(err)
		}
		_, _ = io.WriteString(w, text)
	})
	server := httptest.NewServer(p.server(tr, mux))
	l.t.Cleanup(server.Close)
	return server.URL
}

// line follows a trace from its root, through the one child that each span has.
func line(t *testing.T, spans []heard) (names []string) {
	t.Helper()
	var parent int64
	for range spans {
		i := slices.IndexFunc(spans, func(s heard) bool { return s.ParentSpanId == parent })
		if i < 0 {
			t.Errorf("no span has the parent %x", uint64(parent))
			return names
		}
		s := spans[i]
		if s.trace() != spans[0].trace() {
			t.Error("two traces")
		}
		kind := ""
		for _, tag := range s.Tags {
			if tag.Key == "span.kind" {
				kind += fmt.Sprintf("%q", tag.GetVStr())
			}
		}
		names, parent = append(names, s.service+": "+s.OperationName+" "+kind), s.SpanId
	}
	return names
}
