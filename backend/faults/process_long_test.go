// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/server"
)

// flood sends spans from four senders, as fast as they are taken, until stop, which
// returns how many were.
func (b *backend) flood(first uint64) (stop func() int64) {
	ctx, cancel := context.WithCancel(b.t.Context())
	var senders sync.WaitGroup
	var mu sync.Mutex
	var taken int64
	url := b.url(server.OTLPHTTP, "/v1/traces")
	for sender := range uint64(4) {
		senders.Go(func() {
			for i := uint64(0); ctx.Err() == nil; i++ {
				body := spans{trace: first + sender<<32 + i, count: 100}.otlp()
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
				if err != nil {
					b.t.Error(err)
					return
				}
				req.Header.Set("Content-Type", protobuf)
				res, err := client.Do(req)
				if err != nil {
					continue // the server ends
				}
				_ = res.Body.Close()
				if res.StatusCode == http.StatusOK {
					mu.Lock()
					taken += 100
					mu.Unlock()
				}
			}
		})
	}
	return func() int64 {
		cancel()
		senders.Wait()
		return taken
	}
}

// TestKill: what the books called stored is there after kill -9, again and again in
// the same folder.
func TestKill(t *testing.T) {
	if !*long {
		t.Skip("in backend/e2e, once")
	}
	dir := t.TempDir()
	var least int64
	for round := range uint64(10) {
		b := start(t, 1<<30, "--span-storage.type=sqlite", "--data="+dir, "--max-size=4GB")
		s := b.status()
		if s.Store.Spans < least {
			t.Fatalf("round %d: %d spans are there, %d were stored before", round, s.Store.Spans, least)
		}
		b.check()
		stop := b.flood(round<<40 + 1)
		until(t, "spans are stored", func() bool { return b.status().Books.Stored > int64(10_000*(round+1)) })
		least = b.status().Books.Stored + s.Store.Spans
		b.kill()
		stop()
	}
	b := start(t, 1<<30, "--span-storage.type=sqlite", "--data="+dir, "--max-size=4GB")
	if s := b.status(); s.Store.Spans < least {
		t.Errorf("%d spans are there, %d were stored", s.Store.Spans, least)
	}
	b.check()
}

// TestTerminate: under load SIGTERM ends the process within ten seconds, and its
// last words account for every span.
func TestTerminate(t *testing.T) {
	if !*long {
		t.Skip("in backend/e2e, once")
	}
	last := regexp.MustCompile(`msg=stopped received=(\d+) stored=(\d+) refused="?map\[([^\]]*)\]`)
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			b := start(t, 1<<30, "--span-storage.type="+engine, "--data="+t.TempDir())
			stop := b.flood(1)
			until(t, "spans are stored", func() bool { return b.status().Books.Stored > 50_000 })
			begin := time.Now()
			code := b.terminate()
			taken := stop()
			m := last.FindStringSubmatch(b.log.String())
			if m == nil {
				t.Fatalf("it does not say what was lost: %s", b.log)
			}
			received, stored := number(t, m[1]), number(t, m[2])
			var refused, shutdown int64
			for _, r := range regexp.MustCompile(`(\w+):(\d+)`).FindAllStringSubmatch(m[3], -1) {
				refused += number(t, r[2])
				if r[1] == "shutdown" {
					shutdown = number(t, r[2])
				}
			}
			t.Logf("ended after %v with status %d: %d taken, %s", time.Since(begin), code, taken, m[0])
			if received != stored+refused || stored+shutdown < taken {
				t.Errorf("%d taken; %s", taken, m[0])
			}
			if lost := code != 0; lost != (shutdown > 0 && stored < taken) {
				t.Errorf("status %d; %s: %s", code, m[0], b.log)
			}
		})
	}
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
