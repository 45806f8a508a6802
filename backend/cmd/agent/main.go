// SPDX-License-Identifier: Apache-2.0

// Agent receives spans by UDP from the programs on its machine, and sends them to
// collectors, which it also asks how these programs should sample:
//
//	go run ./cmd/agent --reporter.grpc.host-port=collector:14250
//
// --help lists its settings. It ends with status 2 when they are wrong, and 1 when
// it cannot start or spans were lost when it stopped.
package main

import (
	"os"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
)

func main() {
	os.Exit(server.Main(config.Agent, nil, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
