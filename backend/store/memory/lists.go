// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/go-spur/spur/backend/trace"
)

// Services implements store.Store.
func (s *Store) Services(ctx context.Context) ([]string, error) {
	set := map[string]struct{}{}
	err := s.names(ctx, func(n *name) { set[n.service] = struct{}{} })
	if err != nil {
		return nil, err
	}
	delete(set, "")
	return slices.Sorted(maps.Keys(set)), nil
}

// Operations implements store.Store.
func (s *Store) Operations(ctx context.Context, service string) ([]trace.Operation, error) {
	set := map[trace.Operation]struct{}{}
	err := s.names(ctx, func(n *name) {
		if n.service == service {
			set[trace.Operation{Name: n.name, Kind: n.kind}] = struct{}{}
		}
	})
	if err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Keys(set), func(a, b trace.Operation) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	}), nil
}

// names calls f with what spans are called, with each name once or more.
func (s *Store) names(ctx context.Context, f func(*name)) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	s.mu.RLock()
	defer s.mu.RUnlock()
	for c := range s.data.eachChunk() {
		for i := range c.names {
			f(&c.names[i])
		}
	}
	return nil
}
