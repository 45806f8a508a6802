// SPDX-License-Identifier: Apache-2.0

// Ingester reads the traces that collectors gave to Kafka, and stores them:
//
//	go run ./cmd/ingester --kafka.consumer.brokers=kafka:9092
//
// --help lists its settings. It ends with status 2 when they are wrong, and 1 when
// it cannot start.
package main

import (
	"os"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store/engines"
)

func main() {
	deps := server.Deps{Engines: engines.Open, Ingest: engines.Ingest}
	os.Exit(server.MainWith(config.Ingester, deps, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
