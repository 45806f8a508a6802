// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
)

// Services implements store.Store.
func (s *Store) Services(ctx context.Context) ([]string, error) {
	db, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	return s.services(ctx, db)
}

func (s *Store) services(ctx context.Context, db session) (all []string, err error) {
	var name string
	err = each(db.rows(ctx, pageRows, fmt.Sprintf("SELECT service_name FROM %q.service_names", s.config.Keyspace)), func() error {
		if name != "" {
			all = append(all, name)
		}
		return nil
	}, &name)
	if err != nil {
		return nil, s.failed(ctx, "list services", err)
	}
	slices.Sort(all)
	return all, nil
}

// Operations implements store.Store.
func (s *Store) Operations(ctx context.Context, service string) (all []trace.Operation, err error) {
	db, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if service == "" || len(service) > maxKey {
		return nil, nil
	}
	var kind, name string
	err = each(db.rows(ctx, pageRows, fmt.Sprintf("SELECT span_kind, operation_name FROM %q.operation_names_v2 WHERE service_name = ?", s.config.Keyspace), service), func() error {
		all = append(all, trace.Operation{Name: name, Kind: jaeger.Kind(kind)})
		return nil
	}, &kind, &name)
	if err != nil {
		return nil, s.failed(ctx, "list operations", err)
	}
	slices.SortFunc(all, func(a, b trace.Operation) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	return slices.Compact(all), nil
}
