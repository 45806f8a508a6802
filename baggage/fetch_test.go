// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
)

func TestFetch(t *testing.T) {
	server := polltest.NewServer(http.NotFoundHandler())
	defer server.Close()
	r, err := NewRemote("orders", RemoteOptions{
		Manual: true, DenyUntilFetched: true, Client: poll.NewClient(server.Dial, nil), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Fetch(context.Background()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%v", err)
	}
	if _, ok := r.Allowed("orders", "user"); ok {
		t.Error("allowed without a list")
	}
	server.SetHandler(polltest.Body(`[{"baggageKey":"user","maxValueLength":4}]`))
	if err := r.Fetch(context.Background()); err != nil {
		t.Error(err)
	}
	if n, ok := r.Allowed("orders", "user"); n != 4 || !ok {
		t.Errorf("%d, %v", n, ok)
	}
	if st := r.Status(); st.Fetched != 1 || st.Failed != 1 || server.Requests() != 2 {
		t.Errorf("%+v after %d requests", st, server.Requests())
	}
}

// TestFetchConcurrentSafe: from several goroutines, beside the Remote's own.
func TestFetchConcurrentSafe(t *testing.T) {
	server := polltest.NewServer(polltest.Body(`[{"baggageKey":"user","maxValueLength":4}]`))
	defer server.Close()
	r, err := NewRemote("orders", RemoteOptions{Client: poll.NewClient(server.Dial, nil)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 10 {
				if err := r.Fetch(context.Background()); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	if st := r.Status(); st.Fetched < 40 || st.Failed != 0 {
		t.Errorf("%+v", st)
	}
}
