// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/trace"
)

// post returns the answer to a body. headers are pairs.
func post(t *testing.T, url string, body []byte, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func zip(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile("../testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestThriftHTTP(t *testing.T) {
	good := read(t, "thrift/spur-http-values.bin")
	for _, c := range []struct {
		name     string
		body     []byte
		headers  []string
		set      func(*sink)
		status   int
		answer   string
		spans    bool
		unread   trace.Reason
		retrySet bool
	}{
		{name: "good", body: good, headers: []string{"Content-Type", "application/x-thrift"}, status: 202, spans: true},
		{name: "other type", body: good, headers: []string{"Content-Type", "application/vnd.apache.thrift.binary; x=y"}, status: 202, spans: true},
		{name: "gzip", body: zip(t, good), headers: []string{"Content-Type", "application/x-thrift", "Content-Encoding", "gzip"}, status: 202, spans: true},
		{name: "no spans", body: []byte("\x0c\x00\x01\x0b\x00\x01\x00\x00\x00\x00\x00\x0f\x00\x02\x0c\x00\x00\x00\x00\x00"), headers: []string{"Content-Type", "application/x-thrift"}, status: 202},
		{name: "no type", body: good, status: 400, answer: "Cannot parse content type: mime: no media type\n", unread: trace.ReasonMalformed},
		{name: "json", body: good, headers: []string{"Content-Type", "application/json"}, status: 400, answer: "Unsupported content type: application/json\n", unread: trace.ReasonMalformed},
		{name: "cut", body: read(t, "thrift/broken-http-cut.bin"), headers: []string{"Content-Type", "application/x-thrift"}, status: 400, answer: "Unable to process request body: ", unread: trace.ReasonMalformed},
		{name: "not gzip", body: good, headers: []string{"Content-Type", "application/x-thrift", "Content-Encoding", "gzip"}, status: 400, answer: "Unable to process request body: ", unread: trace.ReasonMalformed},
		{name: "cut gzip", body: zip(t, good)[:100], headers: []string{"Content-Type", "application/x-thrift", "Content-Encoding", "gzip"}, status: 400, answer: "Unable to process request body: unexpected EOF", unread: trace.ReasonMalformed},
		{name: "brotli", body: good, headers: []string{"Content-Type", "application/x-thrift", "Content-Encoding", "br"}, status: 415, unread: trace.ReasonMalformed},
		{name: "long", body: make([]byte, MaxBody+1), headers: []string{"Content-Type", "application/x-thrift"}, status: 413, unread: trace.ReasonTooLarge},
		{name: "bomb", body: zip(t, make([]byte, MaxBody+1)), headers: []string{"Content-Type", "application/x-thrift", "Content-Encoding", "gzip"}, status: 413, unread: trace.ReasonTooLarge},
		{name: "no room", body: good, headers: []string{"Content-Type", "application/x-thrift"}, set: func(s *sink) { s.budget = 10 }, status: 429, unread: trace.ReasonMemory, retrySet: true},
		{name: "busy", body: good, headers: []string{"Content-Type", "application/x-thrift"}, set: func(s *sink) { s.busy = true }, status: 429, answer: "busy: full\n", retrySet: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSink()
			if c.set != nil {
				c.set(s)
			}
			h := NewHTTP(listen(t), sampling.SampleAll(), s, prometheus.NewRegistry(), quiet)
			serve(t, h)
			resp, answer := post(t, "http://"+h.Addr().String()+"/api/traces", c.body, c.headers...)
			if resp.StatusCode != c.status || !strings.HasPrefix(answer, c.answer) {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, answer, c.status, c.answer)
			}
			if got := resp.Header.Get("Retry-After") == "1"; got != c.retrySet {
				t.Errorf("Retry-After %q", resp.Header.Get("Retry-After"))
			}
			spans, unread := 0, reasons{}
			if c.spans {
				spans = len(golden.ThriftMessages(t)[len(golden.ThriftMessages(t))-1].Batch.Spans)
			}
			if c.unread != "" {
				unread[c.unread] = 1
			}
			s.check(t, spans, reasons{}, unread)
		})
	}
}

