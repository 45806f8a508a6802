// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// Run is one of the commands: it reads the settings, starts, says on stdout where
// everything is, and stops when ctx is done, or earlier if it is a job. It logs to stderr. Its error is
// config.ErrInvalid, wrapped, when the settings are wrong.
func Run(ctx context.Context, command config.Command, d Deps, args, env []string, stdout, stderr io.Writer) error {
	begun := time.Now()
	c, warning, err := config.Parse(command, args, env)
	if errors.Is(err, config.ErrHelp) {
		_, err = io.WriteString(stdout, config.Help(command))
		return err
	}
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	if warning != "" {
		log.Warn(warning)
	}
	if command == config.Dependencies {
		return dependencies(ctx, &c, d.Engines, log, stdout)
	}
	d.Logger = log
	s, err := Start(ctx, c, d)
	if err != nil {
		if ctx.Err() != nil {
			return nil // stopped before it was ready
		}
		return err
	}
	if _, err := io.WriteString(stdout, s.banner(time.Since(begun))); err != nil {
		log.Warn("standard output cannot be written to", "error", err)
	}

	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return s.Close(ctx)
}

// banner says where everything is.
func (s *Server) banner(took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s is ready after %v", s.config.Command, version(), took.Round(time.Millisecond))
	if s.query != nil {
		b.WriteString(": " + s.url())
	}
	b.WriteString("\n\n")
	width := 0
	for _, p := range s.ports {
		width = max(width, len(p.Address))
	}
	for _, p := range s.ports {
		what := p.Purpose
		if p.Error != "" {
			what = "not used: " + p.Error
		}
		fmt.Fprintf(&b, "  %-15s %-*s  %s\n", p.Name, width, p.Address, what)
	}
	if s.reads != "" {
		fmt.Fprintf(&b, "  %-15s %s\n", "from", s.reads)
	}
	for i, k := range s.stores {
		what := "traces"
		if i > 0 {
			what = "and" // to another store
		}
		fmt.Fprintf(&b, "  %-15s %s\n", what, k.where)
	}
	return b.String() + "\n"
}

// url is query's address for a browser on this machine.
func (s *Server) url() string {
	scheme := "http"
	if s.config.QueryTLS.Enabled {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(s.Addr(Query)) // it is an address
	if ip := net.ParseIP(host); ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + strings.TrimRight(s.config.BasePath, "/") + "/"
}

// version is the module's, as the go command knows it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
