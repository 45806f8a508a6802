// SPDX-License-Identifier: Apache-2.0

//go:build linux

package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/go-spur/spur/backend/trace"
)

// TestFullDisk: when the disk is full, what cannot be stored is refused and
// counted, what is stored can still be read, and with room again all goes on.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", size(16, 128))); err != nil {
		t.Skipf("a small disk needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, size(4, 32)<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	b := start(t, 1<<30, "--span-storage.type=sqlite", "--data="+filepath.Join(dir, "data"))
	first := b.check()

	var senders sync.WaitGroup
	full := make(chan struct{})
	for sender := range 4 {
		senders.Go(func() {
			for i := 0; ; i++ {
				b.deliver(spans{trace: uint64(sender+1)<<32 | uint64(i+1), count: 500, noise: true}.otlp())
				select {
				case <-full:
					return
				default:
				}
			}
		})
	}
	until(t, "the disk is full", func() bool { return b.status().Books.Refused[string(trace.ReasonStore)] > 0 })
	close(full)
	senders.Wait()
	s := b.settled()
	if s.Books.Stored <= first.Books.Stored || s.Store.Spans != s.Books.Stored {
		t.Errorf("%d spans are in the store: %+v", s.Store.Spans, s.Books)
	}
	b.get("/api/traces/" + traceHex(1<<32|1))
	b.get("/api/search?q=service:faults")

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	after := b.check()
	if after.Books.Stored < s.Books.Stored+3 || after.Store.Spans != after.Books.Stored {
		t.Errorf("with room again: %+v", after)
	}
}
