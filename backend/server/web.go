// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"github.com/go-spur/spur/backend/internal/bearer"
	"github.com/go-spur/spur/backend/internal/silent"
)

// requireToken lets requests pass to h that show t.
func requireToken(t bearer.Token, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !t.Shown(r.Header.Get("Authorization")) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "the bearer token is missing or wrong", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// webServer serves query and admin. Answers may take their time; Close ends their
// requests' contexts, so that streams end.
type webServer struct {
	listener net.Listener
	server   http.Server
	stop     context.CancelFunc
}

func newWebServer(l net.Listener, h http.Handler, log *slog.Logger) *webServer {
	ctx, stop := context.WithCancel(context.Background())
	s := &webServer{l, http.Server{
		Handler:           h,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}, stop}
	silent.EndOnShutdown(&s.server)
	return s
}

func (s *webServer) Serve() error {
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *webServer) Close(ctx context.Context) error {
	s.stop()
	err := s.server.Shutdown(ctx)
	if err != nil {
		_ = s.server.Close() // the first error tells more
	}
	return err
}
