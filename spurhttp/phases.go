// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"crypto/tls"
	"net/http/httptrace"
	"sync"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
)

// phases logs what happens to a request. net/http calls its functions on several
// goroutines, and some of them after the request has ended: a connection that was
// being made goes to the next one.
type phases struct {
	span *spur.Span

	mu    sync.Mutex
	ended bool
}

// end has later calls do nothing. A nil p is none.
func (p *phases) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
}

// log writes one event. The lock keeps the span from finishing meanwhile.
func (p *phases) log(event string, err error, more ...log.Field) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	fields := append([]log.Field{log.Event(event)}, more...)
	if err != nil {
		fields = append(fields, log.Error(err))
	}
	p.span.LogFields(fields...)
}

func (p *phases) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart:          func(i httptrace.DNSStartInfo) { p.log("dns start", nil, log.String("host", i.Host)) },
		DNSDone:           func(i httptrace.DNSDoneInfo) { p.log("dns", i.Err, log.Int("addresses", len(i.Addrs))) },
		ConnectStart:      func(_, addr string) { p.log("connect start", nil, log.String("address", addr)) },
		ConnectDone:       func(_, addr string, err error) { p.log("connect", err, log.String("address", addr)) },
		TLSHandshakeStart: func() { p.log("tls start", nil) },
		TLSHandshakeDone: func(s tls.ConnectionState, err error) {
			p.log("tls", err, log.String("version", tls.VersionName(s.Version)))
		},
		GotConn:              func(i httptrace.GotConnInfo) { p.log("got connection", nil, log.Bool("reused", i.Reused)) },
		Got100Continue:       func() { p.log("got 100 continue", nil) },
		WroteRequest:         func(i httptrace.WroteRequestInfo) { p.log("wrote request", i.Err) },
		GotFirstResponseByte: func() { p.log("first byte", nil) },
	}
}
