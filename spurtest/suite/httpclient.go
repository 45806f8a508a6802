// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurtest"
)

// TestHTTPClient tests a traced http.RoundTripper: wrap returns one that sends each
// request with rt in a span of tracer. What is demanded of it:
//
//   - Each request, redirects among them, has one span with the tag span.kind
//     "client" and the answer's status in http.status_code or
//     http.response.status_code: a child of the current span of the request's
//     context, or a root. The server is told of it and of the baggage.
//   - rt is called once for each request, with a copy where anything is added: the
//     request is not changed. Values and end of its context count.
//   - The span is finished once, when the body has been read to its end, cannot be
//     read on, or is closed, whichever comes first, and not before; when there is no
//     body, when that is closed at the latest; when there is no answer, by the time
//     RoundTrip returns.
//   - From status 500 on, and when there is no answer or its body breaks, the tag
//     error is true; below 400 it is not there. A request that its caller cancels may
//     be an error or not.
//   - Answer and error are rt's. The body of an answer with status 101 is an
//     io.Writer if rt's is.
//   - Any number of goroutines may use it, and no goroutine is left behind.
//
// Servers listen on 127.0.0.1. Spans are those of New.
func TestHTTPClient(t *testing.T, wrap func(tracer *spur.Tracer, rt http.RoundTripper) http.RoundTripper) {
	t.Helper()
	runSuite(t, clientPiece{wrap, patience}, clientChecks)
}

type clientPiece struct {
	wrap     func(*spur.Tracer, http.RoundTripper) http.RoundTripper
	patience time.Duration
}

var clientChecks = []check[clientPiece]{
	{"child of the current span", checkClientChild},
	{"without a span", checkClientRoot},
	{"the request is not changed", checkRequestUnchanged},
	{"the body's end", checkBodyEnd},
	{"status", checkClientStatus},
	{"errors", checkClientErrors},
	{"cancelled", checkClientCancelled},
	{"redirects", checkRedirects},
	{"upgrade", checkUpgrade},
	{"concurrent requests", checkClientConcurrent},
}

// clientRig is a traced RoundTripper with a server to talk to.
type clientRig struct {
	*httptest.Server
	piece  clientPiece
	tracer *spur.Tracer
	spans  *spurtest.Recorder
	rt     http.RoundTripper

	mu   sync.Mutex
	told []model.Context // what the server was told, by request
}

// dial starts a server, which is closed when the test ends, and a client of it.
func (p clientPiece) dial(t testing.TB, h http.HandlerFunc) *clientRig {
	t.Helper()
	r := p.rig(t)
	r.Server = startServer(t, false, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var c model.Context
		if sc, err := r.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(req.Header)); err == nil {
			own, _ := sc.(spur.SpanContext)
			c = own.Model()
		}
		r.mu.Lock()
		r.told = append(r.told, c)
		r.mu.Unlock()
		h(w, req)
	}))
	r.wrap(t, r.Server.Client().Transport)
	return r
}

func (p clientPiece) rig(t testing.TB) *clientRig {
	t.Helper()
	spurtest.CheckLeaks(t)
	tracer, spans := spurtest.New(t)
	return &clientRig{piece: p, tracer: tracer, spans: spans}
}

func (r *clientRig) wrap(t testing.TB, rt http.RoundTripper) {
	t.Helper()
	if r.rt = r.piece.wrap(r.tracer, rt); r.rt == nil {
		t.Fatal("wrap returned nil")
	}
}

func (r *clientRig) tellings() []model.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.told)
}

