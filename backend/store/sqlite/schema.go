// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations make a file of version i one of version i+1 (PRAGMA user_version).
//
// Spans are numbered in the order in which they arrived, from 1 on; archived
// ones, when their place is needed, get negative numbers (firstKept). A block
// and a segment have the number of their first span.
var migrations = [...]string{`
CREATE TABLE block (
	id      INTEGER PRIMARY KEY,
	spans   INTEGER NOT NULL,
	arrived INTEGER NOT NULL, -- seconds since 1970
	body    BLOB NOT NULL     -- see block.go
);
CREATE TABLE trace (
	id       INTEGER PRIMARY KEY,
	trace_id BLOB NOT NULL UNIQUE,
	start    INTEGER NOT NULL, -- ns since 1970, of the earliest span
	end      INTEGER NOT NULL,
	duration INTEGER NOT NULL,
	spans    INTEGER NOT NULL,
	kept     INTEGER NOT NULL  -- 1: archived
);
CREATE INDEX trace_start ON trace (start DESC, trace_id);
CREATE INDEX trace_kept ON trace (spans) WHERE kept;
CREATE TABLE part ( -- the spans of a trace that lie in a block
	trace INTEGER NOT NULL,
	block INTEGER NOT NULL,
	start INTEGER NOT NULL,
	end   INTEGER NOT NULL,
	refs  BLOB NOT NULL, -- see refs.go
	PRIMARY KEY (trace, block)
) WITHOUT ROWID;
CREATE TABLE segment (
	id        INTEGER PRIMARY KEY,
	spans     INTEGER NOT NULL,
	min_start INTEGER NOT NULL,
	max_start INTEGER NOT NULL,
	min_trace INTEGER NOT NULL, -- of trace.id
	max_trace INTEGER NOT NULL
);
CREATE TABLE columns (
	id   INTEGER PRIMARY KEY, -- segment * 16 + kind, see columns.go
	body BLOB NOT NULL
);
CREATE TABLE posting (
	segment INTEGER NOT NULL,
	token   INTEGER NOT NULL, -- the first in body, see postings.go
	body    BLOB NOT NULL,
	PRIMARY KEY (segment, token)
) WITHOUT ROWID;
CREATE TABLE operation (
	id      INTEGER PRIMARY KEY,
	service BLOB NOT NULL,
	name    BLOB NOT NULL,
	kind    INTEGER NOT NULL,
	seen    INTEGER NOT NULL, -- an epoch, see dictionary.go
	UNIQUE (service, name, kind)
);
CREATE TABLE key (
	id   INTEGER PRIMARY KEY,
	name BLOB UNIQUE, -- NULL: stands for all keys without a row
	seen INTEGER NOT NULL
);
CREATE TABLE value (
	key   INTEGER NOT NULL,
	text  BLOB NOT NULL,
	token INTEGER NOT NULL,
	seen  INTEGER NOT NULL,
	PRIMARY KEY (key, text)
) WITHOUT ROWID;
`, `
CREATE TABLE throughput ( -- see sampler.go
	at            INTEGER NOT NULL, -- ns since 1970
	service       BLOB NOT NULL,
	operation     BLOB NOT NULL,
	count         INTEGER NOT NULL,
	probabilities TEXT NOT NULL -- a JSON array
);
CREATE INDEX throughput_at ON throughput (at);
CREATE TABLE probability (
	service     BLOB NOT NULL,
	operation   BLOB NOT NULL,
	probability REAL NOT NULL,
	qps         REAL NOT NULL,
	PRIMARY KEY (service, operation)
) WITHOUT ROWID;
`}

// migrate makes db a file of this version. It refuses a newer one.
func migrate(ctx context.Context, db *sql.DB, path string) error {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if version > len(migrations) {
		return newerVersion(path, version)
	}
	for ; version < len(migrations); version++ {
		tx, err := db.BeginTx(ctx, nil)
		if err == nil {
			_, err = tx.ExecContext(ctx, migrations[version])
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1))
		}
		if err == nil {
			err = tx.Commit()
		}
		if err != nil {
			if tx != nil {
				_ = tx.Rollback()
			}
			return fmt.Errorf("%s: making schema %d: %w", path, version+1, err)
		}
	}
	return nil
}

func newerVersion(path string, version int) error {
	return fmt.Errorf("%s was written by a newer version (its schema is %d, this program knows up to %d)", path, version, len(migrations))
}
