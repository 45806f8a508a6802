// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

const (
	thriftType  = "application/x-thrift"
	thriftType2 = "application/vnd.apache.thrift.binary"
)

// answer is what post got.
type answer struct {
	status int
	header http.Header
	body   string
}

// client returns a client with connections of its own.
func client(t testing.TB) *http.Client {
	tr := new(http.Transport)
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// post sends a body with these headers (pairs of key and value).
func post(t testing.TB, c *http.Client, url string, body []byte, header ...string) (answer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(b)}, err
}

// mustPost is post to a collector that answers.
func mustPost(t testing.TB, c *http.Client, url string, body []byte, header ...string) answer {
	t.Helper()
	a, err := post(t, c, url, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func zip(b []byte) []byte {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = w.Write(b)
	_ = w.Close()
	return z.Bytes()
}

// sample is a trace with all that both formats can tell.
func sample() []model.Span {
	p := &model.Process{Service: "shop", Tags: []model.Tag{{Key: "hostname", Value: model.String("h")}}}
	id := func(span, parent int64) model.Context {
		return model.Context{TraceID: model.TraceID{High: 7, Low: 8}, SpanID: model.SpanID(span), ParentID: model.SpanID(parent), Flags: model.FlagSampled}
	}
	start := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC).UnixNano()
	return []model.Span{
		{
			Context: id(1, 0), Operation: "order", Start: start, Duration: 5 * time.Millisecond, Process: p,
			Tags: []model.Tag{
				{Key: "n", Value: model.Int64(-1)},
				{Key: "f", Value: model.Float64(1.5)},
				{Key: "ok", Value: model.Bool(true)},
				{Key: "raw", Value: model.Bytes([]byte{0, 255})},
				{Key: "text", Value: model.String("grüße")},
				{Key: "span.kind", Value: model.String("server")},
			},
			Logs: []model.Log{
				{Time: start + 1_000_000, Fields: []model.Tag{{Key: "event", Value: model.String("called")}, {Key: "n", Value: model.Int64(3)}}},
				{Time: start + 2_000_000, Fields: []model.Tag{{Key: "message", Value: model.String("no event")}}},
			},
		},
		{
			Context: id(2, 1), Operation: "pay", Start: start + 1000, Duration: time.Millisecond, Process: p,
			Tags:       []model.Tag{{Key: "span.kind", Value: model.String("client")}, {Key: "error", Value: model.Bool(true)}},
			References: []model.Reference{{TraceID: model.TraceID{High: 7, Low: 8}, SpanID: 1, Type: model.ChildOf}},
		},
		{
			Context: id(3, 1), Operation: "clean up", Start: start + 2000, Duration: time.Millisecond, Process: p,
			References: []model.Reference{
				{TraceID: model.TraceID{High: 7, Low: 8}, SpanID: 1, Type: model.FollowsFrom},
				{TraceID: model.TraceID{Low: 9}, SpanID: 9, Type: model.FollowsFrom},
			},
		},
	}
}

// thriftBody is what a client posts to /api/traces.
func thriftBody(spans ...model.Span) []byte {
	p := &model.Process{Service: "empty"}
	if len(spans) > 0 {
		p = spans[0].Process
	}
	b := wire.AppendBinaryBatchHead(nil, wire.AppendBinaryProcess(nil, p), len(spans))
	for i := range spans {
		b = wire.AppendBinarySpan(b, &spans[i])
	}
	return wire.AppendBinaryBatchTail(b, 4, nil)
}

func TestCollectorThrift(t *testing.T) {
	CheckLeaks(t)
	spans := sample()
	body := thriftBody(spans...)
	for _, tc := range []struct {
		name   string
		body   []byte
		header []string
	}{
		{"plain", body, []string{"Content-Type", thriftType}},
		{"other type", body, []string{"Content-Type", thriftType2}},
		{"type with parameter", body, []string{"Content-Type", thriftType + "; charset=utf-8"}},
		{"gzip", zip(body), []string{"Content-Type", thriftType, "Content-Encoding", "gzip"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := NewCollector(t)
			got := mustPost(t, client(t), c.ThriftURL()+"?format=jaeger.thrift", tc.body, append(tc.header, "X-Tenant", "a")...)
			if got.status != 202 || got.body != "" {
				t.Errorf("got %+v", got)
			}
			if err := c.Wait(patience(t), 3); err != nil {
				t.Fatal(err)
			}
			if got, want := c.Tree(WithIDs()), Tree(spans, WithIDs()); got != want {
				t.Errorf("arrived\n%s\nsent\n%s", got, want)
			}
			batches := c.Batches()
			if len(batches) != 1 || batches[0].Format != transport.JaegerBatch || batches[0].Size != len(body) ||
				batches[0].SeqNo != 4 || batches[0].Process.Service != "shop" {
				t.Errorf("got %+v", batches)
			}
			requests := c.Requests()
			if len(requests) != 1 {
				t.Fatalf("got %+v", requests)
			}
			r := requests[0]
			if r.Method != "POST" || r.Target != "/api/traces?format=jaeger.thrift" || r.Header.Get("X-Tenant") != "a" ||
				r.Size != len(tc.body) || r.Spans != 3 || r.Status != 202 {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestCollectorRefuses(t *testing.T) {
	c, err := StartCollector(CollectorOptions{MaxBody: 1000})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	good := thriftBody(sample()[0])
	long := thriftBody(model.Span{Operation: strings.Repeat("x", 1000), Process: new(model.Process)})
	if len(good) > 900 || len(zip(long)) > 500 {
		t.Fatalf("test data of %d and %d bytes", len(good), len(zip(long)))
	}
	half := func(b []byte) []byte { return b[:len(b)/2] }
	for _, tc := range []struct {
		name, path string
		body       []byte
		header     []string
		want       int
		wantBody   string
		countedBad bool
	}{
		{"no type", thriftPath, good, nil, 400, `unsupported content type: ""`, true},
		{"json to thrift", thriftPath, good, []string{"Content-Type", "application/json"}, 400, "application/json", true},
		{"protobuf to thrift", thriftPath, good, []string{"Content-Type", protobufType}, 400, protobufType, true},
		{"bad type", thriftPath, good, []string{"Content-Type", "/;"}, 400, "content type", true},
		{"truncated", thriftPath, half(good), []string{"Content-Type", thriftType}, 400, "malformed", true},
		{"empty", thriftPath, nil, []string{"Content-Type", thriftType}, 400, "malformed", true},
		{"no gzip", thriftPath, good, []string{"Content-Type", thriftType, "Content-Encoding", "gzip"}, 400, "gzip", true},
		{"truncated gzip", thriftPath, half(zip(good)), []string{"Content-Type", thriftType, "Content-Encoding", "gzip"}, 400, "unexpected EOF", true},
		{"unknown encoding", thriftPath, good, []string{"Content-Type", thriftType, "Content-Encoding", "zstd"}, 400, "zstd", true},
		{"too long", thriftPath, long, []string{"Content-Type", thriftType}, 413, "too large", true},
		{"too long uncompressed", thriftPath, zip(long), []string{"Content-Type", thriftType, "Content-Encoding", "gzip"}, 413, "too large", true},
		{"json to otlp", otlpPath, []byte("{}"), []string{"Content-Type", "application/json"}, 415, "unsupported content type", true},
		{"thrift to otlp", otlpPath, good, []string{"Content-Type", thriftType}, 415, "unsupported content type", true},
		{"not otlp", otlpPath, good, []string{"Content-Type", protobufType}, 400, "", true},
		{"too long for otlp", otlpPath, long, []string{"Content-Type", protobufType}, 413, "too large", true},
		{"other path", "/", good, []string{"Content-Type", thriftType}, 404, "not found", false},
		{"zipkin", "/api/v2/spans", good, []string{"Content-Type", thriftType}, 404, "not found", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c.Reset()
			before := c.Undecodable()
			got := mustPost(t, client(t), c.URL()+tc.path, tc.body, tc.header...)
			if got.status != tc.want || !strings.Contains(got.body, tc.wantBody) {
				t.Errorf("got %d %q, want %d with %q", got.status, got.body, tc.want, tc.wantBody)
			}
			if tc.path == otlpPath {
				if kind := got.header.Get("Content-Type"); kind != protobufType || !strings.HasPrefix(got.body, "\x08\x03\x12") {
					t.Errorf("got %s %q, want a google.rpc.Status", kind, got.body)
				}
			}
			if r := c.Requests(); len(r) != 1 || r[0].Status != tc.want || r[0].Spans != 0 {
				t.Errorf("noted %+v", r)
			}
			if n := c.Undecodable() - before; (n == 1) != tc.countedBad || c.Received() != 0 {
				t.Errorf("%d undecodable, %d spans received", n, c.Received())
			}
		})
	}
	resp, err := client(t).Get(c.OTLPURL())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 405 || resp.Header.Get("Allow") != "POST" {
		t.Errorf("GET is answered with %d, Allow %q", resp.StatusCode, resp.Header.Get("Allow"))
	}
	if got := mustPost(t, client(t), c.ThriftURL(), good, "Content-Type", thriftType); got.status != 202 {
		t.Errorf("after all that a good one is answered with %d", got.status)
	}
}

// TestCollectorBomb reads 16 MiB of zeros that travel as 16 KiB: only as many are
// uncompressed as are needed to know that there are too many.
func TestCollectorBomb(t *testing.T) {
	const limit = 1 << 20
	r, err := http.NewRequest(http.MethodPost, "/", bytes.NewReader(zip(make([]byte, 16<<20))))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Encoding", "gzip")
	body, _, err := readBody(r, limit)
	if !errors.Is(err, errTooLong) || len(body) > limit+1 {
		t.Errorf("%d bytes, error %v", len(body), err)
	}
}

func TestCollectorFailNext(t *testing.T) {
	c := NewCollector(t)
	c.FailNext(503, 0)
	c.FailNext(429)
	cl := client(t)
	for i, want := range []int{503, 202, 429, 202} {
		if got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType); got.status != want {
			t.Errorf("answer %d is %d, want %d", i, got.status, want)
		}
		if r := c.Requests()[i]; r.Status != want || r.Size == 0 {
			t.Errorf("noted %+v", r)
		}
	}
	if c.Connections() != 1 || c.Asked() != 4 {
		t.Errorf("%d connections, %d requests", c.Connections(), c.Asked())
	}
}

func TestCollectorRequireAuthorization(t *testing.T) {
	c := NewCollector(t)
	c.RequireAuthorization("Bearer swordfish")
	cl := client(t)
	for _, tc := range []struct {
		value string
		want  int
	}{{"", 401}, {"Bearer herring", 401}, {"Bearer swordfish", 202}} {
		got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType, "Authorization", tc.value)
		if got.status != tc.want || (tc.want == 401) != (got.header.Get("WWW-Authenticate") != "") {
			t.Errorf("%q: got %+v", tc.value, got)
		}
	}
	c.RequireAuthorization("")
	if got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType); got.status != 202 {
		t.Errorf("got %d without a requirement", got.status)
	}
}

func TestCollectorIntercept(t *testing.T) {
	CheckLeaks(t)
	c := NewCollector(t)
	cl := client(t)
	c.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		b, _ := io.ReadAll(r.Body)
		if len(b) < 3 {
			return false
		}
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
	if got.status != 503 || got.header.Get("Retry-After") != "7" {
		t.Errorf("got %+v", got)
	}
	if r := c.Requests(); len(r) != 1 || r[0].Status != 0 {
		t.Errorf("noted %+v", r)
	}
	if got := mustPost(t, cl, c.ThriftURL(), nil, "Content-Type", "x"); got.status != 400 {
		t.Errorf("got %+v although the hook passed it on", got)
	}
	c.Intercept(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
	if got, err := post(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType); err == nil {
		t.Errorf("got %+v from a broken connection", got)
	}
	c.Intercept(nil)
	if got := mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType); got.status != 202 {
		t.Errorf("got %d without a hook", got.status)
	}
}

// TestCollectorCloseEndsRequests closes while a client waits for its answer and
// another one has sent half a body.
func TestCollectorCloseEndsRequests(t *testing.T) {
	CheckLeaks(t)
	c := NewCollector(t)
	entered := make(chan struct{})
	c.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/hang" {
			return false
		}
		close(entered)
		<-r.Context().Done()
		return true
	})
	failed := make(chan error, 1)
	cl := client(t)
	go func() {
		_, err := post(t, cl, c.URL()+"/hang", thriftBody())
		failed <- err
	}()
	<-entered
	conn, err := net.Dial("tcp", c.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /api/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234"); err != nil {
		t.Fatal(err)
	}
	if !eventually(10*time.Second, func() bool { return c.Asked() == 2 }) {
		t.Fatal("the second request did not arrive")
	}
	waiting := make(chan error, 1)
	go func() { waiting <- c.Wait(context.Background(), 1) }()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the client was answered")
	}
	if err := <-waiting; !errors.Is(err, ErrClosed) {
		t.Errorf("Wait returned %v, want ErrClosed", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if _, err := post(t, cl, c.ThriftURL(), thriftBody()); err == nil {
		t.Error("a closed collector answers")
	}
}

func TestCollectorIsBounded(t *testing.T) {
	c, err := StartCollector(CollectorOptions{MaxSpans: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cl := client(t)
	for _, n := range []int{3, 3, 2} {
		if got := mustPost(t, cl, c.ThriftURL(), thriftBody(sample()[:n]...), "Content-Type", thriftType); got.status != 202 {
			t.Errorf("got %d", got.status)
		}
	}
	if len(c.Spans()) != 5 || len(c.Batches()) != 2 || c.Discarded() != 3 || c.Received() != 8 {
		t.Errorf("%d spans in %d batches, %d discarded, %d received", len(c.Spans()), len(c.Batches()), c.Discarded(), c.Received())
	}
	c.Reset()
	if len(c.Spans()) != 0 || c.Received() != 0 || c.Asked() != 0 || len(c.Requests()) != 0 || c.Discarded() != 3 {
		t.Error("Reset left something, or forgot Discarded")
	}

	c.bytes = maxInboxBytes - batchBytes // an empty batch needs that, and its own bytes
	mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
	if got := len(c.Batches()); got != 0 {
		t.Errorf("%d batches although there is no room: bytes are not bounded", got)
	}
	c.headers = collectorHeaders - 10
	mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
	if got := len(c.Requests()); got != 1 || c.Asked() != 2 {
		t.Errorf("%d of %d requests kept: headers are not bounded", got, c.Asked())
	}
	for range collectorRequests {
		c.requests = append(c.requests, new(Request))
	}
	c.headers = 0
	mustPost(t, cl, c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
	if got := len(c.Requests()); got != collectorRequests+1 || c.Asked() != 3 {
		t.Errorf("%d requests kept, %d came: their number is not bounded", got, c.Asked())
	}
	conn, err := net.Dial("tcp", c.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("x", 2*collectorHeader))
	if first, _ := io.ReadAll(io.LimitReader(conn, 12)); string(first) != "HTTP/1.1 431" {
		t.Errorf("a long header is answered with %q", first)
	}
}

func TestCollectorReturnsCopies(t *testing.T) {
	c := NewCollector(t)
	mustPost(t, client(t), c.ThriftURL(), thriftBody(sample()...), "Content-Type", thriftType)
	c.Spans()[0].Operation = "changed"
	c.Requests()[0].Header.Set("Content-Type", "changed")
	if c.Spans()[0].Operation != "order" || c.Requests()[0].Header.Get("Content-Type") != thriftType {
		t.Error("what was returned is what is kept")
	}
}

func TestCollectorAddress(t *testing.T) {
	c := NewCollector(t)
	if !strings.HasPrefix(c.Addr(), "127.0.0.1:") || c.URL() != "http://"+c.Addr() ||
		c.ThriftURL() != c.URL()+"/api/traces" || c.OTLPURL() != c.URL()+"/v1/traces" {
		t.Errorf("%s %s %s %s", c.Addr(), c.URL(), c.ThriftURL(), c.OTLPURL())
	}
}

func TestCollectorConcurrentSafe(t *testing.T) {
	CheckLeaks(t)
	c := NewCollector(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			cl := client(t)
			for range 10 {
				mustPost(t, cl, c.ThriftURL(), thriftBody(sample()...), "Content-Type", thriftType)
				c.FailNext(0)
				c.Intercept(func(http.ResponseWriter, *http.Request) bool { return false })
				_, _, _ = c.Tree(), c.Requests(), c.Connections()
			}
		}()
	}
	if err := c.Wait(patience(t), 4*10*3); err != nil {
		t.Error(err)
	}
	wait.Wait()
	for range 4 { // senders and closers meet
		wait.Add(2)
		go func() {
			defer wait.Done()
			_, _ = post(t, client(t), c.ThriftURL(), thriftBody(), "Content-Type", thriftType)
		}()
		go func() {
			defer wait.Done()
			_ = c.Close()
		}()
	}
	wait.Wait()
	if got := len(c.Spans()); got != 120 || c.Connections() < 4 {
		t.Errorf("%d spans, want 120; %d connections", got, c.Connections())
	}
}
