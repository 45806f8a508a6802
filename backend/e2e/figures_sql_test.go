// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// figuresTable is spans in plain SQL: a row a span.
type figuresTable struct {
	*sql.DB
	t     *testing.T
	known map[string]figuresAnswer // of rates, by query
}

type figuresAnswer struct {
	groups    []group
	quantiles []time.Duration
}

func newFiguresTable(t *testing.T, all []figure) figuresTable {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // each would have a memory of its own
	x := figuresTable{db, t, map[string]figuresAnswer{}}
	x.exec(`CREATE TABLE span (trace INTEGER, id INTEGER, parent INTEGER, service TEXT, operation TEXT, kind TEXT,
		start INTEGER, duration INTEGER, failed INTEGER, color TEXT, link INTEGER)`)
	x.exec("CREATE INDEX ids ON span (trace, id)")
	x.exec("BEGIN")
	for _, f := range all {
		x.exec("INSERT INTO span VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			int64(f.trace), int64(f.id), int64(f.parent), f.service, f.operation, f.kind, f.start, f.duration, f.failed, f.color, int64(f.link))
	}
	x.exec("COMMIT")
	return x
}

func (x figuresTable) exec(statement string, args ...any) {
	x.t.Helper()
	if _, err := x.Exec(statement, args...); err != nil {
		x.t.Fatal(err)
	}
}

// each calls f for each row, with what reads it.
func (x figuresTable) each(f func(scan func(...any) error) error, query string, args ...any) {
	x.t.Helper()
	rows, err := x.Query(query, args...)
	if err != nil {
		x.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			x.t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		x.t.Fatal(err)
	}
}

// texts returns a column of text.
func (x figuresTable) texts(query string, args ...any) (list []string) {
	x.t.Helper()
	x.each(func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		list = append(list, s)
		return err
	}, query, args...)
	return list
}

// number returns the one value of a query.
func (x figuresTable) number(query string, args ...any) (n int64) {
	x.t.Helper()
	if err := x.QueryRow(query, args...).Scan(&n); err != nil {
		x.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// span of time; 0 is an open end.
type span struct{ from, to int64 }

func (w span) where(table string) string {
	to := w.to
	if to == 0 {
		to = 1<<63 - 1
	}
	return fmt.Sprintf("%[1]s.start >= %[2]d AND %[1]s.start < %[3]d", table, w.from, to)
}

// links returns who called whom: "parent > child: calls, errors". The caller is the
// span that is the parent, of a client's and a server's with that id the server's unless the
// client's is of the same service; or, of a server's span, the client's that has its id.
func (x figuresTable) links(w span) (list []string) {
	x.t.Helper()
	x.each(func(scan func(...any) error) error {
		var parent, child string
		var calls, errors int64
		err := scan(&parent, &child, &calls, &errors)
		list = append(list, fmt.Sprintf("%s > %s: %d, %d", parent, child, calls, errors))
		return err
	}, `SELECT coalesce(own.service, CASE WHEN client.service = span.service THEN client.service ELSE coalesce(server.service, client.service, other.service) END) AS caller,
			span.service, count(*), sum(span.failed)
		FROM span
		LEFT JOIN span AS own ON span.kind = 'server' AND own.trace = span.trace AND own.id = span.id AND own.kind = 'client'
		LEFT JOIN span AS client ON client.trace = span.trace AND client.id = span.parent AND client.kind = 'client'
		LEFT JOIN span AS server ON server.trace = span.trace AND server.id = span.parent AND server.kind = 'server'
		LEFT JOIN span AS other ON other.trace = span.trace AND other.id = span.parent AND other.kind NOT IN ('client', 'server')
		WHERE `+w.where("span")+` GROUP BY 1, 2 HAVING caller <> span.service ORDER BY 1, 2`)
	return list
}

// group is a row of rates: spans of a service, or an operation of it, in a step.
type group struct {
	service, operation string
	at                 int64
	spans, errors      int64
}

// rates returns the groups of the spans that meet where, in their order, and the
// duration of rank q*(n-1) of each.
func (x figuresTable) rates(where string, byOperation bool, step time.Duration, q float64) ([]group, []time.Duration) {
	x.t.Helper()
	operation := "''"
	if byOperation {
		operation = "operation"
	}
	query := strings.NewReplacer("OPERATION", operation, "STEP", fmt.Sprint(int64(step)), "CONDITION", where, "SHARE", fmt.Sprint(q)).Replace(`
		WITH picked AS (SELECT service, OPERATION AS operation, start / STEP * STEP AS at, duration, failed FROM span WHERE CONDITION),
		ranked AS (SELECT *, count(*) OVER same AS n, sum(failed) OVER same AS errors, row_number() OVER (same ORDER BY duration) - 1 AS rank
			FROM picked WINDOW same AS (PARTITION BY service, operation, at))
		SELECT service, operation, at, n, errors, duration FROM ranked WHERE rank = CAST(SHARE * (n - 1) AS INTEGER) ORDER BY 1, 2, 3`)
	a, ok := x.known[query]
	if !ok {
		x.each(func(scan func(...any) error) error {
			var g group
			var d time.Duration
			err := scan(&g.service, &g.operation, &g.at, &g.spans, &g.errors, &d)
			a.groups, a.quantiles = append(a.groups, g), append(a.quantiles, d)
			return err
		}, query)
		x.known[query] = a
	}
	return a.groups, a.quantiles
}