// TestHTTPAnnounced: who announces a large body and sends nothing takes no room.
func TestHTTPAnnounced(t *testing.T) {
	s := newSink()
	s.budget = firstRead
	h := NewHTTP(listen(t), sampling.SampleAll(), s, nil, quiet)
	serve(t, h)
	conn, err := net.Dial("tcp", h.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /api/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-thrift\r\nContent-Length: %d\r\n\r\n", MaxBody)
	s.wait(t, "reservation", func() bool { return s.reserved == firstRead })
	conn.Close()
	s.wait(t, "release", func() bool { return s.reserved == 0 && s.unread[trace.ReasonMalformed] == 1 })
}

func TestOTLPHTTP(t *testing.T) {
	td := someTraces(100)
	pb := protoOf(t, td)
	js, err := ptraceotlp.NewExportRequestFromTraces(td).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	s := newSink()
	h := NewOTLPHTTP(listen(t), s, quiet)
	serve(t, h)
	url := "http://" + h.Addr().String() + "/v1/traces"

	const typeProto, typeJSON = "application/x-protobuf", "application/json"
	for _, c := range []struct {
		body    []byte
		headers []string
	}{
		{pb, []string{"Content-Type", typeProto}},
		{zip(t, pb), []string{"Content-Type", typeProto, "Content-Encoding", "gzip"}},
		{js, []string{"Content-Type", typeJSON + "; charset=utf-8"}},
		{zip(t, js), []string{"Content-Type", typeJSON, "Content-Encoding", "gzip"}},
	} {
		resp, answer := post(t, url, c.body, c.headers...)
		kind := resp.Header.Get("Content-Type")
		if resp.StatusCode != 200 || !strings.HasPrefix(c.headers[1], kind) || kind == typeProto && answer != "" || kind == typeJSON && answer != "{}" {
			t.Errorf("%s: %d %s %q", c.headers, resp.StatusCode, kind, answer)
		}
	}
	s.check(t, 400, reasons{}, reasons{})
	if got := s.from[trace.Origin{Protocol: "otlp", Transport: "http"}]; got != 400 {
		t.Errorf("%d spans by their origin: %v", got, s.from)
	}
	for _, got := range s.taken {
		if !bytes.Equal(protoOf(t, got), pb) {
			t.Error("the spans are changed")
		}
	}

	// Spans refused here and there are one answer.
	s.refuse = []trace.Refused{{Reason: trace.ReasonTooLarge, Count: 2}}
	_, answer := post(t, url, append(bytes.Clone(pb), alone(nil)...), "Content-Type", typeProto)
	response := ptraceotlp.NewExportResponse()
	if err := response.UnmarshalProto([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	if p := response.PartialSuccess(); p.RejectedSpans() != 3 || p.ErrorMessage() != "spans refused: 1 invalid_trace_id, 2 too_large" {
		t.Errorf("%d refused: %s", p.RejectedSpans(), p.ErrorMessage())
	}
	s.check(t, 500, reasons{trace.ReasonTraceID: 1}, reasons{})
}

func TestOTLPHTTPFails(t *testing.T) {
	s := newSink()
	h := NewOTLPHTTP(listen(t), s, quiet)
	serve(t, h)
	url := "http://" + h.Addr().String() + "/v1/traces"
	noise := make([]byte, MaxBody+1)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	good := protoOf(t, someTraces(1))
	unread := reasons{}
	for _, c := range []struct {
		kind   string
		body   []byte
		set    func()
		status int
		code   codes.Code
		unread trace.Reason
	}{
		{"application/x-protobuf", []byte("x"), nil, 400, codes.InvalidArgument, trace.ReasonMalformed},
		{"application/json", []byte("x"), nil, 400, codes.InvalidArgument, trace.ReasonMalformed},
		{"text/plain", good, nil, 415, 0, trace.ReasonMalformed},
		{"application/x-protobuf", noise, nil, 413, codes.ResourceExhausted, trace.ReasonTooLarge},
		{"application/x-protobuf", good, func() { s.budget = 10 }, 429, codes.ResourceExhausted, trace.ReasonMemory},
		{"application/json", []byte("{}"), func() { s.budget = 1 }, 429, codes.ResourceExhausted, trace.ReasonMemory},
		{"application/x-protobuf", good, func() { s.budget, s.busy = 0, true }, 429, codes.ResourceExhausted, ""},
	} {
		if c.set != nil {
			c.set()
		}
		resp, answer := post(t, url, c.body, "Content-Type", c.kind)
		var said spb.Status
		var err error
		switch c.kind {
		case "application/x-protobuf":
			err = proto.Unmarshal([]byte(answer), &said)
		case "application/json":
			err = protojson.Unmarshal([]byte(answer), &said)
		}
		if err != nil || resp.StatusCode != c.status || said.Code != int32(c.code) || c.code != 0 && said.Message == "" {
			t.Errorf("%s %.20q: %d %q, %v", c.kind, c.body, resp.StatusCode, answer, err)
		}
		if (resp.StatusCode == 429) != (resp.Header.Get("Retry-After") == "1") {
			t.Errorf("%d with Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
		}
		if c.unread != "" {
			unread[c.unread]++
		}
	}
	s.check(t, 0, reasons{}, unread)
}

// TestOTLPHTTPOrigin: pages on this machine may send, others not.
func TestOTLPHTTPOrigin(t *testing.T) {
	h := NewOTLPHTTP(listen(t), newSink(), quiet)
	serve(t, h)
	for origin, allowed := range map[string]bool{
		"http://localhost:3000": true, "https://127.0.0.1": true, "http://[::1]:80": true,
		"": false, "null": false, "http://example.com": false, "http://localhost.example.com": false, "http://10.0.0.1": false, "file://localhost": false, "http://[": false,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, "http://"+h.Addr().String()+"/v1/traces", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		got := resp.Header.Get("Access-Control-Allow-Origin")
		if got != "" != allowed || allowed && (got != origin || resp.Header.Get("Access-Control-Allow-Headers") == "") {
			t.Errorf("%q: %v", origin, resp.Header)
		}
	}
}
