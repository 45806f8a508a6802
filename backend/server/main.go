// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/go-spur/spur/backend/config"
)

// Main is Run until SIGINT or SIGTERM; a second signal ends the process at once. It
// returns the exit status: 2 when the settings are wrong, and 1 when the command
// cannot start or spans were lost when it stopped.
func Main(command config.Command, engines Engines, args, env []string, stdout, stderr io.Writer) (status int) {
	return MainWith(command, Deps{Engines: engines}, args, env, stdout, stderr)
}

// MainWith is Main of a command that needs more.
func MainWith(command config.Command, d Deps, args, env []string, stdout, stderr io.Writer) (status int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	defer stop()
	heap := make([]byte, idleHeap(command)) // never touched, so it takes no memory
	err := Run(ctx, command, d, args, env, stdout, stderr)
	runtime.KeepAlive(heap)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, config.ErrInvalid):
		status = 2
	default:
		status = 1
	}
	_, _ = fmt.Fprintf(stderr, "%v: %v\n", command, err) // there is nowhere else to say it
	return status
}

// idleHeap is how many bytes a command allocates before the garbage collector runs, at
// least. Those that pass spans on keep so few that they would else spend a third of their
// time there.
func idleHeap(command config.Command) int {
	switch command {
	case config.Agent, config.Collector, config.Ingester:
		return 32 << 20
	}
	return 0
}
