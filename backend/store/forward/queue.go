// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"context"
	"sync"
	"time"

	"github.com/go-spur/spur/backend/send"
)

// item is a batch that waits or is on its way.
type item struct {
	batch   send.Batch
	expires time.Time // zero is never

	segment *segment // in which it is, or nil
	offset  int64
}

// queue holds what waits.
type queue interface {
	// put adds batches, all or, with an error, none. It may wait for room.
	put(ctx context.Context, batches []send.Batch) error
	// take returns the next item, when there is one, or nil when ctx is done.
	take(ctx context.Context) *item
	// done says that nothing of the item waits any more.
	done(*item)
	// keeps reports whether the item is still to be sent.
	keeps(*item) bool
	// size is how many bytes wait, or are on their way.
	size() int64
	// close is called when nobody uses the queue any more.
	close() error
}

// memory is a queue that ends with the process.
type memory struct {
	most   int64
	ledger *ledger

	mu    sync.Mutex
	news  *sync.Cond // something was put, or a context ended
	room  *sync.Cond // something is done, or a context ended
	items []*item
	bytes int64 // of those taken, too
}

func newMemory(most int64, l *ledger) *memory {
	m := &memory{most: most, ledger: l}
	m.news, m.room = sync.NewCond(&m.mu), sync.NewCond(&m.mu)
	return m
}

func (m *memory) put(ctx context.Context, batches []send.Batch) error {
	var bytes int64
	spans := 0
	for _, b := range batches {
		bytes += int64(len(b.OTLP))
		spans += b.Spans
	}
	defer wakes(ctx, m.room)()
	m.mu.Lock()
	defer m.mu.Unlock()
	for ctx.Err() == nil && m.bytes > 0 && m.bytes+bytes > m.most {
		m.room.Wait()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	m.ledger.take(spans)
	m.bytes += bytes
	for _, b := range batches {
		m.items = append(m.items, &item{batch: b, expires: time.Now().Add(retryFor)})
		m.news.Signal()
	}
	return nil
}

func (m *memory) take(ctx context.Context) *item {
	defer wakes(ctx, m.news)()
	m.mu.Lock()
	defer m.mu.Unlock()
	for ctx.Err() == nil && len(m.items) == 0 {
		m.news.Wait()
	}
	if ctx.Err() != nil {
		return nil
	}
	it := m.items[0]
	m.items[0] = nil
	m.items = m.items[1:]
	return it
}

func (m *memory) done(it *item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes -= int64(len(it.batch.OTLP))
	m.room.Broadcast()
}

func (m *memory) keeps(*item) bool { return true }

func (m *memory) size() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.bytes
}

func (m *memory) close() error { return nil }

// wakes has all who wait on c look again when ctx is done, until the function that
// it returns is called.
func wakes(ctx context.Context, c *sync.Cond) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		c.L.Lock()
		defer c.L.Unlock()
		c.Broadcast()
	})
}
