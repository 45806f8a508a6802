// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"database/sql"
	"database/sql/driver"

	"github.com/luna-duclos/instrumentedsql"
	"github.com/luna-duclos/instrumentedsql/opentracing"
)

// OpenSQL opens a database with any driver. Its statements are children of the span in
// the context of ExecContext, QueryContext, BeginTx and so on; methods without a
// context are not traced. Arguments are left out, for they may be users' data, and so
// is the span that each row would have.
func OpenSQL(d driver.Driver, dsn string) (*sql.DB, error) {
	connector, err := instrumentedsql.WrapDriver(d,
		instrumentedsql.WithTracer(opentracing.NewTracer(false)),
		instrumentedsql.WithOmitArgs(),
		instrumentedsql.WithOpsExcluded(instrumentedsql.OpSQLRowsNext)).OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}
