// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/query"
	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/open"
)

// kept is a store, with the collector that writes to it if this command collects.
type kept struct {
	name      string
	where     string // it is
	store     store.Store
	collector *collect.Collector
}

// openStores opens the stores that the settings name, the first of which is read.
// Where nothing is collected that one is enough.
func (s *Server) openStores(ctx context.Context) error {
	names := s.config.Storages()
	if !s.config.Command.Writes() {
		names = names[:1]
	}
	for _, name := range names {
		k, err := s.openStore(ctx, name)
		if err != nil {
			return err
		}
		s.stores = append(s.stores, k)
	}
	s.store = s.stores[0].store
	return nil
}

// openStore opens the store of that name.
func (s *Server) openStore(ctx context.Context, name string) (k kept, err error) {
	c := &s.config
	cfg := open.Config{Type: name, MaxBytes: c.MaxSize, MaxAge: c.MaxAge, Sync: c.Sync, ReadOnly: !c.Command.Writes()}
	k = kept{name: name, where: "in memory, until this process ends"}
	switch name {
	case "memory":
	case "sqlite":
		if cfg.Dir, err = dataFolder(c); err != nil {
			return k, err
		}
		k.where = cfg.Dir
	case "forward":
		to := c.Outgoing()
		if cfg.Forward, err = forwardConfig(&to); err != nil {
			return k, err
		}
		k.where = "sent to " + strings.Join(to.Endpoints, ", ")
	default:
		if s.engines == nil {
			return k, fmt.Errorf("the store %.40q is not in this command: use collector and query, or build all-in-one with -tags engines", name)
		}
		k.store, k.where, err = s.engines(ctx, name, c, s.metrics, s.log)
		return k, err
	}
	k.store, err = open.Open(ctx, cfg, s.metrics, s.log)
	return k, err
}

// forwardConfig is what the store forward makes of the settings.
func forwardConfig(f *config.Forward) (c open.Forward, err error) {
	c = open.Forward{
		Endpoints: f.Endpoints, Send: sendConfig(f), QueueBytes: f.QueueSize, SpoolBytes: f.SpoolSize,
	}
	if f.Spool != "" {
		c.Spool, err = filepath.Abs(f.Spool)
	}
	return c, err
}

// sendConfig says how to speak to receivers.
func sendConfig(f *config.Forward) send.Config {
	return send.Config{
		Protocol: send.Protocol(f.Protocol), Token: f.Token, Header: f.Headers, Timeout: f.Timeout,
		TLS: send.TLS{
			Enabled: f.TLS.Enabled, CA: f.TLS.CA, Cert: f.TLS.Cert, Key: f.TLS.Key,
			ServerName: f.TLS.Name, SkipVerify: f.TLS.SkipVerify,
		},
	}
}

// dataFolder returns the folder of traces on disk.
func dataFolder(c *config.Config) (string, error) {
	if c.Data != "" {
		return filepath.Abs(c.Data)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for traces: set --data, or --span-storage.type=memory: %w", err)
	}
	return filepath.Join(cache, "spur"), nil
}

// collect starts a collector for each store, and the tracer whose spans the first
// takes.
func (s *Server) collect() (err error) {
	var all []*collect.Collector
	for i := range s.stores {
		k := &s.stores[i]
		writes, reg := k.store, prometheus.Registerer(s.metrics)
		if i == 0 && s.config.SelfTrace {
			s.tracer = &selfTracer{}
			writes = tracedStore{k.store, s.tracer}
		}
		if len(s.stores) > 1 {
			reg = prometheus.WrapRegistererWith(prometheus.Labels{"store": k.name}, reg)
		}
		k.collector = collect.New(collect.Config{
			QueueSpans: s.config.QueueSize,
			QueueBytes: int64(s.config.QueueMemory) << 20,
			AckStored:  s.config.AckStored,
			Tags:       s.config.Tags,
		}, writes, reg, s.log.With("store", k.name))
		all = append(all, k.collector)
	}
	s.collector = all[0]
	if s.sink = s.collector; len(all) > 1 {
		s.sink = collect.NewFan(all[0], all[1:]...)
	}
	if s.tracer != nil {
		err = s.tracer.start(s.collector, s.log)
	}
	return err
}

// others says what became of the spans that stores beside the first were given.
func (s *Server) others() (all []query.OtherStore) {
	for _, k := range s.stores[min(1, len(s.stores)):] {
		o := query.OtherStore{Name: k.name, Where: k.where}
		if k.collector != nil {
			o.Books = k.collector.Books()
		}
		all = append(all, o)
	}
	return all
}

// closeQueues waits until what waits for a store is written.
func (s *Server) closeQueues(ctx context.Context) error {
	return s.each(func(k kept) error {
		if k.collector == nil {
			return nil
		}
		return k.collector.Close(ctx)
	})
}

// closeStores does not wait for a store that hangs.
func (s *Server) closeStores(ctx context.Context) error {
	return s.each(func(k kept) error {
		done := make(chan error, 1)
		go func() { done <- k.store.Close() }()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// each calls f with all stores at once. Its errors name them if there are several.
func (s *Server) each(f func(kept) error) error {
	errs := make([]error, len(s.stores))
	var wg sync.WaitGroup
	for i, k := range s.stores {
		wg.Go(func() {
			if errs[i] = f(k); errs[i] != nil && len(s.stores) > 1 {
				errs[i] = fmt.Errorf("%s: %w", k.name, errs[i])
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
