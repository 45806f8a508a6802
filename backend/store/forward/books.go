// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"maps"
	"sync"

	"github.com/go-spur/spur/backend/trace"
)

// Why spans were dropped, beside trace.ReasonTooLarge, of a single span that is too
// large for the receiver, and trace.ReasonShutdown.
const (
	ReasonRefused trace.Reason = "refused"    // the receiver will never take them
	ReasonExpired trace.Reason = "expired"    // no receiver took them in time
	ReasonSpool   trace.Reason = "spool_full" // the oldest, when the spool or its disk was full
	ReasonDamaged trace.Reason = "damaged"    // the spool's file cannot be read
)

// Books are what became of spans. At any time
// Taken + Replayed = Sent + Rejected + all of Dropped + Waiting.
type Books struct {
	Taken    int64 // Write took them
	Replayed int64 // found in the spool when the store was opened
	Sent     int64 // a receiver has them
	Rejected int64 // a receiver refused them, and took others of the same request
	Dropped  map[trace.Reason]int64
	Waiting  int64
	// Damaged are places in files of the spool that cannot be read. How many spans
	// were there is known of some only.
	Damaged int64
}

// Balance is what the books do not account for: 0 unless spans were lost without
// a reason.
func (b *Books) Balance() int64 {
	n := b.Taken + b.Replayed - b.Sent - b.Rejected - b.Waiting
	for _, dropped := range b.Dropped {
		n -= dropped
	}
	return n
}

// ledger is Books that many may write to.
type ledger struct {
	mu    sync.Mutex
	books Books
}

func newLedger() *ledger { return &ledger{books: Books{Dropped: map[trace.Reason]int64{}}} }

func (l *ledger) read() Books {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.books
	b.Dropped = maps.Clone(b.Dropped)
	return b
}

func (l *ledger) change(f func(*Books)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.books)
}

func (l *ledger) take(spans int) {
	l.change(func(b *Books) { b.Taken += int64(spans); b.Waiting += int64(spans) })
}

func (l *ledger) replay(spans int) {
	l.change(func(b *Books) { b.Replayed += int64(spans); b.Waiting += int64(spans) })
}

// sent books spans of which the receiver rejected some.
func (l *ledger) sent(spans, rejected int) {
	l.change(func(b *Books) {
		b.Waiting -= int64(spans)
		b.Rejected += int64(rejected)
		b.Sent += int64(spans - rejected)
	})
}

func (l *ledger) drop(reason trace.Reason, spans int) {
	if spans != 0 {
		l.change(func(b *Books) { b.Waiting -= int64(spans); b.Dropped[reason] += int64(spans) })
	}
}

func (l *ledger) damage() { l.change(func(b *Books) { b.Damaged++ }) }
