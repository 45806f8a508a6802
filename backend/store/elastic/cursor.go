// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// cursor is where a page ended.
type cursor struct {
	order trace.Order
	at    store.Position
	from  uint64 // where the scan goes on, in microseconds; 0 is a first page
}

func (c cursor) set() bool { return c.at != store.Position{} }

func (c cursor) String() string {
	return c.at.Cursor(c.order) + "." + strconv.FormatUint(c.from, 10)
}

func parseCursor(text string, o trace.Order) (c cursor, err error) {
	c.order = o
	if text == "" {
		return c, nil
	}
	i := strings.LastIndexByte(text, '.')
	if i < 0 {
		return c, fmt.Errorf("%w %.80q", store.ErrCursor, text)
	}
	if c.from, err = strconv.ParseUint(text[i+1:], 10, 64); err != nil || c.from > maxStart {
		return c, fmt.Errorf("%w %.80q", store.ErrCursor, text)
	}
	if o != trace.NewestFirst {
		c.from = 0 // all are looked at
	}
	c.at, err = store.ParseCursor(text[:i], o)
	return c, err
}
