// SPDX-License-Identifier: Apache-2.0

package emit

import (
	"context"
	"slices"
)

// Wire is a way to a receiver.
type Wire string

// The wires, and what Send wants to know of the receiver.
const (
	Compact    Wire = "compact"   // UDP, Thrift compact: host:port
	Binary     Wire = "binary"    // UDP, Thrift binary: host:port
	ThriftHTTP Wire = "http"      // Thrift binary by POST: the URL
	OTLPHTTP   Wire = "otlp-http" // the URL, with /v1/traces
	OTLPGRPC   Wire = "otlp-grpc" // host:port
	Zipkin     Wire = "zipkin"    // the URL, without a path
)

// Sender is a program's way to send spans.
type Sender struct {
	Name     string // maker, wire and subject
	Wire     Wire
	Services []string // whose spans it sends
	Spans    int      // how many that can be read
	Unshown  bool     // Jaeger cannot show them, or takes none
	File     string   // in backend/testdata, what it sends in one piece; "" when others send the same
	Send     func(ctx context.Context, to string) error
}

// Senders are all there are. node and collector are the paths of the scripts node.sh
// and collector.sh.
func Senders(node, collector string) []Sender {
	return slices.Concat(openTracing(), openTelemetry(), zipkin(), javaScript(node), collectors(collector))
}
