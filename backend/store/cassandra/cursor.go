// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

const mostPending = 64 // in a cursor

// pending is a trace that a later page has to look at: it starts at the entry's start, or,
// if it was not read, not after it.
type pending struct {
	entry
	first int64 // start of the entry of the index that led to it
}

// cursor is where a page in the order NewestFirst ended: traces behind position, from
// the place in the index where the search stopped, and those that it had found before
// their turn, or had no time to read.
type cursor struct {
	position store.Position
	from     int64
	ended    bool
	pending  []entry
}

// keep puts all into the cursor, or as many as it has room for: then the index is read
// again from where the others were found.
func (c *cursor) keep(all []pending) {
	slices.SortFunc(all, func(a, b pending) int { return cmp.Compare(b.first, a.first) })
	for i := range all {
		if i == mostPending {
			c.from, c.ended = max(c.from, all[i].first), false
			return
		}
		c.pending = append(c.pending, all[i].entry)
	}
}

// pendingBytes is the length of an entry in a cursor: the trace, and its start.
const pendingBytes = 16 + 8

// String is order.key.id.from.pending, from -1 when nothing is left in the index.
func (c *cursor) String() string {
	from := c.from
	if c.ended {
		from = -1
	}
	var b []byte
	for _, e := range c.pending {
		b = append(b, e.id[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(e.start))
	}
	return fmt.Sprintf("%s.%d.%s", c.position.Cursor(trace.NewestFirst), from, base64.RawURLEncoding.EncodeToString(b))
}

func parseCursor(text string, o trace.Order) (c cursor, err error) {
	c.from = math.MaxInt64
	if text == "" {
		return c, nil
	}
	parts := strings.Split(text, ".")
	if c.position, err = store.ParseCursor(strings.Join(parts[:min(3, len(parts))], "."), o); err != nil || len(parts) <= 3 {
		return c, err
	}
	wrong := fmt.Errorf("%w %.80q", store.ErrCursor, text)
	if c.from, err = strconv.ParseInt(parts[3], 10, 64); err != nil || len(parts) != 5 || c.from < -1 {
		return c, wrong
	}
	all, err := base64.RawURLEncoding.DecodeString(parts[4])
	if err != nil || len(all)%pendingBytes != 0 || len(all) > mostPending*pendingBytes {
		return c, wrong
	}
	for one := range slices.Chunk(all, pendingBytes) {
		c.pending = append(c.pending, entry{int64(binary.BigEndian.Uint64(one[16:])), pcommon.TraceID(one[:16])})
	}
	return c, nil
}
