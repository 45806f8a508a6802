// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"testing"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/internal/kafkatest"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store/engines"
)

// start starts a server of the command, with c's ports replaced by free ones.
func start(t *testing.T, c config.Config) *server.Server {
	t.Helper()
	c.Listen = "127.0.0.1"
	c.FreePorts()
	if c.Storage == "cassandra" || c.Storage == "opensearch" { // there is no server
		c.Storage, c.Data = "sqlite", t.TempDir()
	}
	if c.Command.Queries() && !c.Command.Collects() { // it wants a store that a collector has made
		collector := config.Default(config.Collector)
		collector.Data = c.Data
		start(t, collector)
	}
	if c.Command == config.Ingester || c.Storage == "kafka" {
		_, broker := kafkatest.NewCluster(t)
		c.KafkaConsumer.Addresses, c.KafkaProducer.Addresses = broker.Addresses, broker.Addresses
	}
	s, err := server.Start(t.Context(), c, server.Deps{Logger: slog.New(slog.DiscardHandler), Engines: engines.Open, Ingest: engines.Ingest})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// opened returns the ports that a command with these settings opens, as 6831/udp.
func opened(t *testing.T, c config.Config) (ports []string) {
	t.Helper()
	configured := c
	c.Data, c.Forward.Spool = t.TempDir(), ""
	s := start(t, c)
	for name, addr := range map[string]string{
		server.Query: configured.QueryHTTP, server.Admin: configured.AdminHTTP, server.OTLPGRPC: configured.OTLPGRPC, server.OTLPHTTP: configured.OTLPHTTP,
		server.ThriftHTTP: configured.CollectorHTTP, server.JaegerGRPC: configured.CollectorGRPC, server.Zipkin: configured.Zipkin,
		server.ThriftCompact: configured.CompactUDP, server.ThriftBinary: configured.BinaryUDP,
		server.Sampling: configured.SamplingHTTP, server.SamplingGRPC: configured.SamplingGRPC,
	} {
		if s.Addr(name) == "" {
			continue
		}
		_, port, err := net.SplitHostPort(configured.Address(addr))
		if err != nil {
			t.Fatal(err)
		}
		if name == server.ThriftCompact || name == server.ThriftBinary {
			port += "/udp"
		}
		ports = append(ports, withProtocol(port))
	}
	return ports
}

// TestContainers: the settings of each container are known to its command, which
// opens the ports that it names, and keeps traces in a folder that it may write to.
func TestContainers(t *testing.T) {
	i := dockerfile(t)
	for _, c := range slices.Concat(composed(t), kubernetes(t)) {
		t.Run(c.where, func(t *testing.T) {
			parsed, warning, err := config.Parse(c.command, c.args, c.env)
			if warning != "" || err != nil {
				t.Fatal(warning, err)
			}
			if parsed.Command == config.Dependencies { // it listens to nobody, and ends
				if len(c.ports) > 0 {
					t.Errorf("ports %v", c.ports)
				}
				return
			}
			if parsed.Listen != "0.0.0.0" {
				t.Errorf("nobody reaches %s", parsed.Listen)
			}
			for _, f := range []string{parsed.Data, parsed.Forward.Spool} {
				if f != "" && (!slices.Contains(c.folders, f) || f != i.volume) {
					t.Errorf("%s is not the image's folder %s, or not mounted: %v", f, i.volume, c.folders)
				}
			}
			ports := opened(t, parsed)
			for _, p := range c.ports {
				if !slices.Contains(ports, p) {
					t.Errorf("%s is not open, but %v", p, ports)
				}
			}
		})
	}
}

// TestImage: images expose what their commands open, and nothing more.
func TestImage(t *testing.T) {
	i := dockerfile(t)
	var all []string
	for _, command := range commands() {
		c, warning, err := config.Parse(command, nil, i.env)
		if warning != "" || err != nil {
			t.Errorf("%v: %s %v", command, warning, err)
		}
		if command == config.Dependencies {
			continue // a job
		}
		all = append(all, opened(t, c)...)
	}
	for _, p := range i.ports {
		if !slices.Contains(all, p) {
			t.Errorf("no command opens %s", p)
		}
	}
	for _, p := range all {
		if !slices.Contains(i.ports, p) {
			t.Errorf("%s is not exposed", p)
		}
	}
}
