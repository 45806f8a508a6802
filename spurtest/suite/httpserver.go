// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurtest"
)

// TestHTTPServer tests a middleware: wrap returns a handler that serves each request
// with h in a span of tracer. What is demanded of it:
//
//   - Each request has one span, with the tag span.kind "server" and the final status
//     in http.status_code or http.response.status_code, finished once. From 500 on the
//     tag error is true, below 400 it is not there.
//   - The span continues the trace that the request's headers name, with its baggage
//     and its decision; a request without, or with ones that cannot be read, begins a
//     trace. It is the current span of the request's context.
//   - A panic of h goes on, and the span is finished with the tag error, also for
//     http.ErrAbortHandler.
//   - Requests and answers are those of h alone: bodies, headers, trailers, 1xx
//     answers, cancellation. Nothing is held back: Flush works, on HTTP/1.1 and 2.
//   - The ResponseWriter is an http.Flusher, http.Hijacker, http.Pusher and
//     io.ReaderFrom if the server's is and not otherwise, and http.ResponseController
//     can do with it what it can without.
//   - It serves concurrent requests and leaves no goroutine behind.
//
// Servers listen on 127.0.0.1. Spans are those of New.
func TestHTTPServer(t *testing.T, wrap func(tracer *spur.Tracer, h http.Handler) http.Handler) {
	t.Helper()
	runSuite(t, serverPiece{wrap, patience}, serverChecks)
}

type serverPiece struct {
	wrap     func(*spur.Tracer, http.Handler) http.Handler
	patience time.Duration
}

var serverChecks = []check[serverPiece]{
	{"continues the caller's trace", checkContinues},
	{"decision of the caller", checkCallersDecision},
	{"begins a trace", checkBegins},
	{"current span", checkCurrentSpan},
	{"status", checkServerStatus},
	{"panic", checkServerPanic},
	{"what the writer can do", checkAbilities},
	{"answers as without", checkAnswers},
	{"streams", checkStreams},
	{"hijack", checkHijack},
	{"client gone", checkClientGone},
	{"concurrent requests", checkServerConcurrent},
}

type serverRig struct {
	*httptest.Server
	piece  serverPiece
	tracer *spur.Tracer
	spans  *spurtest.Recorder
}

// serve starts a server, with h2 one of HTTP/2, which is closed when the test ends.
func (p serverPiece) serve(t testing.TB, h2 bool, h http.HandlerFunc) *serverRig {
	t.Helper()
	spurtest.CheckLeaks(t)
	tracer, spans := spurtest.New(t)
	r := &serverRig{piece: p, tracer: tracer, spans: spans}
	wrapped := p.wrap(tracer, h)
	if wrapped == nil {
		t.Fatal("wrap returned nil")
	}
	r.Server = startServer(t, h2, wrapped)
	return r
}

func startServer(t testing.TB, h2 bool, h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if h2 {
		s.EnableHTTP2 = true
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(func() {
		s.CloseClientConnections() // those that tests have not read to their end
		s.Close()
	})
	return s
}

// ask sends a GET request and returns the answer, whose body is read already.
func (r *serverRig) ask(t testing.TB, path string, header http.Header) (*http.Response, string) {
	t.Helper()
	resp, body, err := get(soon(t, r.piece.patience), r.Server, path, header)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return resp, body
}

// get may be called from any goroutine.
func get(ctx context.Context, s *httptest.Server, path string, header http.Header) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return nil, "", err
	}
	maps.Copy(req.Header, header)
	resp, err := s.Client().Do(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

// finished returns the spans once there are n and the handlers are done. The test
// ends here when there are fewer or more.
func (r *serverRig) finished(t testing.TB, n int) []model.Span {
	t.Helper()
	_ = r.spans.Wait(soon(t, r.piece.patience), n)
	r.Server.CloseClientConnections()
	r.Server.Close()
	spans := r.spans.Spans()
	if len(spans) != n {
		t.Fatalf("%d spans, want %d:\n%s", len(spans), n, r.spans.Tree(spurtest.WithoutTimes()))
	}
	if twice := r.tracer.Stats().Spans.DoubleFinish; twice > 0 {
		t.Errorf("%d spans were finished twice", twice)
	}
	return spans
}

// callerHeader is what a caller sends whose span has these ids.
func callerHeader(t testing.TB, tracer *spur.Tracer, c model.Context) http.Header {
	t.Helper()
	h := http.Header{}
	if err := tracer.Inject(spur.NewSpanContext(c), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h)); err != nil {
		t.Fatal(err)
	}
	return h
}

func caller(n uint64, members ...model.Member) model.Context {
	return model.Context{
		TraceID: model.TraceID{High: 0xca11e4, Low: 1000 + n}, SpanID: model.SpanID(2000 + n), Flags: model.FlagSampled,
		Baggage: model.NewBaggage(members...),
	}
}

func wantKind(t testing.TB, s model.Span, kind string) {
	t.Helper()
	if got := spurtest.Tag(s, "span.kind"); got != any(kind) {
		t.Errorf("span %q: span.kind is %v, want %q", s.Operation, got, kind)
	}
}

