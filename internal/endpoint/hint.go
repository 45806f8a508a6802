// SPDX-License-Identifier: Apache-2.0

package endpoint

import (
	"net"
	"net/url"
	"strings"

	"github.com/go-spur/spur/transport"
)

// ports are those whose numbers say what is spoken there. http is what is wrong with
// an http URL, udp with a udp one.
var ports = [...]struct{ port, http, udp string }{
	{"4317", "takes OTLP over gRPC; OTLP over HTTP is taken at port 4318", "takes OTLP over gRPC; agents listen at udp port 6831"},
	{"4318", "", "takes OTLP over HTTP: write http:// instead of udp://"},
	{"5775", "is that of an agent: write udp:// instead of http://", ""},
	{"5778", "says how to sample; spans are taken at 4318 (OTLP) or 14268 (Thrift)", "says how to sample; agents listen at udp port 6831"},
	{"6831", "is that of an agent: write udp:// instead of http://", ""},
	{"6832", "is that of an agent: write udp:// instead of http://", ""},
	{"9411", "takes Zipkin's spans; others are taken at 4318 (OTLP) or 14268 (Thrift)", "takes Zipkin's spans; agents listen at udp port 6831"},
	{"14250", "takes spans over gRPC; over HTTP they are taken at 4318 (OTLP) or 14268 (Thrift)", "takes spans over gRPC; agents listen at udp port 6831"},
	{"14268", "", "is that of a collector: write http:// instead of udp://"},
	{"16686", "is that of Jaeger's user interface; spans are taken at 4318 (OTLP) or 14268 (Thrift)", "is that of Jaeger's user interface; agents listen at udp port 6831"},
}

// Hint returns what is probably wrong with the address, for people, or "". It shows
// no secrets.
func (e *Endpoint) Hint() string {
	host, path := e.Address, ""
	if !e.UDP() {
		u, err := url.Parse(e.Address)
		if err != nil {
			return ""
		}
		host, path = u.Host, strings.TrimRight(u.Path, "/")
	}
	_, port, _ := net.SplitHostPort(host) // of no port is no hint
	switch {
	case port == "4318" && e.Format == transport.JaegerBatch:
		return "port 4318 takes OTLP, and no Thrift: leave the path out, or end it in /v1/traces"
	case port == "14268" && e.Format == transport.OTLP:
		return "port 14268 takes Thrift, at /api/traces; OTLP is taken at port 4318"
	}
	for _, p := range ports {
		hint := p.http
		if e.UDP() {
			hint = p.udp
		}
		if p.port == port && hint != "" {
			return "port " + port + " " + hint
		}
	}
	if e.Format == transport.JaegerBatch && path != "" && !strings.HasSuffix(path, "/api/traces") {
		return "unknown path, where Thrift is sent; /api/traces usually takes that, and OTLP is sent to paths that end in /v1/traces"
	}
	return ""
}
