// SPDX-License-Identifier: Apache-2.0

package engines

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/cassandra"
)

// forEver is how long archived traces are kept.
const forEver = -1

func openCassandra(ctx context.Context, c *config.Cassandra, reg prometheus.Registerer, log *slog.Logger) (store.Store, string, error) {
	open := func(k *config.CassandraKeyspace, ttl time.Duration, reg prometheus.Registerer) (*cassandra.Store, error) {
		settings, err := cassandraConfig(c, k)
		if err != nil {
			return nil, fmt.Errorf("cassandra: %w", err)
		}
		settings.Schema.TraceTTL = ttl
		return cassandra.Open(ctx, settings, reg, log)
	}
	s, err := open(&c.CassandraKeyspace, c.TraceTTL, reg)
	if err != nil {
		return nil, "", err
	}
	where := s.Where()
	if !c.ArchiveWanted {
		return s, where, nil
	}
	k := c.OfArchive()
	archive, err := open(&k, forEver, nil)
	if err != nil {
		_ = s.Close() // err is what matters
		return nil, "", fmt.Errorf("the archive: %w", err)
	}
	return cassandra.WithArchive(s, archive), where + "; archived traces in " + archive.Where(), nil
}

func cassandraConfig(c *config.Cassandra, k *config.CassandraKeyspace) (cassandra.Config, error) {
	settings := cassandra.Config{
		Servers: k.Servers, Port: k.Port, Keyspace: k.Keyspace, LocalDC: k.LocalDC,
		Username: k.User, Password: k.Password, Authenticators: k.Authenticators,
		Consistency: k.Consistency, Timeout: k.Timeout, ConnectTimeout: k.ConnectTimeout,
		ReconnectInterval: k.Reconnect, KeepAlive: k.KeepAlive,
		Connections: k.Connections, Attempts: k.Attempts, Protocol: k.Protocol, NoCompression: k.NoCompression,
		Schema: cassandra.Schema{
			Create: c.Create, Datacenter: c.Datacenter, Replicas: c.Replicas,
			DependenciesTTL: c.DependenciesTTL, CompactionWindow: c.Window,
		},
		Index: cassandra.Index{
			NoTags: !c.IndexTags, NoLogs: !c.IndexLogs, NoProcessTags: !c.IndexProcessTags,
			Only: c.IndexedOnly, Except: c.IndexedExcept,
		},
		NamesEvery: c.NamesEvery,
	}
	if !k.TLS.Enabled {
		return settings, nil
	}
	files := send.TLS{CA: k.TLS.CA, Cert: k.TLS.Cert, Key: k.TLS.Key, ServerName: k.TLS.Name, SkipVerify: k.TLS.SkipVerify}
	var err error
	settings.TLS, err = files.Config()
	return settings, err
}
