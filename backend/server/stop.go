// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// Close stops the components in the order in which a span walks through them. Each
// has its share of ten seconds, less when ctx is done before. The error says what
// was lost. A second Close does nothing.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	again := errors.Is(s.unready, errStopping)
	s.unready = errStopping
	s.mu.Unlock()
	if again {
		return nil
	}
	var errs []error
	step := func(name string, share time.Duration, stop func(context.Context) error) {
		ctx, cancel := context.WithTimeout(ctx, share)
		defer cancel()
		start := time.Now()
		if err := stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		s.log.Debug("stopped", "part", name, "took", time.Since(start))
	}
	step("receivers", stopReceivers, s.closeReceivers)
	if s.ingester != nil {
		step("ingester", stopIngester, s.ingester.Close)
	}
	if s.tracer != nil {
		step("tracer", stopTracer, s.tracer.close)
	}
	step("queue", stopQueue, s.closeQueues)
	if s.adaptive != nil {
		step("sampling", stopSampling, s.adaptive.Close)
	}
	step("store", stopStore, s.closeStores)
	if s.query != nil {
		step("query", stopQuery, s.query.Close)
	}
	if s.admin != nil {
		step("admin", stopAdmin, s.admin.Close)
	}
	for _, release := range s.release {
		_ = release() // most are closed already
	}
	for _, k := range s.stores {
		if k.collector != nil {
			s.logBooks(k.name, k.collector.Books())
		}
	}
	if s.ingester != nil {
		s.logBooks(s.config.Storage, s.ingester.Books())
	}
	return errors.Join(errs...)
}

func (s *Server) logBooks(store string, b trace.Books) {
	s.log.Info("stopped", "store", store, "received", b.Received, "stored", b.Stored, "refused", b.Refused, "unread", b.Unread)
}

func (s *Server) closeReceivers(ctx context.Context) error {
	errs := make([]error, len(s.receivers))
	var wg sync.WaitGroup
	for i, r := range s.receivers {
		wg.Go(func() { errs[i] = r.Close(ctx) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("what was arriving was cut off: %w", err)
	}
	return nil
}
