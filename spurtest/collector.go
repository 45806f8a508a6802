// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The defaults of CollectorOptions.
const (
	DefaultCollectorSpans = 100_000
	DefaultCollectorBody  = 20 << 20
)

const (
	collectorRequests = 10_000           // that are kept
	collectorReaders  = 16               // bodies that are read or decoded at a time
	collectorPatience = 10 * time.Second // for a header, and then for a body
	collectorIdle     = time.Minute      // after which a connection is closed
	collectorHeader   = 64 << 10         // bytes of a request's header
	collectorHeaders  = 16 << 20         // bytes of all headers that are kept
)

// CollectorOptions changes what StartCollector starts.
type CollectorOptions struct {
	// Addr is host and port to listen at, as for net.Listen: 127.0.0.1 and a port that
	// the system chooses when "".
	Addr string
	// MaxSpans is how many spans are kept; DefaultCollectorSpans when 0 or less.
	// Requests that find no room are accepted, and counted in Discarded.
	MaxSpans int
	// MaxBody is how many bytes a request's body may have, before and after it is
	// uncompressed; DefaultCollectorBody when 0 or less. A longer one is
	// answered with 413.
	MaxBody int
}

// Collector takes the part of Jaeger's collector in a test: it listens on a TCP port
// and takes what is posted to
//
//   - /api/traces: a Thrift batch in the binary protocol, as application/x-thrift
//     or application/vnd.apache.thrift.binary; the answer is 202 without a body
//   - /v1/traces: OTLP in protobuf, as application/x-protobuf; the answer is 200
//     with an ExportTraceServiceResponse that rejects nothing
//
// compressed with gzip or not. It refuses as Jaeger does: with 400 what it cannot
// decode and other content types on /api/traces, with 415 other content types on
// /v1/traces, OTLP's JSON among them.
//
// It keeps the spans, and what the requests were. A trace looks the same in both
// formats, but that Thrift cuts times to microseconds: tags that OTLP has fields
// for, such as span.kind and error, come behind the others, the event of a log
// comes first, and counts of what limits removed are fields of the span.
//
// What it keeps comes from bodies of at most 256 MiB in all. All methods may be
// called from any goroutine, also after Close. A tracer sends to it with
// spur.WithEndpoint and ThriftURL or OTLPURL.
type Collector struct {
	inbox
	server  *http.Server
	host    string
	maxBody int64
	readers chan struct{} // a place for each body being read

	hook        atomic.Pointer[func(http.ResponseWriter, *http.Request) bool]
	connections atomic.Int64

	closing context.CancelFunc // ends the context of every request
	running sync.WaitGroup     // the server and its requests

	state    sync.Mutex
	closed   bool
	requests []*Request
	headers  int   // bytes in requests
	asked    int   // requests since the start or the last Reset
	script   []int // statuses of the next answers
	secret   string
}

// Request is one HTTP request that a Collector answered.
type Request struct {
	Method string
	Target string // path and query
	Header http.Header
	Size   int // of the body as it was sent; 0 if the collector did not read it
	Spans  int // that it brought
	Status int // of the answer; 0 if it came from the function given to Intercept
}

