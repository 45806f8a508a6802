// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dsn names a file and what each connection to it is to be like: how long it
// waits for others, and how large its cache is.
func dsn(path string, wait time.Duration, cacheKB int, params ...string) string {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()), // first: the others may have to wait
		"temp_store(memory)",
		fmt.Sprintf("cache_size(%d)", -cacheKB),
	}}
	for i := 0; i < len(params); i += 2 {
		q.Add(params[i], params[i+1])
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

// conn is a connection with its prepared statements. Calls on it are not ended
// by a context, which would cost a goroutine each: they are short.
type conn struct {
	*sql.Conn
	prepared map[string]*sql.Stmt
}

func newConn(ctx context.Context, db *sql.DB) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{c, map[string]*sql.Stmt{}}, nil
}

// close gives the connection back.
func (c *conn) close() {
	for _, s := range c.prepared {
		_ = s.Close()
	}
	_ = c.Conn.Close()
}

func (c *conn) stmt(query string) (*sql.Stmt, error) {
	s := c.prepared[query]
	if s == nil {
		var err error
		if s, err = c.PrepareContext(context.Background(), query); err != nil {
			return nil, err
		}
		c.prepared[query] = s
	}
	return s, nil
}

func (c *conn) exec(query string, args ...any) error {
	s, err := c.stmt(query)
	if err != nil {
		return err
	}
	_, err = s.Exec(args...)
	return err
}

// one reads the one row of a query.
func (c *conn) one(query string, args []any, dest ...any) error {
	s, err := c.stmt(query)
	if err != nil {
		return err
	}
	return s.QueryRow(args...).Scan(dest...)
}

// errEnough is what a function returns that wants no more rows.
var errEnough = errors.New("enough")

// each calls f for each row of a query, until it returns errEnough.
func (c *conn) each(ctx context.Context, query string, args []any, f func(scan func(...any) error) error) error {
	s, err := c.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.Query(args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for i := 0; rows.Next(); i++ {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := f(rows.Scan); errors.Is(err, errEnough) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return rows.Err()
}

// insert inserts rows of width values, many in each statement.
func (c *conn) insert(into, conflict string, width int, rows []any) error {
	n := 1
	for n < 64 && n*width < 256 {
		n *= 2
	}
	for len(rows) > 0 {
		for n*width > len(rows) {
			n /= 2
		}
		if err := c.exec(into+" VALUES "+places(n, width)+conflict, rows[:n*width]...); err != nil {
			return err
		}
		rows = rows[n*width:]
	}
	return nil
}

// places returns "(?,?),(?,?) " for 2 rows of 2.
func places(n, width int) string {
	row := "(" + strings.Repeat("?,", width-1) + "?)"
	return strings.Repeat(row+",", n-1) + row + " "
}

// eachOf calls f for each row that a query, which ends with IN, finds for some
// of the values.
func (c *conn) eachOf(ctx context.Context, query string, values []any, f func(scan func(...any) error) error) error {
	n := 128
	for len(values) > 0 {
		for n > len(values) {
			n /= 2
		}
		if err := c.each(ctx, query+places(1, n), values[:n], f); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

func isBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}
