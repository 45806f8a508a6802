// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
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
	err := Run(ctx, command, d, args, env, stdout, stderr)
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
