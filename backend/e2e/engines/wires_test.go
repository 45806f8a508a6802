// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"path"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/server"
)

// portNames are the ports of our commands by Jaeger's numbers.
var portNames = map[int]string{
	4317: server.OTLPGRPC, 4318: server.OTLPHTTP, 6831: server.ThriftCompact, 6832: server.ThriftBinary,
	9411: server.Zipkin, 14250: server.JaegerGRPC, 14268: server.ThriftHTTP,
}

// receivers are the settings of a Jaeger v2 that takes spans by all these wires.
func receivers(addr func(port int) string) string {
	return fmt.Sprintf(`receivers:
  otlp: {protocols: {grpc: {endpoint: "%s"}, http: {endpoint: "%s"}}}
  jaeger: {protocols: {grpc: {endpoint: "%s"}, thrift_http: {endpoint: "%s"}, thrift_compact: {endpoint: "%s"}, thrift_binary: {endpoint: "%s"}}}
  zipkin: {endpoint: "%s"}
`, addr(4317), addr(4318), addr(14250), addr(14268), addr(6831), addr(6832), addr(9411))
}

// send sends each file of the corpus once, by the wire that is its own or by gRPC, so that
// all wires have their share. addr says where a port is.
func (c *corpus) send(t *testing.T, addr func(port int) string) {
	t.Helper()
	const postSpans, export = "/jaeger.api_v2.CollectorService/PostSpans", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
	ports := map[int]int{}
	for _, d := range c.sent {
		name := path.Base(d.File)
		switch {
		case d.Method == "" && strings.HasSuffix(name, "-64bit.bin"): // as Jaeger's agent passes it on
			ports[14250]++
			c.call(t, addr(14250), postSpans, "postspans/"+strings.TrimSuffix(name, ".bin")+".pb")
		case d.Method == "":
			ports[d.Port]++
			c.datagram(t, addr(d.Port), d.File)
		case d.Port == 4318 && d.ContentEncoding == "" && !strings.HasPrefix(name, "otelgo-"):
			ports[4317]++
			c.call(t, addr(4317), export, d.File)
		default:
			ports[d.Port]++
			c.post(t, addr(d.Port), d)
		}
	}
	for port, name := range portNames {
		if ports[port] == 0 {
			t.Fatalf("no file was sent to port %d, %s", port, name)
		}
	}
}

func (c *corpus) bytes(t *testing.T, file string) []byte {
	t.Helper()
	b, err := c.index.Bytes(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// call sends a file as the message of a method of gRPC.
func (c *corpus) call(t *testing.T, addr, method, file string) {
	t.Helper()
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	var answer []byte
	body := c.bytes(t, file)
	if err := conn.Invoke(t.Context(), method, &body, &answer, grpc.ForceCodecV2(bytesCodec{})); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func (c *corpus) datagram(t *testing.T, addr, file string) {
	t.Helper()
	conn, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(c.bytes(t, file)); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func (c *corpus) post(t *testing.T, addr string, d golden.Delivery) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), d.Method, "http://"+addr+d.Path, bytes.NewReader(c.bytes(t, d.File)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", d.ContentType)
	if d.ContentEncoding != "" {
		r.Header.Set("Content-Encoding", d.ContentEncoding)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		t.Fatalf("%s: %s", d.File, answer.Status)
	}
}
