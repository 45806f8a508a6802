// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// httpSinkHandler is the HTTP side of a sink's process. It takes Thrift, and OTLP
// where the path ends in /v1/traces. Below /hole/ it never answers, below /500/
// always 500. GET tells how many spans have come to a path, and how many requests
// could not be counted.
type httpSinkHandler struct {
	mu        sync.Mutex
	spans     map[string]uint64
	malformed uint64
	thrift    thriftCounter
	held      []net.Conn
}

// serveHTTPSink returns the URL. The server ends with the process.
func serveHTTPSink() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: &httpSinkHandler{spans: map[string]uint64{}}}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), nil
}

// ServeHTTP implements http.Handler.
func (h *httpSinkHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/hole/"):
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			h.mu.Lock()
			h.held = append(h.held, conn)
			h.mu.Unlock()
		}
	case strings.HasPrefix(r.URL.Path, "/500/"):
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusInternalServerError)
	case r.Method == http.MethodGet:
		h.mu.Lock()
		defer h.mu.Unlock()
		fmt.Fprintln(w, h.spans[r.URL.Path], h.malformed)
	default:
		body := bytes.NewBuffer(make([]byte, 0, max(0, r.ContentLength)+bytes.MinRead))
		if _, err := body.ReadFrom(r.Body); err == nil {
			h.count(r.URL.Path, body.Bytes())
		}
	}
}

func (h *httpSinkHandler) count(path string, body []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var n uint64
	var ok bool
	if strings.HasSuffix(path, "/v1/traces") {
		n, ok = countOTLP(body, 1, 2, 2) // resource_spans, scope_spans, spans
	} else {
		n, ok = h.thrift.count(body)
	}
	if !ok {
		h.malformed++
		return
	}
	h.spans[path] += n
}

// receivedVia is received for any way to the sink. Over HTTP all that was answered
// is in it.
func (s *sink) receivedVia(t testing.TB, via string) uint64 {
	t.Helper()
	path := "/api/traces"
	switch via {
	case viaUDP:
		return s.received(t)
	case viaOTLP:
		path = "/v1/traces"
	}
	resp, err := http.Get(s.http + path)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	var spans, malformed uint64
	if _, err := fmt.Fscan(resp.Body, &spans, &malformed); err != nil || malformed > 0 {
		t.Fatalf("the sink could not count %d requests; %v", malformed, err)
	}
	return spans
}

// thriftCounter counts the spans of Batch structs: like spanCounter, by the head
// alone where the process is known.
type thriftCounter struct {
	head    []byte // up to the number of spans
	batches int
}

func (c *thriftCounter) count(b []byte) (n uint64, ok bool) {
	rest, known := bytes.CutPrefix(b, c.head)
	known = known && len(c.head) > 0 && len(rest) >= 4
	if known {
		n = uint64(binary.BigEndian.Uint32(rest))
	}
	c.batches++
	if known && c.batches%64 != 1 {
		return n, true
	}
	batch, err := wire.DecodeBinaryBatch(b)
	if err != nil || known && n != uint64(len(batch.Spans)) {
		return 0, false
	}
	head := wire.AppendBinaryBatchHead(nil, wire.AppendBinaryProcess(nil, batch.Process), 0)
	c.head = head[:len(head)-4]
	return uint64(len(batch.Spans)), true
}

// countOTLP counts the protobuf messages at a path of field numbers.
func countOTLP(b []byte, path ...uint64) (n uint64, ok bool) {
	for len(b) > 0 {
		key, size := binary.Uvarint(b)
		if size <= 0 {
			return 0, false
		}
		b = b[size:]
		var skip uint64
		switch key & 7 {
		case 0:
			if _, size = binary.Uvarint(b); size <= 0 {
				return 0, false
			}
			skip = uint64(size)
		case 1:
			skip = 8
		case 2:
			if skip, size = binary.Uvarint(b); size <= 0 {
				return 0, false
			}
			b = b[size:]
		case 5:
			skip = 4
		default:
			return 0, false
		}
		if skip > uint64(len(b)) {
			return 0, false
		}
		if key == path[0]<<3|2 {
			inside := uint64(1)
			if len(path) > 1 {
				if inside, ok = countOTLP(b[:skip], path[1:]...); !ok {
					return 0, false
				}
			}
			n += inside
		}
		b = b[skip:]
	}
	return n, true
}

func TestHTTPSinkCounters(t *testing.T) {
	process := &model.Process{Service: "s", Tags: []model.Tag{{Key: "k", Value: model.Int64(1)}}}
	span := &model.Span{Operation: "op", Tags: []model.Tag{{Key: "k", Value: model.String("v")}}}
	var c thriftCounter
	for i, n := range []int{1, 0, 300, 70_000} {
		thrift := wire.AppendBinaryBatchHead(nil, wire.AppendBinaryProcess(nil, process), n)
		var spans []byte
		for range n {
			thrift, spans = wire.AppendBinarySpan(thrift, span), wire.AppendOTLPSpan(spans, span)
		}
		thrift = wire.AppendBinaryBatchTail(thrift, int64(i), nil)
		otlp := append(wire.AppendOTLPHead(nil, wire.AppendOTLPResource(nil, process), len(spans), 1, nil), spans...)
		if got, ok := c.count(thrift); got != uint64(n) || !ok {
			t.Errorf("Thrift: %d spans, %v, want %d", got, ok, n)
		}
		if got, ok := countOTLP(otlp, 1, 2, 2); got != uint64(n) || !ok {
			t.Errorf("OTLP: %d spans, %v, want %d", got, ok, n)
		}
		if got, ok := countOTLP(otlp[:len(otlp)-1], 1, 2, 2); ok {
			t.Errorf("OTLP, cut off: %d spans", got)
		}
	}
	c.batches = 64 // the next is decoded
	if n, ok := c.count(wire.AppendBinaryBatchTail(wire.AppendBinaryBatchHead(nil, wire.AppendBinaryProcess(nil, process), 5), 1, nil)); ok {
		t.Error("a batch with fewer spans than it says counts as " + strconv.FormatUint(n, 10))
	}
}
