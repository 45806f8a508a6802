// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"sync"

	"github.com/go-spur/spur/backend/store"
)

// gate counts the calls that are under way.
type gate struct {
	mu     sync.Mutex
	calls  int
	closed bool
	idle   *sync.Cond // no call is under way
}

func (g *gate) init() { g.idle = sync.NewCond(&g.mu) }

func (g *gate) enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return store.ErrClosed
	}
	g.calls++
	return nil
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls--; g.calls == 0 {
		g.idle.Broadcast()
	}
}

// close lets nobody in any more and waits until all have left. It is false if it was
// closed before.
func (g *gate) close() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	first := !g.closed
	g.closed = true
	for g.calls > 0 {
		g.idle.Wait()
	}
	return first
}
