// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
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
