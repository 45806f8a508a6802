// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-spur/spur/backend/trace"
)

// Why spans that were read are not stored by this process, beside what receivers say.
const (
	ReasonRefused    trace.Reason = "store_refused" // the store takes others: dead letters
	ReasonRebalanced trace.Reason = "rebalanced"    // another ingester has the partition now, and reads them again
	ReasonPacked     trace.Reason = "packed"        // messages that came packed together and cannot be unpacked: a dead letter
	ReasonExpired    trace.Reason = "expired"       // messages that brokers removed before they were read
)

// Partition is one that this process reads.
type Partition struct {
	Number   int32 `json:"partition"`
	Messages int64 `json:"messages"` // stored, or dead letters
	Offset   int64 `json:"offset"`   // of the last of these, or -1
	Lag      int64 `json:"lag"`      // messages that the group has not committed, or -1 when nobody knows
}

// books are the counts behind trace.Books, and the partitions.
type books struct {
	received, stored, waiting, mended, dead int64

	refused    map[trace.Reason]int64
	unread     map[trace.Reason]int64
	partitions map[int32]*Partition
}

func newBooks() books {
	return books{refused: map[trace.Reason]int64{}, unread: map[trace.Reason]int64{}, partitions: map[int32]*Partition{}}
}

func (b *books) partition(n int32) *Partition {
	p := b.partitions[n]
	if p == nil {
		p = &Partition{Number: n, Offset: -1, Lag: -1}
		b.partitions[n] = p
	}
	return p
}

// total is how many spans were found in m.
func (m *message) total() (n int) {
	for _, r := range m.refused {
		n += r.Count
	}
	return n + m.spans
}

// count books spans as received, and waiting until they are settled.
func (in *Ingester) count(messages []*message) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, m := range messages {
		if m.counted == 0 {
			m.counted = m.total()
			in.books.received += int64(m.counted)
			in.books.waiting += int64(m.counted)
		}
	}
}

// settle books what became of b, and marks its offsets for the next commit.
func (in *Ingester) settle(b *batch) {
	records := make([]*kgo.Record, len(b.messages))
	in.mu.Lock()
	for i, m := range b.messages {
		records[i] = m.record
		in.books.settle(m)
		in.books.pass(m)
		p := in.books.partition(m.record.Partition)
		p.Messages++
		p.Offset = m.record.Offset
	}
	in.mu.Unlock()
	in.client.MarkCommitRecords(records...)
	in.pass(b)
}

// settle books what became of the spans of m.
func (b *books) settle(m *message) {
	b.waiting -= int64(m.counted)
	for _, r := range m.refused {
		b.refused[r.Reason] += int64(r.Count)
	}
	switch {
	case m.isUnread(): // it has none
	case m.reason != "":
		b.refused[m.reason] += int64(m.spans)
	default:
		b.stored += int64(m.spans)
		b.mended += int64(m.mended)
	}
	if m.buried {
		b.dead++
	}
}

// pass books what is never read, once the offset moves behind m.
func (b *books) pass(m *message) {
	b.unread[ReasonExpired] += m.missed
	if m.isUnread() {
		b.unread[m.reason] += m.offsets
	}
}

// drop takes the messages out of b that are to be dropped. They are not marked, so
// they are read again, by this process or another, and counted as unread only then if
// they cannot be. What is stored of them stays.
func (in *Ingester) drop(b *batch, reason trace.Reason, chosen func(*message) bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	b.messages = slices.DeleteFunc(b.messages, func(m *message) bool {
		switch {
		case !chosen(m):
			return false
		case m.stored || m.reason != "":
			in.books.settle(m)
		default:
			in.books.waiting -= int64(m.counted)
			in.books.refused[reason] += int64(m.counted)
		}
		return true
	})
}

// Books returns what became of all spans so far. Unread are messages.
func (in *Ingester) Books() trace.Books {
	in.mu.Lock()
	defer in.mu.Unlock()
	b := &in.books
	return trace.Books{
		Received: b.received, Stored: b.stored, Waiting: b.waiting, Mended: b.mended,
		Refused: maps.Clone(b.refused), Unread: maps.Clone(b.unread),
	}
}

// Partitions returns what is read, in the order of its numbers.
func (in *Ingester) Partitions() (out []Partition) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(in.books.partitions)) {
		out = append(out, *in.books.partitions[n])
	}
	return out
}

// Status is what there is to say beside Books, as JSON.
func (in *Ingester) Status() any {
	return struct {
		Topic       string      `json:"topic"`
		Group       string      `json:"group"`
		Partitions  []Partition `json:"partitions"`
		DeadLetters int64       `json:"deadLetters"`
	}{in.config.Topic, in.config.Group, in.Partitions(), in.DeadLetters()}
}

// DeadLetters returns how many messages were sent to DeadTopic.
func (in *Ingester) DeadLetters() int64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.books.dead
}
