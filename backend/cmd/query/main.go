// SPDX-License-Identifier: Apache-2.0

// Query searches and shows the traces that a collector stores in a folder of the
// same machine:
//
//	go run ./cmd/query --data=FOLDER
//
// It does not change them. --help lists its settings. It ends with status 2 when
// they are wrong, and 1 when it cannot start.
package main

import (
	"os"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store/engines"
)

func main() {
	os.Exit(server.Main(config.Query, engines.Open, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
