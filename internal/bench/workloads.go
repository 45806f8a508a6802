// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
)

// Values that are no constants, so that the caller pays for putting them into
// interfaces, as real callers do.
var (
	requestURL = strings.Clone("http://example.com/orders/42")
	statusCode = 404 // the runtime boxes numbers below 256 for free
	bytesRead  = 1 << 20
)

// Root is workloads a and c: the caller allocates nothing.
func Root(tracer opentracing.Tracer, _ opentracing.SpanContext) { tracer.StartSpan("op").Finish() }

// RootAndChild is workload b. The caller allocates 5 objects, 128 bytes.
func RootAndChild(tracer opentracing.Tracer, _ opentracing.SpanContext) {
	root := tracer.StartSpan("root")
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
	child.SetTag("component", "net/http")
	child.SetTag("http.status_code", statusCode)
	child.SetTag("http.url", requestURL)
	child.LogFields(log.String("event", "done"))
	child.Finish()
	root.Finish()
}

// RPC is workload d. The caller allocates 6 objects, 240 bytes.
func RPC(tracer opentracing.Tracer, parent opentracing.SpanContext) {
	StartRPC(tracer, parent).Finish()
}

// StartRPC is RPC without its end.
func StartRPC(tracer opentracing.Tracer, parent opentracing.SpanContext) opentracing.Span {
	s := tracer.StartSpan("rpc", opentracing.ChildOf(parent), ext.SpanKindRPCServer)
	s.SetTag("component", "net/http")
	s.SetTag("http.method", "GET")
	s.SetTag("http.url", requestURL)
	s.SetTag("http.status_code", statusCode)
	s.LogFields(log.String("event", "done"), log.Int("bytes", bytesRead))
	return s
}
