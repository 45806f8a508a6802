// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"maps"

	"github.com/go-spur/spur/backend/trace"
)

// books are the counts behind trace.Books. What waits is in the queue's.
type books struct {
	received map[trace.Origin]int64
	refused  map[trace.Reason]int64
	unread   map[trace.Reason]int64
	stored   int64
	mended   int64
}

func newBooks() books {
	return books{map[trace.Origin]int64{}, map[trace.Reason]int64{}, map[trace.Reason]int64{}, 0, 0}
}

func (b *books) receive(from trace.Origin, spans int) {
	b.received[from] += int64(spans)
}

// refuse books spans as received and refused.
func (b *books) refuse(from trace.Origin, reason trace.Reason, spans int) {
	b.receive(from, spans)
	b.refused[reason] += int64(spans)
}

func (b *books) sum(waiting int) trace.Books {
	total := trace.Books{
		Stored:  b.stored,
		Waiting: int64(waiting),
		Refused: maps.Clone(b.refused),
		Unread:  maps.Clone(b.unread),
		Mended:  b.mended,
	}
	for _, n := range b.received {
		total.Received += n
	}
	return total
}
