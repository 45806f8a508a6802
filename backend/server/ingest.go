// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/trace"
)

// Ingester reads spans that others left for it, and stores them.
type Ingester interface {
	// Ready returns nil, or why nothing is stored now.
	Ready() error
	Books() trace.Books
	// Status is what there is to say beside, as JSON.
	Status() any
	// Close stops reading, and returns when what was read is stored, or ctx is done.
	Close(context.Context) error
}

// Write stores spans as store.Store does.
type Write func(context.Context, ptrace.Traces) error

// Ingest starts the Ingester that the settings describe, and says what it reads.
type Ingest func(ctx context.Context, c *config.Config, write Write, reg prometheus.Registerer, log *slog.Logger) (in Ingester, where string, err error)

func (s *Server) openIngester(ctx context.Context) error {
	if s.ingest == nil {
		return errors.New("this command has no ingester")
	}
	for _, k := range s.stores {
		if k.store.Caps().Volatile {
			return fmt.Errorf("the store %s keeps nothing: the ingester would lose what it reads", k.name)
		}
	}
	in, where, err := s.ingest(ctx, &s.config, s.writeAll, s.metrics, s.log)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.ingester, s.reads = in, where
	s.mu.Unlock()
	return nil
}

// writeAll stores spans in all stores at once.
func (s *Server) writeAll(ctx context.Context, td ptrace.Traces) error {
	if len(s.stores) == 1 {
		return s.store.Write(ctx, td)
	}
	errs := make([]error, len(s.stores))
	var wg sync.WaitGroup
	for i, k := range s.stores {
		wg.Go(func() {
			if errs[i] = k.store.Write(ctx, td); errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", k.name, errs[i])
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// ingesterStatus is what /status of the admin port shows.
func (s *Server) ingesterStatus() any {
	var out struct {
		Version string `json:"version"`
		Reads   string `json:"reads"`
		Unready string `json:"unready,omitempty"` // why nothing is stored
		Source  any    `json:"source,omitempty"`

		Received int64                  `json:"received"`
		Stored   int64                  `json:"stored"`
		Waiting  int64                  `json:"waiting"`
		Refused  map[trace.Reason]int64 `json:"refused"`
		Unread   map[trace.Reason]int64 `json:"unread"`
		Mended   int64                  `json:"mended"`
		Balance  int64                  `json:"balance"`
	}
	s.mu.Lock()
	in := s.ingester
	out.Reads = s.reads
	s.mu.Unlock()
	out.Version = version()
	if err := s.Ready(); err != nil {
		out.Unready = err.Error()
	}
	if in != nil {
		b := in.Books()
		out.Source = in.Status()
		out.Received, out.Stored, out.Waiting, out.Mended, out.Balance = b.Received, b.Stored, b.Waiting, b.Mended, b.Balance()
		out.Refused, out.Unread = b.Refused, b.Unread
	}
	return out
}
