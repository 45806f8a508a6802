// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/backend/server"
)

// corpus returns real input of a kind: what real senders have sent.
func corpus(t *testing.T, pattern string) [][]byte {
	t.Helper()
	names, err := filepath.Glob("../testdata/" + pattern)
	if err != nil || len(names) == 0 {
		t.Fatal(pattern, err)
	}
	var out [][]byte
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// mutate returns what one of corpus becomes by some changes.
func mutate(rng *rand.Rand, corpus [][]byte) []byte {
	b := bytes.Clone(corpus[rng.IntN(len(corpus))])
	for range 1 + rng.IntN(8) {
		if len(b) == 0 {
			return b
		}
		at := rng.IntN(len(b))
		switch rng.IntN(8) {
		case 0:
			b[at] ^= 1 << rng.IntN(8)
		case 1:
			b[at] = byte(rng.Uint32())
		case 2:
			b = b[:at]
		case 3: // twice the same
			end := at + rng.IntN(min(len(b)-at, 2000)) + 1
			b = append(b[:end:end], b[at:]...)
		case 4: // a large number
			b = append(b[:at:at], append(binary.AppendUvarint(nil, rng.Uint64()>>rng.IntN(64)), b[at:]...)...)
		case 5: // a part of another
			other := corpus[rng.IntN(len(corpus))]
			b = append(b[:at:at], other[rng.IntN(len(other)+1):]...)
		case 6:
			b = append(b[:at:at], b[min(len(b), at+1+rng.IntN(8)):]...)
		default: // much of the same
			b = append(b[:at:at], bytes.Repeat(b[at:at+1], rng.IntN(5000))...)
		}
	}
	return b
}

// TestHostile: input that is real but for some changes, at every port, by many
// senders at once.
func TestHostile(t *testing.T) {
	b := start(t, 1<<30, "--span-storage.type=memory")
	budget := new(atomic.Int64)
	budget.Store(int64(size(4<<20, 1<<30)))
	var senders sync.WaitGroup
	seed := uint64(0)
	send := func(inputs [][]byte, send func([]byte)) {
		seed++
		rng := rand.New(rand.NewPCG(seed, 12))
		senders.Go(func() {
			for budget.Load() > 0 && !t.Failed() {
				input := mutate(rng, inputs)
				budget.Add(-int64(len(input)) - 100)
				send(input)
			}
		})
	}
	post := func(port, path, contentType string) func([]byte) {
		return func(body []byte) {
			code, answer, err := b.do(http.MethodPost, b.url(port, path), contentType, bytes.NewReader(body))
			if err != nil || code >= 500 {
				t.Errorf("%s %s: %d %.200s %v", path, contentType, code, answer, err)
			}
		}
	}
	otlp := corpus(t, "otlp/*.pb")
	send(corpus(t, "thrift/*compact*.bin"), b.datagrams(server.ThriftCompact))
	send(corpus(t, "thrift/*binary*.bin"), b.datagrams(server.ThriftBinary))
	send(corpus(t, "thrift/*http*.bin"), post(server.ThriftHTTP, "/api/traces", thrift))
	send(otlp, post(server.OTLPHTTP, "/v1/traces", protobuf))
	send(corpus(t, "otlp/*.json"), post(server.OTLPHTTP, "/v1/traces", jsonType))
	send(corpus(t, "otlp/*.gz"), post(server.OTLPHTTP, "/v1/traces", protobuf+gzipped))
	for kind, version := range map[string]string{"v1.json": "v1", "v1.thrift": "v1", "v2.json": "v2", "v2.pb": "v2"} {
		types := map[string]string{".json": jsonType, ".thrift": thrift, ".pb": protobuf}
		send(corpus(t, "zipkin/*."+kind), post(server.Zipkin, "/api/"+version+"/spans", types[filepath.Ext(kind)]))
	}
	send(otlp, b.calls(server.OTLPGRPC, export))
	agents := corpus(t, "postspans/*.pb")
	send(agents, b.calls(server.JaegerGRPC, postSpans))
	send(agents, b.calls(server.SamplingGRPC, "/jaeger.api_v2.SamplingManager/GetSamplingStrategy"))
	for _, port := range []string{
		server.OTLPGRPC, server.OTLPHTTP, server.ThriftHTTP, server.JaegerGRPC, server.Zipkin, server.Query, server.Admin, server.Sampling, server.SamplingGRPC,
	} {
		send(append(slices.Clip(otlp), []byte("GET /api/traces?service=a HTTP/1.1\r\nHost: localhost\r\n\r\n"), []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")), b.raw(port))
	}
	senders.Wait()
	if s := b.check(); s.Books.Received < int64(size(10, 100)) || s.Books.Unread["malformed"] < int64(size(10, 100)) {
		t.Errorf("hardly anything came: %+v", s.Books)
	}
}

// datagrams returns a function that sends to a UDP port, at most as fast as
// the kernel's buffer may hold.
func (b *backend) datagrams(port string) func([]byte) {
	conn, err := net.Dial("udp", b.addrs[port])
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	return func(d []byte) {
		if _, err := conn.Write(d[:min(len(d), 65_000)]); err != nil {
			b.t.Error(err)
		}
	}
}

// Methods that take spans.
const (
	export    = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
	postSpans = "/jaeger.api_v2.CollectorService/PostSpans"
)

// calls returns a function that calls a method over gRPC with any bytes.
func (b *backend) calls(port, method string, options ...grpc.CallOption) func([]byte) {
	conn, err := grpc.NewClient(b.addrs[port], grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	return func(body []byte) {
		var answer []byte
		err := conn.Invoke(b.t.Context(), method, &body, &answer, options...)
		switch status.Code(err) {
		case codes.OK, codes.InvalidArgument, codes.ResourceExhausted:
		default:
			b.t.Error(err)
		}
	}
}

// rawCodec sends bytes as they are.
type rawCodec struct{}

func (rawCodec) Name() string                  { return "proto" }
func (rawCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }

func (rawCodec) Unmarshal(b []byte, v any) error {
	*v.(*[]byte) = bytes.Clone(b)
	return nil
}

// raw returns a function that writes to a new connection and closes it.
func (b *backend) raw(port string) func([]byte) {
	return func(input []byte) {
		conn, err := net.DialTimeout("tcp", b.addrs[port], hang)
		if err != nil {
			b.t.Error(port, err)
			return
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(hang))
		_, err = conn.Write(input)
		if err != nil && strings.Contains(err.Error(), "timeout") {
			b.t.Error(port, err)
		}
	}
}
