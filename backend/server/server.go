// SPDX-License-Identifier: Apache-2.0

package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/go-spur/spur/backend/admin"
	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/internal/bearer"
	"github.com/go-spur/spur/backend/query"
	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Deps are what a Server needs of its surroundings.
type Deps struct {
	Logger  *slog.Logger // nil is slog.Default()
	Engines Engines      // nil is none
	Ingest  Ingest       // what the command ingester does
}

// Engines opens the store of that name, one that package open does not know, and says
// where the spans of it are. It registers metrics with reg.
type Engines func(ctx context.Context, name string, c *config.Config, reg prometheus.Registerer, log *slog.Logger) (s store.Store, where string, err error)

// Server is a running backend.
type Server struct {
	config  config.Config
	log     *slog.Logger
	metrics *prometheus.Registry
	started time.Time
	ports   []query.Port
	release []func() error // closes the sockets, and what follows a file
	engines Engines
	ingest  Ingest

	stores       []kept
	store        store.Store        // the first
	collector    *collect.Collector // the first's
	ingester     Ingester           // nil unless the command is that
	reads        string             // what the ingester does
	sink         receive.Sink       // the collectors
	tracer       *selfTracer        // nil when it does not trace itself
	clients      *receive.Clients
	strategies   sampling.Source
	adaptive     *sampling.Adaptive // the strategies, or nil
	receivers    []part
	query, admin part

	mu      sync.Mutex
	unready error // why, or nil
}

// part is a component that serves until it is closed.
type part interface {
	Serve() error
	Close(context.Context) error
}

var (
	errStarting = errors.New("starting")
	errStopping = errors.New("stopping")
)

// Start listens, opens the store and serves, until Close. Ports that are taken are
// left out, and logged; that of query is needed. It returns when all is ready.
func Start(ctx context.Context, c config.Config, d Deps) (_ *Server, err error) {
	s := &Server{
		config:  c,
		log:     cmp.Or(d.Logger, slog.Default()),
		metrics: prometheus.NewRegistry(),
		engines: d.Engines,
		ingest:  d.Ingest,
		started: time.Now(),
		unready: errStarting,
	}
	defer func() {
		if err != nil {
			_ = s.Close(ctx) // err is what matters
		}
	}()
	s.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), s.readiness())

	l := listener{ctx: ctx, config: &s.config, log: s.log}
	open, err := l.all()
	s.ports, s.release = l.ports, l.close
	if err != nil {
		return nil, err
	}
	for _, p := range s.ports {
		if p.Error != "" {
			s.log.Warn("port not used: "+p.Error, "port", p.Name, "address", p.Address)
		}
	}
	if c.Command.Nearby() {
		s.clients = receive.NewClients(s.metrics, s.log)
	}
	s.serveAdmin(open.admin)
	if err := s.openStores(ctx); err != nil {
		return nil, err
	}
	if err := s.openSampling(ctx); err != nil {
		return nil, err
	}
	if c.Command.Takes() {
		if err := s.collect(); err != nil {
			return nil, err
		}
	}
	s.receive(&open)
	if c.Command == config.Ingester {
		if err := s.openIngester(ctx); err != nil {
			return nil, err
		}
	}
	if c.Command.Queries() {
		if err := s.serveQuery(open.query); err != nil {
			return nil, err
		}
	}
	s.becomes(nil)
	return s, nil
}

// receive starts the receivers whose ports are open.
func (s *Server) receive(open *sockets) {
	sink, strategies, reg, log := s.sink, s.strategies, s.metrics, s.log
	if s.adaptive != nil {
		sink = receive.Observe(sink, s.adaptive)
	}
	add := func(name string, p part) {
		s.receivers = append(s.receivers, p)
		s.serve(name, p)
	}
	if open.otlpGRPC != nil {
		r := receive.NewOTLPGRPC(open.otlpGRPC, sink, log)
		r.RequireToken(s.config.CollectorToken)
		add(OTLPGRPC, r)
	}
	if open.otlpHTTP != nil {
		r := receive.NewOTLPHTTP(open.otlpHTTP, sink, log)
		r.RequireToken(s.config.CollectorToken)
		add(OTLPHTTP, r)
	}
	if open.thriftHTTP != nil {
		r := receive.NewHTTP(open.thriftHTTP, strategies, sink, reg, log)
		r.RequireToken(s.config.CollectorToken)
		add(ThriftHTTP, r)
	}
	if open.jaegerGRPC != nil {
		r := receive.NewJaegerGRPC(open.jaegerGRPC, strategies, sink, log)
		r.RequireToken(s.config.CollectorToken)
		add(JaegerGRPC, r)
	}
	if open.zipkin != nil {
		r := receive.NewZipkin(open.zipkin, sink, log)
		r.RequireToken(s.config.CollectorToken)
		add(Zipkin, r)
	}
	if open.compact != nil {
		add(ThriftCompact, receive.NewUDP(open.compact, receive.Compact, sink, s.clients, reg, log))
	}
	if open.binary != nil {
		add(ThriftBinary, receive.NewUDP(open.binary, receive.Binary, sink, s.clients, reg, log))
	}
	if open.sampling != nil {
		add(Sampling, receive.NewSampling(open.sampling, strategies, reg, log))
	}
	if open.samplingGRPC != nil {
		add(SamplingGRPC, receive.NewSamplingGRPC(open.samplingGRPC, strategies, log))
	}
}

