// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

func TestHandlerContinuesTheTrace(t *testing.T) {
	var inside spur.SpanContext
	r := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		span := spur.SpanFromContext(r.Context())
		inside = span.SpanContext()
		fmt.Fprint(w, span.BaggageItem("tenant"))
	}))
	status, body := r.get(t, "/a/b?secret=1", "uber-trace-id", "abc:def:0:1", "uberctx-tenant", "ada")
	if status != 200 || body != "ada" {
		t.Errorf("answer %d %q", status, body)
	}
	s := r.wait(t, 1)[0]
	if s.TraceID != (model.TraceID{Low: 0xabc}) || s.ParentID != 0xdef || s.SpanID != inside.SpanID() || !s.ParentRemote {
		t.Errorf("got %v, in the handler %v", s.Context, inside)
	}
	if got, want := r.spans.Tree(spurtest.WithoutTimes()), "GET  (parent missing)  span.kind=server component=net/http http.method=GET http.url=/a/b\n"; !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	for key, want := range map[string]string{"http.status_code": "200", "http.response_size": "3", "error": ""} {
		if got := tag(&s, key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
}

// Handlers within each other make one trace, and the outer one's policy stands.
func TestHandlerNested(t *testing.T) {
	for _, policy := range []spur.EdgePolicy{spur.TrustCaller, spur.IgnoreCaller} {
		tracer, spans := spurtest.New(t)
		inner := spurhttp.Handler(tracer, http.NotFoundHandler(), spurhttp.WithOperationName(func(*http.Request) string { return "inner" }))
		outer := spurhttp.Handler(tracer, inner, spurhttp.WithEdgePolicy(policy))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("uber-trace-id", "abc:def:0:1")
		r.Header.Set("uberctx-role", "admin")
		outer.ServeHTTP(httptest.NewRecorder(), r)
		in, out := spans.ByOperation("inner")[0], spans.ByOperation("GET")[0]
		if in.ParentID != out.SpanID || in.TraceID != out.TraceID || (out.TraceID.Low == 0xabc) != (policy == spur.TrustCaller) {
			t.Errorf("%v:\n%s", policy, spans.Tree(spurtest.WithIDs()))
		}
	}
}

// A span that is in the context for another reason, such as one of the server's start,
// does not take the caller's place.
func TestHandlerInAServersContext(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, startup := tracer.Start(context.Background(), "startup")
	defer startup.Finish()
	h := spurhttp.Handler(tracer, http.NotFoundHandler())
	r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx)
	r.Header.Set("uber-trace-id", "abc:def:0:1")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if s := spans.Spans()[0]; s.TraceID.Low != 0xabc || s.ParentID != 0xdef {
		t.Errorf("got %v", s.Context)
	}
}

func TestHandlerWithoutATracer(t *testing.T) {
	h := http.NotFoundHandler()
	if got := spurhttp.Handler(nil, h); fmt.Sprintf("%p", got) != fmt.Sprintf("%p", h) {
		t.Errorf("got a %T", got)
	}
}

func TestHandlerStatusAndError(t *testing.T) {
	for status, failed := range map[int]string{200: "", 404: "", 499: "", 500: "true", 503: "true"} {
		r := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		r.get(t, "/")
		s := r.wait(t, 1)[0]
		if tag(&s, "http.status_code") != fmt.Sprint(status) || tag(&s, "error") != failed {
			t.Errorf("status %d: %v", status, s.Tags)
		}
	}
}

func TestHandlerPanics(t *testing.T) {
	tests := []struct {
		name   string
		do     func(w http.ResponseWriter)
		events []string
		status string
		failed string
	}{
		{"panic", func(http.ResponseWriter) { panic("no milk") }, []string{"error", "no milk"}, "", "true"},
		{"after the status", func(w http.ResponseWriter) { w.WriteHeader(202); panic("no milk") }, []string{"error", "no milk"}, "202", "true"},
		{"abort", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, []string{"aborted"}, "", "true"},
		{"end of the goroutine", func(http.ResponseWriter) { runtime.Goexit() }, []string{"goroutine ended"}, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tracer, spans := spurtest.New(t)
			h := spurhttp.Handler(tracer, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { test.do(w) }))
			ended := make(chan any)
			go func() {
				defer func() { ended <- recover() }()
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
			}()
			p := <-ended
			if (p != nil) != (test.failed != "") {
				t.Errorf("the caller recovered %v", p)
			}
			got := spans.Spans()
			if len(got) != 1 {
				t.Fatalf("%d spans", len(got))
			}
			if !slices.Equal(logs(&got[0]), test.events) || tag(&got[0], "error") != test.failed || tag(&got[0], "http.status_code") != test.status {
				t.Errorf("events %q, tags %v", logs(&got[0]), got[0].Tags)
			}
		})
	}
}

