// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// Position is where a trace stands in the answer to a search. Traces with a
// larger Key come first; among equal ones, those with a smaller ID.
type Position struct {
	Key int64 // what the order is by: a start or a duration in nanoseconds, or a number of spans
	ID  pcommon.TraceID
}

// PositionOf returns the position of s in the order o.
func PositionOf(s *trace.Summary, o trace.Order) Position {
	switch o {
	case trace.LongestFirst:
		return Position{int64(s.Duration), s.TraceID}
	case trace.MostSpansFirst:
		return Position{int64(s.Spans), s.TraceID}
	default:
		return Position{s.Start.UnixNano(), s.TraceID}
	}
}

// Compare returns -1 when p comes before q, 1 when it comes behind it, and 0
// when they are the same.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(q.Key, p.Key), bytes.Compare(p.ID[:], q.ID[:]))
}

// Cursor returns the cursor of a page in the order o that ends with p.
func (p Position) Cursor(o trace.Order) string {
	return fmt.Sprintf("%d.%d.%x", o, p.Key, p.ID[:])
}

// ParseCursor returns the position at which a page in the order o ended. The
// error wraps ErrCursor.
func ParseCursor(cursor string, o trace.Order) (Position, error) {
	order, rest, _ := strings.Cut(cursor, ".")
	key, id, _ := strings.Cut(rest, ".")
	var p Position
	var err error
	p.Key, err = strconv.ParseInt(key, 10, 64)
	if err != nil || order != strconv.Itoa(int(o)) || len(id) != 2*len(p.ID) {
		return Position{}, fmt.Errorf("%w %.80q", ErrCursor, cursor)
	}
	if _, err := hex.Decode(p.ID[:], []byte(id)); err != nil {
		return Position{}, fmt.Errorf("%w %.80q", ErrCursor, cursor)
	}
	return p, nil
}
