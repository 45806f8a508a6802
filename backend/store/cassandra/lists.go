// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
)

// Services implements store.Store.
func (s *Store) Services(ctx context.Context) ([]string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.calls.RUnlock()
	session, err := s.link.use()
	if err != nil {
		return nil, err
	}
	return s.services(ctx, session)
}

func (s *Store) services(ctx context.Context, session *gocql.Session) (all []string, err error) {
	rows := session.Query(fmt.Sprintf("SELECT service_name FROM %q.service_names", s.config.Keyspace)).IterContext(ctx).Scanner()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, failed(ctx, "list services", err)
		}
		if name != "" {
			all = append(all, name)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, "list services", err)
	}
	slices.Sort(all)
	return all, nil
}

// Operations implements store.Store.
func (s *Store) Operations(ctx context.Context, service string) (all []trace.Operation, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.calls.RUnlock()
	session, err := s.link.use()
	if err != nil || service == "" || len(service) > maxKey {
		return nil, err
	}
	rows := session.Query(fmt.Sprintf("SELECT span_kind, operation_name FROM %q.operation_names_v2 WHERE service_name = ?", s.config.Keyspace), service).
		IterContext(ctx).Scanner()
	for rows.Next() {
		var kind string
		var o trace.Operation
		if err := rows.Scan(&kind, &o.Name); err != nil {
			return nil, failed(ctx, "list operations", err)
		}
		o.Kind = jaeger.Kind(kind)
		all = append(all, o)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, "list operations", err)
	}
	slices.SortFunc(all, func(a, b trace.Operation) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	return slices.Compact(all), nil
}