// The server of net/http sees the panic as it was.
func TestHandlerPanicReachesTheServer(t *testing.T) {
	tracer, spans := spurtest.New(t)
	var text strings.Builder
	s := httptest.NewUnstartedServer(spurhttp.Handler(tracer, http.HandlerFunc(culprit)))
	s.Config.ErrorLog = log.New(&text, "", 0)
	s.Start()
	if resp, err := s.Client().Get(s.URL); err == nil {
		resp.Body.Close()
		t.Errorf("status %d of a handler that panicked", resp.StatusCode)
	}
	s.Close()
	if n := len(spans.Spans()); n != 1 {
		t.Errorf("%d spans", n)
	}
	for _, want := range []string{"no milk", "spurhttp_test.culprit"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in the server's log:\n%s", want, &text)
		}
	}
}

func culprit(http.ResponseWriter, *http.Request) { panic("no milk") }

func TestHandlerFilters(t *testing.T) {
	traced := func(opts []spurhttp.HandlerOption, path, agent string) bool {
		tracer, spans := spurtest.New(t)
		served := false
		h := spurhttp.Handler(tracer, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			served = true
			if spur.SpanFromContext(r.Context()).SpanContext().IsValid() != (len(opts) == 0 || path == "/work" && agent == "") {
				t.Errorf("%s %s: span in the context: %v", path, agent, spur.SpanFromContext(r.Context()))
			}
		}), opts...)
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("User-Agent", agent)
		h.ServeHTTP(httptest.NewRecorder(), r)
		if !served {
			t.Errorf("%s was not served", path)
		}
		return len(spans.Spans()) == 1
	}
	skip := []spurhttp.HandlerOption{spurhttp.WithoutProbes(), spurhttp.WithFilter(func(r *http.Request) bool { return r.URL.Path != "/metrics" }), spurhttp.WithFilter(nil), nil}
	for _, test := range []struct {
		opts        []spurhttp.HandlerOption
		path, agent string
		want        bool
	}{
		{nil, "/healthz", "", true},
		{nil, "/work", "kube-probe/1.31", true},
		{skip, "/healthz", "", false},
		{skip, "/ready", "", false},
		{skip, "/work", "kube-probe/1.31", false},
		{skip, "/metrics", "", false},
		{skip, "/work", "", true},
	} {
		if got := traced(test.opts, test.path, test.agent); got != test.want {
			t.Errorf("%s by %q with %d options: traced %v, want %v", test.path, test.agent, len(test.opts), got, test.want)
		}
	}
}

func TestHandlerEdge(t *testing.T) {
	for policy, want := range map[spur.EdgePolicy]string{
		spur.TrustCaller:  "same trace, parent def, references 1",
		spur.LinkCaller:   "new trace, parent 0, references 1",
		spur.IgnoreCaller: "new trace, parent 0, references 0",
		99:                "new trace, parent 0, references 0",
	} {
		r := serve(t, http.NotFoundHandler(), spurhttp.WithEdgePolicy(policy))
		r.get(t, "/", "uber-trace-id", "abc:def:0:1")
		s := r.wait(t, 1)[0]
		trace := "new trace"
		if s.TraceID.Low == 0xabc {
			trace = "same trace"
		}
		if got := fmt.Sprintf("%s, parent %x, references %d", trace, uint64(s.ParentID), len(s.References)); got != want {
			t.Errorf("%v: %s, want %s", policy, got, want)
		}
	}
}

func TestHandlerSemanticNames(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /x/{id}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "abcd") })
	tracer, spans := spurtest.New(t)
	h := spurhttp.Handler(tracer, mux, spurhttp.WithSemanticNames())
	r := httptest.NewRequest(http.MethodPost, "http://shop.example:8080/x/1?q=1", nil)
	r.Header.Set("User-Agent", "ua")
	h.ServeHTTP(httptest.NewRecorder(), r)
	r = httptest.NewRequest("BREW", "https://shop.example/y", nil)
	h.ServeHTTP(httptest.NewRecorder(), r)
	want := []map[string]string{
		{
			"http.request.method": "POST", "url.path": "/x/1", "url.scheme": "http", "network.protocol.version": "1.1", "error.type": "",
			"server.address": "shop.example", "server.port": "8080", "network.peer.address": "192.0.2.1", "network.peer.port": "1234",
			"user_agent.original": "ua", "http.response.status_code": "200", "http.response.body.size": "4", "http.route": "/x/{id}",
			"span.kind": "server", "http.method": "", "component": "",
		},
		{"http.request.method": "_OTHER", "http.request.method_original": "BREW", "url.scheme": "https", "server.port": "", "http.route": "", "http.response.status_code": "404"},
	}
	for i, s := range spans.Spans() {
		for key, value := range want[i] {
			if got := tag(&s, key); got != value {
				t.Errorf("span %d: %s = %q, want %q", i, key, got, value)
			}
		}
	}
}
