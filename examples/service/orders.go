// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/go-spur/spur"
)

type shop struct {
	stock  string // URL of the service that has it, here this one
	client *http.Client
	queue  chan delivery
}

func (s *shop) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders/{item}", s.order)
	mux.HandleFunc("POST /stock/tea", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {}) // not traced
	return mux
}

// order runs in the request's span, which is called by the route.
func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	ctx, item := r.Context(), r.PathValue("item")
	span := spur.SpanFromContext(ctx) // never nil
	span.SetString("item", item)
	if err := s.reserve(ctx, item); err != nil {
		span.SetError(err)
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	select {
	case s.queue <- delivery{spur.Detach(ctx), item}:
		slog.InfoContext(ctx, "ordered", "item", item) // with the ids of trace and span
		w.WriteHeader(http.StatusAccepted)
	default:
		http.Error(w, "too many orders", http.StatusServiceUnavailable)
	}
}

// reserve asks another service. The client makes a span below ctx's and sends its ids along.
func (s *shop) reserve(ctx context.Context, item string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.stock+"/stock/"+url.PathEscape(item), nil)
	if err != nil {
		return err
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close() // ends the client's span
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("stock of %q: %s", item, resp.Status)
	}
	return nil
}
