// SPDX-License-Identifier: Apache-2.0

// Dependencies computes which services called which on a day, from the traces in
// Cassandra, Elasticsearch or OpenSearch, and stores that where queries find it, ours
// and Jaeger's:
//
//	go run ./cmd/dependencies --span-storage.type=cassandra --cassandra.servers=cassandra
//
// Run it once an hour: just after midnight in UTC it then computes the day that has
// ended, and later what there is of the new one. --help lists its settings. It ends
// with status 2 when they are wrong, and 1 when it fails.
package main

import (
	"os"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store/engines"
)

func main() {
	os.Exit(server.Main(config.Dependencies, engines.Open, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