func (s *Server) serveQuery(l net.Listener) error {
	pages, err := s.uiConfig()
	if err != nil {
		return err
	}
	c := query.Config{
		Store: s.store, Status: s.status, DecodeOTLP: receive.DecodeOTLP, UIConfig: pages,
		BasePath: s.config.BasePath, AllowedHosts: s.allowedHosts(l.Addr()), Logger: s.log,
	}
	if s.collector != nil {
		c.Validate = s.collector.Validate
	}
	h := query.New(c)
	s.query = newWebServer(l, s.tracer.handler(requireToken(bearer.Token(s.config.QueryToken), h)), s.log)
	s.serve(Query, s.query)
	return nil
}

func (s *Server) serveAdmin(l net.Listener) {
	if l == nil {
		return
	}
	c := admin.Config{Ready: s.Ready, Metrics: s.metrics, AllowedHosts: s.allowedHosts(l.Addr())}
	if s.clients != nil {
		c.Clients = s.clients.List
	}
	if s.config.Command == config.Ingester {
		c.Status = s.ingesterStatus
	}
	h := admin.New(c)
	s.admin = newWebServer(l, h, s.log)
	s.serve(Admin, s.admin)
}

// serve runs p. When it ends by itself the server is no longer ready.
func (s *Server) serve(name string, p part) {
	go func() {
		if err := p.Serve(); err != nil {
			s.log.Error("a port no longer answers", "port", name, "error", err)
			s.becomes(fmt.Errorf("%s: %w", name, err))
		}
	}()
}

// allowedHosts returns the names by which a server at addr may be called: any, if
// others than this machine can reach it and no names were given.
func (s *Server) allowedHosts(addr net.Addr) []string {
	tcp, ok := addr.(*net.TCPAddr)
	if len(s.config.AllowedHosts) == 0 && !(ok && tcp.IP.IsLoopback()) {
		return []string{"*"}
	}
	return append(slices.Clone(s.config.AllowedHosts), s.config.Listen)
}

// becomes sets why the server is not ready, or that it is. What ended it stays.
func (s *Server) becomes(unready error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unready == nil || errors.Is(s.unready, errStarting) {
		s.unready = unready
	}
}

// Ready returns nil, or why the server does not do all its work. One that can store goes on
// to be given spans when they cannot be found.
func (s *Server) Ready() error {
	s.mu.Lock()
	unready := s.unready
	s.mu.Unlock()
	if unready != nil {
		return unready
	}
	for _, k := range s.stores {
		if p, ok := k.store.(store.Prober); ok {
			if err := p.Ready(); err != nil {
				return err
			}
		}
		if p, ok := k.store.(store.ReadProber); ok && !s.config.Command.Writes() {
			if err := p.ReadyToRead(); err != nil {
				return err
			}
		}
	}
	switch {
	case s.ingester != nil:
		return s.ingester.Ready()
	case s.collector != nil:
		return s.collector.Ready()
	}
	return nil
}

// readiness shows Ready to Prometheus.
func (s *Server) readiness() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "spur_ready", Help: "1 when the health check says 200, 0 when it says 503 and why.",
	}, func() float64 {
		if s.Ready() != nil {
			return 0
		}
		return 1
	})
}

// Addr returns where the port of that name listens, as host:port, or "" when it
// does not.
func (s *Server) Addr(name string) string {
	for _, p := range s.ports {
		if p.Name == name && p.Error == "" {
			return p.Address
		}
	}
	return ""
}

// Books returns what became of all spans so far.
func (s *Server) Books() (b trace.Books) {
	switch {
	case s.ingester != nil:
		return s.ingester.Books()
	case s.collector != nil:
		return s.collector.Books()
	}
	return b
}

func (s *Server) status() query.Backend {
	return query.Backend{Version: version(), Started: s.started, Ports: slices.Clone(s.ports), Books: s.Books(), Others: s.others()}
}
