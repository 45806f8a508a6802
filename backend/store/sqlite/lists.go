// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Services implements store.Store.
func (s *Store) Services(ctx context.Context) ([]string, error) {
	return s.texts(ctx, "SELECT DISTINCT service FROM operation WHERE service <> x'' ORDER BY service")
}

// Operations implements store.Store.
func (s *Store) Operations(ctx context.Context, service string) (list []trace.Operation, err error) {
	err = s.read(ctx, func(r *snapshot) error {
		const query = "SELECT name, kind FROM operation WHERE service = ? ORDER BY name, kind"
		return r.each(ctx, query, []any{[]byte(service)}, func(scan func(...any) error) error {
			var o trace.Operation
			var kind int32
			if err := scan(&o.Name, &kind); err != nil {
				return err
			}
			o.Kind = ptrace.SpanKind(kind)
			list = append(list, o)
			return nil
		})
	})
	return list, err
}

// Keys implements store.Store.
func (s *Store) Keys(ctx context.Context, prefix string, limit int) ([]string, error) {
	const query = "SELECT name FROM key WHERE id <> ? AND name >= ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?"
	return s.texts(ctx, query, int64(otherKeys), []byte(prefix), int64(len(prefix)), []byte(prefix), int64(max(limit, 0)))
}

// Values implements store.Store. It knows the values of less than 256 bytes
// that are text, numbers or booleans, of a key with many values only some.
func (s *Store) Values(ctx context.Context, key, prefix string, limit int) ([]string, error) {
	const query = "SELECT text FROM value WHERE key = (SELECT id FROM key WHERE name = ?) AND text >= ? AND substr(text, 1, ?) = ? ORDER BY text LIMIT ?"
	return s.texts(ctx, query, []byte(key), []byte(prefix), int64(len(prefix)), []byte(prefix), int64(max(limit, 0)))
}

// texts returns the one column of a query.
func (s *Store) texts(ctx context.Context, query string, args ...any) (list []string, err error) {
	err = s.read(ctx, func(r *snapshot) error {
		return r.each(ctx, query, args, func(scan func(...any) error) error {
			var text string
			if err := scan(&text); err != nil {
				return err
			}
			list = append(list, text)
			return nil
		})
	})
	return list, err
}