// status returns the status of an answer that a span tells of, or nil.
func status(s model.Span) any {
	return cmp.Or(spurtest.Tag(s, "http.status_code"), spurtest.Tag(s, "http.response.status_code"))
}

func checkContinues(t testing.TB, p serverPiece) {
	r := p.serve(t, false, func(w http.ResponseWriter, r *http.Request) {
		if span := opentracing.SpanFromContext(r.Context()); span != nil {
			fmt.Fprint(w, span.BaggageItem("tenant"))
		}
	})
	c := caller(0, model.Member{Key: "tenant", Value: "acmé corp"})
	_, body := r.ask(t, "/", callerHeader(t, r.tracer, c))
	s := r.finished(t, 1)[0]
	wantKind(t, s, "server")
	if s.TraceID != c.TraceID || s.ParentID != c.SpanID {
		t.Errorf("trace %v, parent %v, want the caller's %v and %v", s.TraceID, s.ParentID, c.TraceID, c.SpanID)
	}
	if body != "acmé corp" {
		t.Errorf("in the handler the baggage item tenant is %q", body)
	}
}

func checkCallersDecision(t testing.TB, p serverPiece) {
	r := p.serve(t, false, func(w http.ResponseWriter, r *http.Request) {
		if span := opentracing.SpanFromContext(r.Context()); span != nil {
			sc, _ := span.Context().(spur.SpanContext)
			fmt.Fprint(w, sc.Model().TraceID)
		}
	})
	c := caller(0)
	c.Flags = 0
	_, body := r.ask(t, "/", callerHeader(t, r.tracer, c))
	r.finished(t, 0)
	if body != c.TraceID.String() {
		t.Errorf("in a request that is not to be recorded the handler sees trace %q, want %v", body, c.TraceID)
	}
	if st := r.tracer.Stats().Spans; st.Started != 1 || st.FinishedUnsampled != 1 {
		t.Errorf("%d spans started and %d finished, want one", st.Started, st.FinishedUnsampled)
	}
}

func checkBegins(t testing.TB, p serverPiece) {
	r := p.serve(t, false, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "served") })
	corrupt := callerHeader(t, r.tracer, caller(0))
	for key := range corrupt {
		corrupt[key] = []string{"no context at all"}
	}
	for _, header := range []http.Header{nil, corrupt} {
		if _, body := r.ask(t, "/", header); body != "served" {
			t.Errorf("got %q", body)
		}
	}
	seen := map[model.TraceID]bool{}
	for _, s := range r.finished(t, 2) {
		wantKind(t, s, "server")
		if s.ParentID != 0 || !s.IsValid() || seen[s.TraceID] {
			t.Errorf("trace %v, span %v, parent %v: want a trace of its own", s.TraceID, s.SpanID, s.ParentID)
		}
		seen[s.TraceID] = true
	}
}

func checkCurrentSpan(t testing.TB, p serverPiece) {
	r := p.serve(t, false, func(_ http.ResponseWriter, r *http.Request) {
		if current := spur.SpanFromContext(r.Context()); current != nil {
			_, child := spur.StartSpanFromContext(r.Context(), "within")
			child.Finish()
			current.SetTag("seen", true)
		}
	})
	r.ask(t, "/", nil)
	spans := r.finished(t, 2)
	within, server := spans[0], spans[1]
	if within.Operation != "within" || within.ParentID != server.SpanID || within.TraceID != server.TraceID {
		t.Errorf("a span that the handler starts is not a child of the request's:\n%s", spurtest.Tree(spans))
	}
	if spurtest.Tag(server, "seen") != true {
		t.Error("a tag that the handler sets is not on the request's span")
	}
}

func checkServerConcurrent(t testing.TB, p serverPiece) {
	const workers, each = 8, 10
	r := p.serve(t, false, func(w http.ResponseWriter, r *http.Request) {
		if span := opentracing.SpanFromContext(r.Context()); span != nil {
			fmt.Fprint(w, span.BaggageItem("number"))
		}
	})
	ctx := soon(t, p.patience)
	var headers []http.Header
	for n := range workers * each {
		c := caller(uint64(n), model.Member{Key: "number", Value: fmt.Sprint(n)})
		headers = append(headers, callerHeader(t, r.tracer, c))
	}
	concurrently(workers, each, func(n int) {
		if _, body, err := get(ctx, r.Server, "/", headers[n]); err != nil || body != fmt.Sprint(n) {
			t.Errorf("request %d: the handler sees baggage %q, error %v", n, body, err)
		}
	})
	seen := map[model.SpanID]bool{}
	for _, s := range r.finished(t, workers*each) {
		n := uint64(s.ParentID) - 2000
		if n >= workers*each || seen[s.ParentID] || s.TraceID != caller(n).TraceID {
			t.Errorf("trace %v, parent %v: no caller's, or one served twice", s.TraceID, s.ParentID)
		}
		seen[s.ParentID] = true
	}
}
