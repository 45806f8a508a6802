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
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-spur/spur/backend/allinone"
	"github.com/go-spur/spur/backend/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	err := allinone.Run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "all-in-one:", err)
	if errors.Is(err, config.ErrInvalid) {
		os.Exit(2)
	}
	os.Exit(1)
}
