// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
)

// portQuery is Jaeger's for query.
const portQuery = 16686

// ports are the names of Jaeger's.
var ports = map[int]string{
	portQuery: server.Query, 4317: server.OTLPGRPC, 4318: server.OTLPHTTP, 14268: server.ThriftHTTP, 9411: server.Zipkin,
	6831: server.ThriftCompact, 6832: server.ThriftBinary, 5778: server.Sampling, 14250: server.JaegerGRPC, 5779: server.SamplingGRPC, 14269: server.Admin,
}

// settings are those of a test: any ports, and a folder of its own.
func settings(t *testing.T, engine string) config.Config {
	c := config.Default(config.AllInOne)
	c.Storage, c.Data = engine, t.TempDir()
	c.FreePorts()
	return c
}

// allInOne is an all-in-one of this process.
type allInOne struct {
	*server.Server
	t *testing.T
}

// start starts one, which ends with the test.
func start(t *testing.T, engine string) *allInOne {
	t.Helper()
	return startWith(t, settings(t, engine))
}

// startWith starts what c says, which ends with the test, or before.
func startWith(t *testing.T, c config.Config) *allInOne {
	t.Helper()
	s, err := server.Start(t.Context(), c, server.Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	started := &allInOne{s, t}
	t.Cleanup(started.close)
	return started
}

// close ends it, when it has not ended.
func (s *allInOne) close() {
	if s.Server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		s.t.Error(err)
	}
	s.Server = nil
}

// addr is host:port of one of Jaeger's ports.
func (s *allInOne) addr(port int) string { return s.Addr(ports[port]) }

// awaitStored waits until n spans have come and what becomes of them is settled.
func (s *allInOne) awaitStored(n int64) {
	s.t.Helper()
	end := time.After(10 * time.Second)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		b := s.Books()
		if b.Received >= n && b.Waiting == 0 && b.Balance() == 0 {
			return
		}
		select {
		case <-look.C:
		case <-end:
			s.t.Fatalf("%d spans were sent, and the books say %+v", n, b)
		}
	}
}
