// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package poll_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
	"github.com/go-spur/spur/internal/race"
)

const limit = 1 << 20

// TestHostile: no server holds Get longer than its deadline, and none is asked
// twice. What parses is the caller's business.
func TestHostile(t *testing.T) {
	reasons := map[string]error{
		"endless": poll.ErrTooLarge, "gzip bomb": poll.ErrTooLarge, "lies about the length": poll.ErrTooLarge,
		"redirect loop": poll.ErrStatus, "status 500 without end": poll.ErrStatus, "status 304": poll.ErrStatus,
		"hang": context.DeadlineExceeded, "hang in the body": context.DeadlineExceeded, "drip": context.DeadlineExceeded,
		"closed connection": io.EOF, "garbage": nil, "html": nil,
	}
	for _, c := range polltest.Hostile() {
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, server := serve(t, c.Handler)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				var m0, m1 runtime.MemStats
				runtime.ReadMemStats(&m0)
				start := time.Now()
				body, err := server.Get(ctx, "", limit)
				took := time.Since(start)
				runtime.ReadMemStats(&m1)
				if got := m1.TotalAlloc - m0.TotalAlloc; got > 6<<20 && !race.Enabled {
					t.Errorf("allocated %d bytes, the server's part included", got)
				}
				if len(body) > limit || s.Requests() != 1 {
					t.Errorf("%d bytes after %d requests", len(body), s.Requests())
				}
				if c.Slow && took != 10*time.Second || !c.Slow && took != 0 {
					t.Errorf("took %v: %v", took, err)
				}
				if want, known := reasons[c.Name]; known && !errors.Is(err, want) {
					t.Errorf("error %v, want %v", err, want)
				}
				if err == nil && len(body) > 500_000 {
					t.Errorf("accepted %d bytes", len(body))
				}
			})
		})
	}
}

// TestCancel: whatever Get is waiting for, it returns at once when told, and the
// bubble finds no goroutine left, the dial's included.
func TestCancel(t *testing.T) {
	hang := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	silent := func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, far) }()
		return near, nil
	}
	for _, tt := range []struct {
		name, endpoint string
		dial           poll.DialFunc
	}{
		{"connecting", "http://x/", hang},
		{"shaking hands", "https://x/", silent},
		{"waiting for the header", "http://x/", silent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, cancel)
				start := time.Now()
				_, err := newServer(t, tt.endpoint, poll.NewClient(tt.dial, nil)).Get(ctx, "", limit)
				if took := time.Since(start); took != 3*time.Second || !errors.Is(err, context.Canceled) {
					t.Errorf("after %v: %v", took, err)
				}
				synctest.Wait()
				if took := time.Since(start); took != 3*time.Second {
					t.Errorf("goroutines ended after %v", took)
				}
			})
		})
	}
}
