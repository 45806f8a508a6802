// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

// session is what the engine asks of the servers.
type session interface {
	// exec runs a statement that may be run twice.
	exec(ctx context.Context, statement string, args ...any) error
	// insert writes the rows of g in one request. Once means that it is not tried again.
	insert(ctx context.Context, g *group, once bool) error
	// rows asks for rows, page of them in one answer. 0 is all.
	rows(ctx context.Context, page int, statement string, args ...any) gocql.Scanner
	// pages asks for rows of very different sizes.
	pages(ctx context.Context, statement string, args ...any) gocql.Scanner
	// swap runs a statement with a condition, and reports whether it held. Otherwise dest
	// are the values that are there.
	swap(ctx context.Context, dest []any, statement string, args ...any) (bool, error)
	// agree waits until all servers have the same schema.
	agree(ctx context.Context) error
	close()
}

// driver is a session of the driver.
type driver struct{ *gocql.Session }

func (d driver) exec(ctx context.Context, statement string, args ...any) error {
	return d.Query(statement, args...).ExecContext(ctx)
}

func (d driver) insert(ctx context.Context, g *group, once bool) error {
	if len(g.rows) == 1 {
		q := d.Query(g.insert, g.rows[0]...)
		if once {
			q.RetryPolicy(nil)
		}
		return q.ExecContext(ctx)
	}
	b := d.Batch(gocql.UnloggedBatch)
	if once {
		b.RetryPolicy(nil)
	}
	b.Entries = make([]gocql.BatchEntry, len(g.rows))
	for i, args := range g.rows {
		b.Entries[i] = gocql.BatchEntry{Stmt: g.insert, Args: args, Idempotent: true}
	}
	return b.ExecContext(ctx)
}

func (d driver) rows(ctx context.Context, page int, statement string, args ...any) gocql.Scanner {
	return d.Query(statement, args...).PageSize(page).IterContext(ctx).Scanner()
}

func (d driver) pages(ctx context.Context, statement string, args ...any) gocql.Scanner {
	return newPages(func(rows int, state []byte) page {
		iter := d.Query(statement, args...).PageSize(rows).PageState(state).IterContext(ctx)
		return &iterPage{iter.Scanner(), iter.PageState()}
	})
}

// iterPage is a page of the driver.
type iterPage struct {
	gocql.Scanner
	state []byte
}

func (p *iterPage) more() []byte { return p.state }

func (d driver) swap(ctx context.Context, dest []any, statement string, args ...any) (bool, error) {
	return d.Query(statement, args...).Idempotent(false).ScanCASContext(ctx, dest...)
}

func (d driver) agree(ctx context.Context) error { return d.AwaitSchemaAgreement(ctx) }

func (d driver) close() { d.Close() }

// each scans rows into dest, and calls use behind each, until it returns an error.
func each(rows gocql.Scanner, use func() error, dest ...any) (err error) {
	for err == nil && rows.Next() {
		if err = rows.Scan(dest...); err == nil {
			err = use()
		}
	}
	if end := rows.Err(); err == nil {
		err = end
	}
	return err
}
