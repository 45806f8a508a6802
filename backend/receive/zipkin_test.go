// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

func TestZipkin(t *testing.T) {
	const v1, v2, span = "/api/v1/spans", "/api/v2/spans", `{"traceId":"a","id":"1","name":"x","timestamp":5}`
	json := []string{"Content-Type", "application/json"}
	for _, c := range []struct {
		name, path string
		body       []byte
		headers    []string
		set        func(*sink)
		status     int
		answer     string
		spans      int
		refused    reasons
		unread     trace.Reason
	}{
		{name: "v2 json", path: v2, body: read(t, "zipkin/zipkingo-shared.v2.json"), headers: json, status: 202, spans: 7},
		{name: "v2 proto", path: v2, body: read(t, "zipkin/zipkingo-shared.v2.pb"), headers: []string{"Content-Type", "application/x-protobuf"}, status: 202, spans: 7},
		{name: "v1 json", path: v1, body: read(t, "zipkin/zipkinjs-shared.v1.json"), headers: json, status: 202, spans: 5},
		{name: "v1 thrift", path: v1, body: read(t, "zipkin/jaegergo-values.v1.thrift"), headers: []string{"Content-Type", "application/x-thrift; x=y"}, status: 202, spans: 10},
		{name: "gzip", path: v2, body: zip(t, read(t, "zipkin/zipkinjs-shared.v2.json")), headers: []string{"Content-Encoding", "gzip"}, status: 202, spans: 5},
		{name: "no spans", path: v2, body: []byte("[]"), status: 202},
		{name: "no spans in proto", path: v2, headers: []string{"Content-Type", "application/x-protobuf"}, status: 202},
		{name: "one of three", path: v2, body: []byte(`[{"id":"1"},{"traceId":"1","id":5},` + span + `]`), headers: json, status: 202, spans: 1, refused: reasons{trace.ReasonTraceID: 1, trace.ReasonMalformed: 1}},
		{name: "none of two", path: v1, body: []byte(`[{"traceId":"1"},7]`), headers: json, status: 400, answer: "spans refused: 1 invalid_span_id, 1 malformed\n", refused: reasons{trace.ReasonSpanID: 1, trace.ReasonMalformed: 1}},
		{name: "refused by the sink", path: v2, body: []byte("[" + span + "]"), headers: json, set: func(s *sink) { s.refuse = []trace.Refused{{Reason: trace.ReasonTooLarge, Count: 1}} }, status: 400, spans: 1},
		{name: "nothing", path: v2, headers: json, status: 400, unread: trace.ReasonMalformed},
		{name: "an object", path: v2, body: []byte(span), headers: json, status: 400, unread: trace.ReasonMalformed},
		{name: "two arrays", path: v2, body: []byte("[] []"), headers: json, status: 400, unread: trace.ReasonMalformed},
		{name: "cut", path: v2, body: []byte("[" + span), headers: json, status: 400, unread: trace.ReasonMalformed},
		{name: "deep", path: v2, body: bytes.Repeat([]byte("["), 1000), headers: json, status: 400, unread: trace.ReasonMalformed},
		{name: "cut proto", path: v2, body: []byte("\x0a\x7f"), headers: []string{"Content-Type", "application/x-protobuf"}, status: 400, unread: trace.ReasonMalformed},
		{name: "cut thrift", path: v1, body: read(t, "zipkin/handmade.v1.thrift")[:900], headers: []string{"Content-Type", "application/x-thrift"}, status: 400, unread: trace.ReasonMalformed},
		{name: "huge thrift", path: v1, body: []byte("\x0c\x7f\xff\xff\xff"), headers: []string{"Content-Type", "application/x-thrift"}, status: 400, unread: trace.ReasonMalformed},
		{name: "thrift as json", path: v2, body: read(t, "zipkin/handmade.v1.thrift"), status: 400, unread: trace.ReasonMalformed},
		{name: "brotli", path: v2, body: []byte("[]"), headers: []string{"Content-Encoding", "br"}, status: 415, unread: trace.ReasonMalformed},
		{name: "bomb", path: v2, body: zip(t, make([]byte, MaxBody+1)), headers: []string{"Content-Encoding", "gzip"}, status: 413, unread: trace.ReasonTooLarge},
		{name: "no room", path: v2, body: []byte("[]"), set: func(s *sink) { s.budget = 1 }, status: 429, unread: trace.ReasonMemory},
		{name: "busy", path: v2, body: []byte("[" + span + "]"), set: func(s *sink) { s.busy = true }, status: 429, answer: "busy: full\n"},
		{name: "no path", path: "/api/v3/spans", status: 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSink()
			if c.set != nil {
				c.set(s)
			}
			z := NewZipkin(listen(t), s, quiet)
			serve(t, z)
			resp, answer := post(t, "http://"+z.Addr().String()+c.path, c.body, c.headers...)
			if resp.StatusCode != c.status || !strings.HasPrefix(answer, c.answer) {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, answer, c.status, c.answer)
			}
			refused, unread := c.refused, reasons{}
			if refused == nil {
				refused = reasons{}
			}
			if c.unread != "" {
				unread[c.unread] = 1
			}
			s.check(t, c.spans, refused, unread)
			if got := s.from[trace.Origin{Protocol: "zipkin", Transport: "http"}]; got != c.spans {
				t.Errorf("%d spans by their origin", got)
			}
		})
	}
}

// TestZipkinOrigin: pages on this machine may send, others not.
func TestZipkinOrigin(t *testing.T) {
	z := NewZipkin(listen(t), newSink(), quiet)
	serve(t, z)
	for origin, allowed := range map[string]bool{"http://localhost:3000": true, "http://example.com": false} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, "http://"+z.Addr().String()+"/api/v2/spans", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Access-Control-Allow-Origin") != ""; got != allowed {
			t.Errorf("%q: %v", origin, resp.Header)
		}
	}
}

// zipkinDecoders are all, by the ends of the names of files.
var zipkinDecoders = map[string]zipkinDecoder{
	".v1.json": decodeZipkinV1JSON, ".v1.thrift": decodeZipkinThrift, ".v2.json": decodeZipkinJSON, ".v2.pb": decodeZipkinProto,
}

// TestZipkinTwice: the same bytes become the same spans, so that a store can tell
// that a sender tried again.
func TestZipkinTwice(t *testing.T) {
	files, err := filepath.Glob("../testdata/zipkin/*.v*")
	if err != nil || len(files) < 7 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		body := read(t, "zipkin/"+filepath.Base(file))
		_, end, _ := strings.Cut(filepath.Base(file), ".")
		decode := zipkinDecoders["."+end]
		first, err := decode(body, time.Now())
		if err != nil || len(first.refused) > 0 {
			t.Fatal(file, first.refused, err)
		}
		second, err := decode(body, time.Now().Add(time.Hour))
		if err != nil || !bytes.Equal(protoOf(t, first.traces), protoOf(t, second.traces)) {
			t.Errorf("%s: other spans the second time, %v", file, err)
		}
	}
}
