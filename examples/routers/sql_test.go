// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"context"
	"testing"

	ramsql "github.com/proullon/ramsql/driver"

	"github.com/go-spur/spur/spurtest"
)

func TestSQL(t *testing.T) {
	db, err := OpenSQL(ramsql.NewDriver(), t.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE prices (item TEXT, cents BIGINT)"); err != nil {
		t.Fatal(err)
	}

	tracer, spans := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "find price")
	if _, err := db.ExecContext(ctx, "INSERT INTO prices (item, cents) VALUES ($1, $2)", "tea", 300); err != nil {
		t.Fatal(err)
	}
	var cents int
	if err := db.QueryRowContext(ctx, "SELECT cents FROM prices WHERE item = $1", "tea").Scan(&cents); err != nil || cents != 300 {
		t.Fatal(cents, err)
	}
	if _, err := db.ExecContext(ctx, "DROP TABLE nothing"); err == nil {
		t.Fatal("dropped what is not there")
	}
	span.Finish()
	spans.AssertTree(t, `
		find price
		  sql-conn-exec  component=database/sql query="INSERT INTO prices (item, cents) VALUES ($1, $2)"
		  sql-conn-query  component=database/sql query="SELECT cents FROM prices WHERE item = $1"
		  sql-conn-exec  component=database/sql query="DROP TABLE nothing" error=true
		    @ event=error message="relation public.nothing does not exist"
	`, spurtest.WithoutTimes())
}
