// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"database/sql"

	"github.com/luna-duclos/instrumentedsql"
	"github.com/luna-duclos/instrumentedsql/opentracing"
	"modernc.org/sqlite"
)

// OpenSQL opens a database whose statements are children of the span in the context
// of QueryContext, ExecContext, BeginTx and so on; methods without a context are not
// traced. Arguments are left out, for they are users' data, and so is the span that
// each row would have.
func OpenSQL(dsn string) (*sql.DB, error) {
	driver := instrumentedsql.WrapDriver(&sqlite.Driver{}, // or pgx's, mysql's, …
		instrumentedsql.WithTracer(opentracing.NewTracer(false)),
		instrumentedsql.WithOmitArgs(),
		instrumentedsql.WithOpsExcluded(instrumentedsql.OpSQLRowsNext))
	connector, err := driver.OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}