// NewCollector starts a collector for a test, which closes it. The test ends here
// if no port can be had.
func NewCollector(t testing.TB) *Collector {
	t.Helper()
	c, err := StartCollector(CollectorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// StartCollector starts a collector. The error names the address if it cannot listen
// there. Its goroutines run until Close.
func StartCollector(o CollectorOptions) (*Collector, error) {
	addr := cmp.Or(o.Addr, anyPort)
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, listenError("collector", addr, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &Collector{
		host: reachable(listener.Addr()).String(), maxBody: int64(o.MaxBody),
		readers: make(chan struct{}, collectorReaders), closing: cancel,
	}
	if c.maxBody <= 0 {
		c.maxBody = DefaultCollectorBody
	}
	c.open(o.MaxSpans, DefaultCollectorSpans)
	c.server = &http.Server{
		Handler:           http.HandlerFunc(c.serve),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnState:         c.count,
		ReadHeaderTimeout: collectorPatience,
		IdleTimeout:       collectorIdle,
		MaxHeaderBytes:    collectorHeader,
	}
	c.running.Add(1)
	go func() {
		defer c.running.Done()
		_ = c.server.Serve(listener) // until Close
	}()
	return c, nil
}

// Addr returns host and port, such as 127.0.0.1:40001.
func (c *Collector) Addr() string { return c.host }

// URL returns the address without a path, such as http://127.0.0.1:40001: what
// belongs into OTEL_EXPORTER_OTLP_ENDPOINT.
func (c *Collector) URL() string { return "http://" + c.host }

// ThriftURL returns where Thrift is taken: what belongs into JAEGER_ENDPOINT.
func (c *Collector) ThriftURL() string { return c.URL() + thriftPath }

// OTLPURL returns where OTLP is taken: what belongs into
// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT.
func (c *Collector) OTLPURL() string { return c.URL() + otlpPath }

// Intercept makes the collector ask hook about every request that comes from now
// on, before it does anything else; nil ends that. When hook returns true it has
// answered the request, and the collector does nothing more than to note that it
// came. hook may answer anything, or nothing: panic(http.ErrAbortHandler) breaks
// the connection, and waiting for the end of r.Context() keeps the client waiting
// until it gives up or the collector is closed, for which Close waits. hook is
// called from several goroutines. Bodies are not longer than
// CollectorOptions.MaxBody for it either.
func (c *Collector) Intercept(hook func(w http.ResponseWriter, r *http.Request) bool) {
	c.hook.Store(&hook)
}

// FailNext makes the collector answer the next requests with these statuses, one
// each, without looking at them; 0 lets one pass. They come after those of earlier
// calls.
func (c *Collector) FailNext(statuses ...int) {
	c.state.Lock()
	defer c.state.Unlock()
	c.script = append(c.script, statuses...)
}

// RequireAuthorization makes the collector answer 401 to requests whose
// Authorization header is not value, such as "Bearer swordfish". "" ends that.
func (c *Collector) RequireAuthorization(value string) {
	c.state.Lock()
	defer c.state.Unlock()
	c.secret = value
}

// Requests returns a copy of what is known about each request since the start or
// the last Reset, in the order in which they began: of the first 10,000, and of
// fewer when their headers have more than 16 MiB.
func (c *Collector) Requests() []Request {
	c.state.Lock()
	defer c.state.Unlock()
	requests := make([]Request, len(c.requests))
	for i, r := range c.requests {
		requests[i] = *r
		requests[i].Header = r.Header.Clone()
	}
	return requests
}

// Asked returns how many requests came since the start or the last Reset.
func (c *Collector) Asked() int {
	c.state.Lock()
	defer c.state.Unlock()
	return c.asked
}

// Connections returns how many connections were opened since the start. Reset
// does not change it.
func (c *Collector) Connections() int { return int(c.connections.Load()) }

// Reset forgets the batches and the requests, and makes Wait count from 0.
func (c *Collector) Reset() {
	c.state.Lock()
	c.requests, c.headers, c.asked = nil, 0, 0
	c.state.Unlock()
	c.inbox.Reset()
}

// Close stops listening, breaks the connections and returns when no request is
// being dealt with any more. Later calls return nil.
func (c *Collector) Close() error {
	c.state.Lock()
	first := !c.closed
	c.closed = true
	c.state.Unlock()
	var err error
	if first {
		err = c.server.Close()
		c.closing() // after it, or a request that waits for its end would still be answered
		c.running.Wait()
		close(c.done)
	}
	<-c.done
	return err
}

// count is the server's ConnState.
func (c *Collector) count(_ net.Conn, s http.ConnState) {
	if s == http.StateNew {
		c.connections.Add(1)
	}
}
