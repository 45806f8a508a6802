// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// fake is a session with Jaeger's schema, which a test gives answers.
type fake struct {
	missing string // a table that is not there
	// refuses returns why a row is not taken.
	refuses func(table string, row []any) error
	// answer returns rows, if it is not nil.
	answer func(query string, args []any) ([][]any, error)
	// swapped returns whether a condition held, if it is not nil.
	swapped func(statement string, args []any) (bool, error)

	mu       sync.Mutex
	inserted map[string]int // rows, by table
	requests int            // of insert and rows
	schemas  int            // how often the schema was read
}

// request counts a request.
func (f *fake) request() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests++
}

func (f *fake) exec(context.Context, string, ...any) error { return nil }

func (f *fake) insert(_ context.Context, g *group, _ bool) error {
	f.request()
	name := tables[g.table].name
	for _, row := range g.rows {
		if f.refuses == nil {
			break
		}
		if err := f.refuses(name, row); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.inserted == nil {
		f.inserted = map[string]int{}
	}
	f.inserted[name] += len(g.rows)
	return nil
}

func (f *fake) rows(_ context.Context, _ int, query string, args ...any) gocql.Scanner {
	switch {
	case strings.Contains(query, "system_schema.keyspaces"):
		f.mu.Lock()
		f.schemas++
		f.mu.Unlock()
		return &fakeRows{all: [][]any{{args[0]}}}
	case strings.Contains(query, "system_schema.columns"):
		r := &fakeRows{}
		for table, columns := range wantedSchema() {
			for name, is := range columns {
				if table != f.missing {
					r.all = append(r.all, []any{table, name, is, "regular", 0, ""})
				}
			}
		}
		return r
	case strings.Contains(query, "system_schema.types"):
		r := &fakeRows{}
		for _, t := range userTypes {
			var names, types []string
			for name, is := range columnTypes(t.fields) {
				names, types = append(names, name), append(types, is)
			}
			r.all = append(r.all, []any{t.name, names, types})
		}
		return r
	case strings.Contains(query, "system_schema"), f.answer == nil:
		return &fakeRows{}
	}
	f.request()
	all, err := f.answer(query, args)
	return &fakeRows{all: all, err: err}
}

func (f *fake) pages(ctx context.Context, query string, args ...any) gocql.Scanner {
	return f.rows(ctx, 0, query, args...)
}

func (f *fake) swap(_ context.Context, _ []any, statement string, args ...any) (bool, error) {
	if f.swapped == nil {
		return true, nil
	}
	return f.swapped(statement, args)
}

func (f *fake) agree(context.Context) error { return nil }

func (f *fake) close() {}

// fakeRows are an answer.
type fakeRows struct {
	all [][]any
	row []any
	err error
}

func (r *fakeRows) Next() bool {
	if len(r.all) == 0 {
		return false
	}
	r.row, r.all = r.all[0], r.all[1:]
	return true
}

func (r *fakeRows) Scan(dest ...any) error {
	if len(dest) != len(r.row) {
		return fmt.Errorf("%d columns, for %d", len(r.row), len(dest))
	}
	for i, v := range r.row {
		reflect.ValueOf(dest[i]).Elem().Set(reflect.ValueOf(v))
	}
	return nil
}

func (r *fakeRows) Err() error { return r.err }

// fakeError is an answer of a server.
type fakeError struct {
	code int
	text string
}

func (e fakeError) Code() int       { return e.code }
func (e fakeError) Message() string { return e.text }
func (e fakeError) Error() string   { return e.text }

var _ gocql.RequestError = fakeError{}

// fakeStore returns a store on f.
func fakeStore(t testing.TB, f *fake) *Store {
	t.Helper()
	c, err := (Config{Servers: []string{"fake"}, Keyspace: "k"}).withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMetrics(nil)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	s := &Store{config: c, names: newNames(), metrics: m, log: log, round: maxRound, alone: make(chan struct{}, 1), closing: make(chan struct{})}
	s.link = &link{config: &s.config, log: log, session: f}
	return s
}

// count returns what c has counted.
func count(t testing.TB, c prometheus.Counter) int {
	t.Helper()
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		t.Fatal(err)
	}
	return int(m.GetCounter().GetValue())
}

var errFake = errors.New("of the test")
