// SPDX-License-Identifier: Apache-2.0

// All-in-one receives, stores and searches traces:
//
//	go run ./cmd/all-in-one
//
// It prints where it listens and where the traces are kept. --help lists its
// settings. It ends with status 2 when they are wrong, and 1 when it cannot start
// or spans were lost when it stopped.
package main

import (
	"os"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
)

func main() {
	os.Exit(server.Main(config.AllInOne, opened, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