func hello(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello, world") }

// request makes a GET request in a new span, whose end is up to the caller.
func (r *clientRig) request(t testing.TB, url string) (*http.Request, *spur.Span) {
	t.Helper()
	ctx, parent := r.tracer.Start(soon(t, r.piece.patience), "caller")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req, parent
}

// send sends a request, and ends the test if there is no answer.
func (r *clientRig) send(t testing.TB, req *http.Request) *http.Response {
	t.Helper()
	resp, err := r.rt.RoundTrip(req)
	if err != nil || resp == nil || resp.Body == nil {
		t.Fatalf("%s %s: got %v, %v", req.Method, req.URL, resp, err)
	}
	return resp
}

// clients returns the spans of requests. The test ends here unless there are n.
func (r *clientRig) clients(t testing.TB, n int) []model.Span {
	t.Helper()
	found := slices.DeleteFunc(r.spans.Spans(), func(s model.Span) bool { return s.Operation == "caller" })
	if len(found) != n {
		t.Fatalf("%d spans of requests finished, want %d:\n%s", len(found), n, r.spans.Tree(spurtest.WithoutTimes()))
	}
	if st := r.tracer.Stats().Spans; st.DoubleFinish > 0 {
		t.Errorf("%d spans were finished twice", st.DoubleFinish)
	}
	return found
}

func drain(resp *http.Response) string {
	b, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	return string(b)
}

func checkClientChild(t testing.TB, p clientPiece) {
	r := p.dial(t, hello)
	req, parent := r.request(t, r.URL)
	parent.SetBaggageItem("tenant", "acme")
	if body := drain(r.send(t, req)); body != "hello, world" {
		t.Errorf("the body is %q", body)
	}
	parent.Finish()
	s := r.clients(t, 1)[0]
	wantKind(t, s, "client")
	if s.ParentID != parent.SpanContext().SpanID() || s.TraceID != parent.SpanContext().TraceID() {
		t.Errorf("trace %v, parent %v: not a child of %v", s.TraceID, s.ParentID, parent)
	}
	told := r.tellings()
	if len(told) != 1 || told[0].TraceID != s.TraceID || told[0].SpanID != s.SpanID || !told[0].IsSampled() {
		t.Errorf("the server was told of %+v, want span %v of trace %v, sampled", told, s.SpanID, s.TraceID)
		return
	}
	if m, _ := told[0].Baggage.Get("tenant"); m.Value != "acme" {
		t.Errorf("the server got baggage %q", m.Value)
	}
}

func checkClientRoot(t testing.TB, p clientPiece) {
	r := p.dial(t, hello)
	req, err := http.NewRequest(http.MethodGet, r.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if body := drain(r.send(t, req)); body != "hello, world" {
		t.Errorf("the body is %q", body)
	}
	told := r.tellings()
	if s := r.clients(t, 1)[0]; s.ParentID != 0 || len(told) != 1 || told[0].SpanID != s.SpanID {
		t.Errorf("want a root that the server knows of; got parent %v, the server was told of %+v", s.ParentID, told)
	}
}

func checkBodyEnd(t testing.TB, p clientPiece) {
	r := p.dial(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/empty":
			w.WriteHeader(http.StatusNoContent)
		case "/broken":
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "hello")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		default:
			hello(w, r)
		}
	})
	for _, tc := range []struct {
		name, path string
		use        func(b io.ReadCloser)
		close      bool // is what ends the span
		failed     bool
	}{
		{"read to the end", "/", func(b io.ReadCloser) { _, _ = io.ReadAll(b) }, false, false},
		{"closed unread", "/", func(io.ReadCloser) {}, true, false},
		{"closed half way", "/", func(b io.ReadCloser) { _, _ = b.Read(make([]byte, 3)) }, true, false},
		{"no body", "/empty", nil, false, false},
		{"broken", "/broken", func(b io.ReadCloser) { _, _ = io.ReadAll(b) }, false, true},
	} {
		r.spans.Reset()
		req, parent := r.request(t, r.URL+tc.path)
		resp := r.send(t, req)
		open := func() bool { return len(r.spans.Spans()) == 0 }
		if tc.use != nil {
			if !open() {
				t.Errorf("%s: the span is finished before anything is read", tc.name)
			}
			tc.use(resp.Body)
			if open() != tc.close {
				t.Errorf("%s: the span is open: %v, want %v", tc.name, open(), tc.close)
			}
		}
		_ = resp.Body.Close()
		_ = resp.Body.Close()
		if got := spurtest.Tag(r.clients(t, 1)[0], "error"); (got == true) != tc.failed {
			t.Errorf("%s: the tag error is %v, want %v", tc.name, got, tc.failed)
		}
		parent.Finish()
	}
}

func checkClientStatus(t testing.TB, p clientPiece) {
	for _, code := range []int{200, 201, 304, 404, 500, 503} {
		r := p.dial(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		req, parent := r.request(t, r.URL)
		resp := r.send(t, req)
		drain(resp)
		parent.Finish()
		s := r.clients(t, 1)[0]
		if got := status(s); got != any(int64(code)) || resp.StatusCode != code {
			t.Errorf("the span has status %v, the answer %d, want %d", got, resp.StatusCode, code)
		}
		if failed := spurtest.Tag(s, "error") == true; failed != (code >= 500) && (code < 400 || code >= 500) {
			t.Errorf("status %d: the tag error is %v", code, spurtest.Tag(s, "error"))
		}
	}
}

func checkRedirects(t testing.TB, p clientPiece) {
	r := p.dial(t, func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/old" {
			http.Redirect(w, req, "/new", http.StatusFound)
			return
		}
		hello(w, req)
	})
	req, parent := r.request(t, r.URL+"/old")
	resp, err := (&http.Client{Transport: r.rt}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if body := drain(resp); body != "hello, world" {
		t.Errorf("the body is %q", body)
	}
	parent.Finish()
	told := r.tellings()
	for i, s := range r.clients(t, 2) {
		if s.ParentID != parent.SpanContext().SpanID() {
			t.Errorf("request %d: parent %v, want the caller's %v: redirects are siblings", i, s.ParentID, parent.SpanContext().SpanID())
		}
		if i >= len(told) || told[i].SpanID != s.SpanID {
			t.Errorf("request %d: the server was told of %+v, want span %v", i, told, s.SpanID)
		}
	}
}

func checkClientConcurrent(t testing.TB, p clientPiece) {
	const workers, each = 8, 10
	r := p.dial(t, func(w http.ResponseWriter, req *http.Request) { fmt.Fprint(w, req.URL.RawQuery) })
	ctx, parent := r.tracer.Start(soon(t, p.patience), "caller")
	defer parent.Finish()
	concurrently(workers, each, func(n int) {
		query := fmt.Sprint(n)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+"?"+query, nil)
		if err != nil {
			t.Error(err)
			return
		}
		resp, err := r.rt.RoundTrip(req)
		if err != nil {
			t.Error(err)
			return
		}
		if body := drain(resp); body != query {
			t.Errorf("got %q, want %q", body, query)
		}
	})
	known := map[model.SpanID]model.TraceID{}
	for _, c := range r.tellings() {
		known[c.SpanID] = c.TraceID
	}
	for _, s := range r.clients(t, workers*each) {
		if known[s.SpanID] != s.TraceID {
			t.Errorf("the server was not told of span %v in trace %v", s.SpanID, s.TraceID)
		}
	}
}
