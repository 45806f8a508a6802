// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"runtime"
	"sync"
	"testing"

	"github.com/go-spur/spur/backend/server"
)

// TestFlood: datagrams faster than anybody can take them. Those that the kernel
// has no room for are counted, so that none is missing in the books.
func TestFlood(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux says what it has dropped")
	}
	b := start(t, 1<<30, "--span-storage.type=memory")
	const each = 10
	n := size(5_000, 300_000)
	var senders sync.WaitGroup
	for sender := range 4 {
		send := b.datagrams(server.ThriftCompact)
		senders.Go(func() {
			for i := sender; i < n; i += 4 {
				send(spans{trace: uint64(i) + 1, count: each}.compact())
			}
		})
	}
	senders.Wait()
	var s state
	until(t, "all datagrams are in the books", func() bool {
		s = b.status()
		return s.Books.Received/each+s.Books.Unread["kernel"] >= int64(n)
	})
	if s.Books.Received/each+s.Books.Unread["kernel"] != int64(n) || len(s.Books.Unread) > 1 {
		t.Errorf("%d datagrams were sent: %+v", n, s.Books)
	}
	b.check()
}
