// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"

	"github.com/go-spur/spur/backend/internal/silent"
	"github.com/go-spur/spur/backend/trace"
)

// webServer is what the listeners for HTTP have in common.
type webServer struct {
	listener net.Listener
	server   http.Server
	log      *slog.Logger
}

func newWebServer(l net.Listener, h http.Handler, log *slog.Logger) *webServer {
	s := &webServer{l, http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      bodyTimeout + idleTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // of what anyone can send
	}, log}
	silent.EndOnShutdown(&s.server)
	return s
}

// Serve answers requests until Close; then it returns nil.
func (s *webServer) Serve() error {
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Addr returns where it listens.
func (s *webServer) Addr() net.Addr { return s.listener.Addr() }

// Close stops listening and waits for requests under way, until ctx is done:
// then they are cut off, and its error is returned.
func (s *webServer) Close(ctx context.Context) error {
	defer s.listener.Close() // if Serve was not called
	err := s.server.Shutdown(ctx)
	if err != nil {
		_ = s.server.Close() // the first error tells more
	}
	return err
}

var errPanic = &bodyError{http.StatusInternalServerError, trace.ReasonMalformed, "internal error"}

// rescued, deferred, logs a panic and makes it errPanic.
func rescued(err *error, log *slog.Logger) {
	if p := recover(); p != nil {
		log.Error("panic while receiving", "panic", p, "stack", string(debug.Stack()))
		*err = errPanic
	}
}
