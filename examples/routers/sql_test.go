// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"context"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

func TestSQL(t *testing.T) {
	tracer, spans := spurtest.New(t)
	db, err := OpenSQL(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection has a memory of its own
	if _, err := db.Exec("CREATE TABLE prices (item TEXT, cents INTEGER)"); err != nil {
		t.Fatal(err)
	}

	ctx, span := tracer.Start(context.Background(), "find price")
	if _, err := db.ExecContext(ctx, "INSERT INTO prices VALUES (?, ?)", "tea", 300); err != nil {
		t.Fatal(err)
	}
	var cents int
	if err := db.QueryRowContext(ctx, "SELECT cents FROM prices WHERE item = ?", "tea").Scan(&cents); err != nil || cents != 300 {
		t.Fatal(cents, err)
	}
	if _, err := db.ExecContext(ctx, "DROP TABLE nothing"); err == nil {
		t.Fatal("dropped what is not there")
	}
	span.Finish()
	spans.AssertTree(t, `
		find price
		  sql-conn-exec  component=database/sql query="INSERT INTO prices VALUES (?, ?)"
		  sql-conn-query  component=database/sql query="SELECT cents FROM prices WHERE item = ?"
		  sql-conn-exec  component=database/sql query="DROP TABLE nothing" error=true
		    @ event=error message="SQL logic error: near \"nothing\": syntax error (1)"
	`, spurtest.WithoutTimes())
}
