// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
)

func TestFetch(t *testing.T) {
	server := polltest.NewServer(http.NotFoundHandler())
	defer server.Close()
	r, err := NewRemote("orders", RemoteOptions{Manual: true, Client: poll.NewClient(server.Dial, nil), Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Fetch(context.Background()); err != nil || server.Requests() != 0 {
		t.Errorf("nothing to ask for: %v after %d requests", err, server.Requests())
	}
	if r.Allow("op") {
		t.Error("allowed without credits")
	}
	if err := r.Fetch(context.Background()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%v", err)
	}
	server.SetHandler(polltest.Body(`{"balances":[{"operation":"op","balance":1}]}`))
	if err := r.Fetch(context.Background()); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(r.Allow("op"), r.Allow("op")); got != "true false" {
		t.Error(got)
	}
	if st := r.Status(); st.Fetched != 1 || st.Failed != 1 || server.Requests() != 2 {
		t.Errorf("%+v after %d requests", st, server.Requests())
	}
}
