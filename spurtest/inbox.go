// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// ErrClosed is what Wait of an Agent or a Collector returns, wrapped, when that is
// closed before the spans came.
var ErrClosed = errors.New("spurtest: receiver is closed")

const (
	maxInboxBytes = 256 << 20 // that the batches of one receiver were decoded from
	batchBytes    = 256       // what a batch counts for beside that: an empty one takes room, too
)

// Batch is what one process sent at once: a datagram that an Agent received, a
// request that a Collector did, or one of several batches in such a request.
type Batch struct {
	wire.Batch
	Format transport.Format // what it was encoded as
	Size   int              // of the datagram or the uncompressed body that it came in, in bytes
}

// inbox keeps what a receiver decoded, within limits. Its exported methods are
// those of Agent and Collector.
type inbox struct {
	maxSpans int

	arrived arrivals
	done    chan struct{} // closed when nothing arrives any more

	mu          sync.Mutex
	batches     []Batch
	spans       int // in batches
	bytes       int // that batches count for
	discarded   int
	undecodable int
}

// open makes the inbox ready. maxSpans is standard when it is 0 or less.
func (in *inbox) open(maxSpans, standard int) {
	if in.maxSpans = maxSpans; maxSpans <= 0 {
		in.maxSpans = standard
	}
	in.done = make(chan struct{})
}

// put keeps the batches that size bytes were decoded to, or counts them as
// discarded: all of them or none.
func (in *inbox) put(format transport.Format, size int, batches ...wire.Batch) (spans int) {
	for i := range batches {
		spans += len(batches[i].Spans)
	}
	cost := size + batchBytes*len(batches)
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.spans+spans > in.maxSpans || in.bytes+cost > maxInboxBytes {
		in.discarded += spans
	} else {
		for _, b := range batches {
			in.batches = append(in.batches, Batch{Batch: b, Format: format, Size: size})
		}
		in.spans += spans
		in.bytes += cost
	}
	in.arrived.add(spans) // under the lock: Reset counts what it forgets
	return spans
}

func (in *inbox) refuse() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.undecodable++
}

// Wait returns nil once n spans have arrived since the start or the last Reset,
// kept or not. When ctx ends first, or the receiver is closed, the error says how
// many did and wraps ctx's, or ErrClosed.
func (in *inbox) Wait(ctx context.Context, n int) error { return in.arrived.wait(ctx, n, in.done) }

// Spans returns a copy of each span that is kept, in the order of arrival.
func (in *inbox) Spans() []model.Span {
	var spans []model.Span
	for _, b := range in.Batches() {
		spans = append(spans, b.Spans...)
	}
	return spans
}

// Batches returns a copy of each batch that is kept, in the order of arrival.
// Process and Stats are not copied; do not modify them.
func (in *inbox) Batches() []Batch {
	in.mu.Lock()
	batches := slices.Clone(in.batches)
	in.mu.Unlock()
	for i := range batches {
		kept := batches[i].Spans
		batches[i].Spans = make([]model.Span, len(kept))
		for j := range kept {
			batches[i].Spans[j] = *kept[j].Clone()
		}
	}
	return batches
}

// Tree prints the spans as the function Tree does.
func (in *inbox) Tree(opts ...TreeOption) string { return Tree(in.Spans(), opts...) }

// Received returns how many spans have arrived since the start or the last
// Reset, kept or not.
func (in *inbox) Received() int { return in.arrived.count() }

// Discarded returns how many spans arrived when there was no room for them. Reset
// does not change it.
func (in *inbox) Discarded() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.discarded
}

// Undecodable returns how many datagrams or requests arrived that were no batch.
// Reset does not change it.
func (in *inbox) Undecodable() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.undecodable
}

// Reset forgets the batches and makes Wait count from 0.
func (in *inbox) Reset() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.batches, in.spans, in.bytes = nil, 0, 0
	in.arrived.reset()
}
