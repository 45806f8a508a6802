// SPDX-License-Identifier: Apache-2.0

//go:build linux

package faults

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/trace"
)

// TestFullDisk: when the disk is full, spans wait, then senders are told to come
// back, and in the end spans are refused and counted. What is stored can still be
// read, and with room again all goes on.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", size(24, 128))); err != nil {
		t.Skipf("a small disk needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, size(16, 64)<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	b := start(t, 1<<30, "--span-storage.type=sqlite", "--data="+filepath.Join(dir, "data"), "--collector.queue-size=500")
	first := b.check()

	var senders sync.WaitGroup
	enough := make(chan struct{})
	for sender := range 4 {
		senders.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-enough:
					return
				default:
					b.post(spans{trace: uint64(sender+1)<<32 | uint64(i+1), count: 50, noise: 10_000}.otlp())
				}
			}
		})
	}
	until(t, "health says that the disk is full", func() bool {
		code, answer, err := b.do(http.MethodGet, b.url(server.Admin, "/"), "", nil)
		return err == nil && code == http.StatusServiceUnavailable && bytes.Contains(answer, []byte("full"))
	})
	until(t, "senders are told to come back", func() bool {
		return b.status().Books.Refused[string(trace.ReasonQueueFull)] > 0
	})
	close(enough)
	senders.Wait()
	if *long {
		for begin := time.Now(); time.Since(begin) < 65*time.Second && b.status().Books.Refused[string(trace.ReasonStore)] == 0; {
			until(t, "it still answers", func() bool { return b.get("/api/services") != nil })
		}
		if b.status().Books.Refused[string(trace.ReasonStore)] == 0 {
			t.Error("what cannot be stored waits for ever")
		}
	}
	s := b.status()
	if s.Books.Stored <= first.Books.Stored || s.Store.Spans != s.Books.Stored {
		t.Errorf("%d spans are in the store: %+v", s.Store.Spans, s.Books)
	}
	b.get("/api/traces/" + traceHex(1<<32|1))
	b.get("/api/search?q=service:faults")

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	b.check()
	after := b.status()
	if after.Books.Refused[string(trace.ReasonStore)] != s.Books.Refused[string(trace.ReasonStore)] || after.Store.Spans != after.Books.Stored {
		t.Errorf("with room again: %+v", after)
	}
}
