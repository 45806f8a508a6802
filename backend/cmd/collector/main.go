// SPDX-License-Identifier: Apache-2.0

// Collector receives traces and stores them, as all-in-one does without what is
// near the senders (UDP, sampling on port 5778) and without query:
//
//	go run ./cmd/collector
//
// --help lists its settings. It ends with status 2 when they are wrong, and 1 when
// it cannot start or spans were lost when it stopped.
package main

import (
	"os"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store/engines"
)

func main() {
	os.Exit(server.Main(config.Collector, engines.Open, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
