// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/server"
)

// message appends a field of protobuf.
func message(num protowire.Number, inner []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), inner)
}

// bombs are bodies of about n bytes that are far more when they are decoded or
// uncompressed, by content type and name.
func bombs(t *testing.T, n int) map[string][]byte {
	t.Helper()
	empties := func(field byte) []byte { return bytes.Repeat([]byte{field<<3 | 2, 0}, n/2) }
	inSpan := func(b []byte) []byte { return message(1, message(2, message(2, b))) }
	ids := append(message(1, bytes.Repeat([]byte{1}, 16)), message(2, bytes.Repeat([]byte{2}, 8))...)
	nested := []byte{}
	for range 5000 { // lists in lists: AnyValue.array_value (5), ArrayValue.values (1)
		nested = message(5, message(1, nested))
	}
	out := map[string][]byte{
		protobuf + " empty resources": empties(1),
		protobuf + " empty scopes":    message(1, empties(2)),
		protobuf + " empty spans":     message(1, message(2, empties(2))),
		protobuf + " spans of ids":    message(1, message(2, bytes.Repeat(message(2, ids), n/30))),
		protobuf + " tags and ids":    message(1, message(2, message(2, append(ids, empties(9)...)))),
		protobuf + " empty tags":      inSpan(empties(9)),
		protobuf + " empty events":    inSpan(empties(11)),
		protobuf + " empty links":     inSpan(empties(13)),
		protobuf + " tags of events":  inSpan(message(11, empties(3))),
		protobuf + " nested lists":    inSpan(message(9, append(message(1, []byte("k")), message(2, nested)...))),
		jsonType + " empty spans":     []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[` + strings.Repeat("{},", n/3) + `{}]}]}]}`),
		jsonType + " empty tags":      []byte(`{"resourceSpans":[{"resource":{"attributes":[` + strings.Repeat("{},", n/3) + `{}]}}]}`),
		jsonType + " brackets":        bytes.Repeat([]byte("["), n),
		jsonType + " nested lists":    bytes.Repeat([]byte(`{"resourceSpans":[`), n/18),
	}
	for name, b := range out {
		kind, what, _ := strings.Cut(name, " ")
		out[kind+gzipped+" "+what] = compress(t, b)
	}
	var zeros bytes.Buffer
	w := gzip.NewWriter(&zeros)
	chunk := make([]byte, 1<<20)
	for range max(1, n>>14) { // a thousand times
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out[protobuf+gzipped+" zeros"] = zeros.Bytes()
	out[jsonType+gzipped+" zeros"] = zeros.Bytes()
	return out
}

// agentBombs are the same as a PostSpansRequest, by name.
func agentBombs(n int) map[string][]byte {
	empties := func(field byte) []byte { return bytes.Repeat([]byte{field<<3 | 2, 0}, n/2) }
	ids := append(message(1, bytes.Repeat([]byte{1}, 16)), message(2, bytes.Repeat([]byte{2}, 8))...)
	inSpan := func(b []byte) []byte { return message(1, message(1, append(bytes.Clone(ids), b...))) }
	return map[string][]byte{
		"empty batches":    empties(1),
		"empty spans":      message(1, empties(1)),
		"spans of ids":     message(1, bytes.Repeat(message(1, ids), n/30)),
		"processes":        message(1, append(message(1, ids), empties(2)...)),
		"tags of process":  message(1, append(message(1, ids), message(2, empties(2))...)),
		"empty tags":       inSpan(empties(8)),
		"empty logs":       inSpan(empties(9)),
		"fields of a log":  inSpan(message(9, empties(2))),
		"empty references": inSpan(empties(4)),
		"warnings":         inSpan(empties(12)),
		"groups":           inSpan(bytes.Repeat([]byte{0xa3, 0x06}, n/2)),
		"16 GiB":           message(1, bytes.Repeat([]byte("\x0a\x80\x80\x80\x80\x40"), n/6)),
		"zeros":            make([]byte, receive.MaxBody+1),
	}
}

// TestBombs: small bodies that are large in memory, many at once.
func TestBombs(t *testing.T) {
	b := start(t, 3<<30, "--span-storage.type=memory")
	n := size(64<<10, receive.MaxBody-1<<10)
	var senders sync.WaitGroup
	limit := make(chan struct{}, 8)
	for name, body := range bombs(t, n) {
		contentType, _, _ := strings.Cut(name, " ")
		for range size(1, 3) {
			senders.Go(func() {
				limit <- struct{}{}
				defer func() { <-limit }()
				until(t, name+" is looked at", func() bool {
					code, answer, err := b.do(http.MethodPost, b.url(server.OTLPHTTP, "/v1/traces"), contentType, bytes.NewReader(body))
					if err != nil || code >= 500 {
						t.Errorf("%s: %d %.200s %v", name, code, answer, err)
					}
					return code != http.StatusTooManyRequests
				})
			})
		}
	}
	calls := b.calls(server.OTLPGRPC, export)
	for name, body := range bombs(t, n/4) { // 4 MiB is gRPC's usual limit
		if strings.HasPrefix(name, protobuf+" ") {
			senders.Go(func() { calls(body) })
		}
	}
	agent, zipping := b.calls(server.JaegerGRPC, postSpans), b.calls(server.JaegerGRPC, postSpans, grpc.UseCompressor("gzip"))
	for _, body := range agentBombs(n / 4) {
		senders.Go(func() { agent(body); zipping(body) })
	}
	senders.Wait()
	b.check()
}

// TestMany: so many services, operations and tag keys that lists of them must be
// bounded.
func TestMany(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			b := start(t, 2<<30, "--span-storage.type="+engine, "--data="+t.TempDir())
			n, each := size(2_000, 1_000_000), 500
			var senders sync.WaitGroup
			for sender := range 4 {
				senders.Go(func() {
					for i := sender * each; i < n; i += 4 * each {
						var body []byte
						for k := i; k < i+each; k++ {
							service := fmt.Sprint("service-", k/10) // ten operations each
							body = append(body, spans{trace: uint64(k) + 1, count: 1, service: service, operation: fmt.Sprint("operation-", k)}.otlp()...)
						}
						b.deliver(body)
					}
				})
			}
			senders.Wait()
			if s := b.settled(); s.Books.Stored != int64(n) {
				t.Errorf("%d were sent, books: %+v", n, s.Books)
			}
			for _, path := range []string{
				"/api/services", "/api/operations?service=service-7", "/api/services/service-7/operations", "/api/keys?prefix=", "/api/values?key=service.name&prefix=service-1",
				"/api/search?q=service:service-77", "/api/search?q=op:operation-77", "/api/search?q=operation", "/api/traces?service=service-77", "/api/red?service=service-77", "/api/map", "/api/dependencies?endTs=1",
			} {
				b.get(path)
			}
			b.check()
		})
	}
}

// deliver posts a body until it is taken.
func (b *backend) deliver(body []byte) {
	b.t.Helper()
	until(b.t, "a body is taken", func() bool { return b.post(body) })
}

// post posts a body of OTLP, and reports whether it was taken rather than told to
// come back.
func (b *backend) post(body []byte) bool {
	b.t.Helper()
	code, answer, err := b.do(http.MethodPost, b.url(server.OTLPHTTP, "/v1/traces"), protobuf, bytes.NewReader(body))
	if err != nil || code != http.StatusOK && code != http.StatusTooManyRequests {
		b.t.Errorf("a body: %d %.200s %v", code, answer, err)
	}
	return code != http.StatusTooManyRequests
}
