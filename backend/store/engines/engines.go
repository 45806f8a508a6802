// SPDX-License-Identifier: Apache-2.0

// Package engines opens the stores that need servers of their own. Commands that are to
// have them pass Open to package server; it links what speaks to these servers.
package engines

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/store"
)

// Open opens the store of that name as server.Engines does.
func Open(ctx context.Context, name string, c *config.Config, reg prometheus.Registerer, log *slog.Logger) (store.Store, string, error) {
	switch name {
	case "cassandra":
		return openCassandra(ctx, &c.Cassandra, reg, log)
	case "kafka":
		return openKafka(ctx, &c.KafkaProducer, reg, log)
	case "elasticsearch", "opensearch":
		return openElastic(ctx, c, reg, log)
	}
	return nil, "", fmt.Errorf("there is no store %.40q", name)
}
