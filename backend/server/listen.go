// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"syscall"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/query"
)

// The names of the ports.
const (
	Query         = "query"          // 16686
	Admin         = "admin"          // 14269
	OTLPGRPC      = "otlp-grpc"      // 4317
	OTLPHTTP      = "otlp-http"      // 4318
	ThriftHTTP    = "thrift-http"    // 14268
	JaegerGRPC    = "jaeger-grpc"    // 14250
	Zipkin        = "zipkin"         // 9411
	ThriftCompact = "thrift-compact" // 6831
	ThriftBinary  = "thrift-binary"  // 6832
	Sampling      = "sampling"       // 5778
	SamplingGRPC  = "sampling-grpc"  // 5779
)

// purposes are what the ports are for, by their names.
func purposes() map[string]string {
	return map[string]string{
		Query:         "pages for people, and the API",
		Admin:         "health, metrics, profiles",
		OTLPGRPC:      "spans from OpenTelemetry",
		OTLPHTTP:      "spans from OpenTelemetry",
		ThriftHTTP:    "spans from clients of Jaeger",
		JaegerGRPC:    "spans from Jaeger's agents, and what to sample",
		Zipkin:        "spans from clients of Zipkin",
		ThriftCompact: "spans from spur and clients of Jaeger, over UDP",
		ThriftBinary:  "spans from Jaeger's client for Node, over UDP",
		Sampling:      "what to sample, for clients of Jaeger",
		SamplingGRPC:  "what to sample, over gRPC",
	}
}

// sockets are the open ports. Those that are taken are nil.
type sockets struct {
	query, admin, otlpGRPC, otlpHTTP, thriftHTTP, jaegerGRPC, zipkin, sampling, samplingGRPC net.Listener

	compact, binary *net.UDPConn
}

// all opens the ports of the command.
func (l *listener) all() (s sockets, err error) {
	c := l.config
	if c.Command.Queries() {
		s.query = l.tcp(Query, c.QueryHTTP, c.QueryTLS)
	}
	if c.Command.Collects() {
		if c.OTLP {
			s.otlpGRPC = l.tcp(OTLPGRPC, c.OTLPGRPC, c.OTLPGRPCTLS)
			s.otlpHTTP = l.tcp(OTLPHTTP, c.OTLPHTTP, c.OTLPHTTPTLS)
		}
		s.thriftHTTP = l.tcp(ThriftHTTP, c.CollectorHTTP, c.CollectorTLS)
		s.jaegerGRPC = l.tcp(JaegerGRPC, c.CollectorGRPC, c.CollectorGRPCTLS)
		s.samplingGRPC = l.tcp(SamplingGRPC, c.SamplingGRPC, config.TLS{})
		if c.Zipkin != "" {
			s.zipkin = l.tcp(Zipkin, c.Zipkin, c.ZipkinTLS)
		}
	}
	if c.Command.Nearby() {
		s.compact = l.udp(ThriftCompact, c.CompactUDP)
		s.binary = l.udp(ThriftBinary, c.BinaryUDP)
		s.sampling = l.tcp(Sampling, c.SamplingHTTP, config.TLS{})
	}
	s.admin = l.tcp(Admin, c.AdminHTTP, c.AdminTLS)
	return s, l.err
}

// listener opens ports, and remembers them.
type listener struct {
	ctx    context.Context
	config *config.Config
	log    *slog.Logger
	ports  []query.Port
	err    error // why the process cannot start
	close  []func() error
}

// tcp returns a listener at addr, or nil when that is taken.
func (l *listener) tcp(name, addr string, t config.TLS) net.Listener {
	lis, err := new(net.ListenConfig).Listen(l.ctx, "tcp", l.config.Address(addr))
	if !l.note(name, addr, err) {
		return nil
	}
	l.opened(lis.Addr(), lis.Close)
	lis, err = secure(lis, t, l.log)
	l.err = errors.Join(l.err, err)
	return lis
}

// udp returns a socket at addr, or nil when that is taken.
func (l *listener) udp(name, addr string) *net.UDPConn {
	conn, err := new(net.ListenConfig).ListenPacket(l.ctx, "udp", l.config.Address(addr))
	if !l.note(name, addr, err) {
		return nil
	}
	l.opened(conn.LocalAddr(), conn.Close)
	return conn.(*net.UDPConn)
}

// note adds a port, and reports whether it is open. For all-in-one, one that is
// taken is not worth an error, unless it is query's.
func (l *listener) note(name, addr string, err error) bool {
	p := query.Port{Name: name, Address: l.config.Address(addr), Purpose: purposes()[name]}
	switch {
	case err == nil:
	case !isTaken(err):
		l.err = errors.Join(l.err, fmt.Errorf("%s: %w", name, err))
		return false
	case name == Query:
		l.err = errors.Join(l.err, fmt.Errorf("%s is taken, perhaps by another all-in-one: stop that, or choose a port with --query.http-server.host-port", p.Address))
		return false
	case l.config.Command != config.AllInOne:
		l.err = errors.Join(l.err, fmt.Errorf("%s: %s is taken, perhaps by another Jaeger", name, p.Address))
		return false
	default:
		p.Error = "taken, perhaps by another Jaeger"
	}
	l.ports = append(l.ports, p)
	return err == nil
}

func (l *listener) opened(addr net.Addr, closer func() error) {
	l.ports[len(l.ports)-1].Address = addr.String()
	l.close = append(l.close, closer)
}

// isTaken reports whether an address is in use.
func isTaken(err error) bool {
	const windows syscall.Errno = 10048 // WSAEADDRINUSE
	var errno syscall.Errno
	return errors.Is(err, syscall.EADDRINUSE) || runtime.GOOS == "windows" && errors.As(err, &errno) && errno == windows
}
