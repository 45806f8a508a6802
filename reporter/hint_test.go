// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/transport"
)

// What the transport takes for the cause stands in Stats, in the log, and in Close's
// error, whose sums are those of the last line; so does what chose the address.
func TestHintsOfTheLastError(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<title>Jaeger UI</title>")
	}))
	defer page.Close()
	missing := httptest.NewServer(http.NotFoundHandler())
	defer missing.Close()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	for _, tt := range []struct {
		name, url, hint, lost string
	}{
		{"web page", page.URL + "/v1/traces", "Jaeger's UI", "3 unconfirmed"},
		{"no such path", missing.URL + "/v1/traces", "no such path there", "3 rejected"},
		{"refused", "http://" + gone.Addr().String() + "/v1/traces", "nobody listens at that port", "3 closed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, err := transport.NewHTTP(tt.url, transport.HTTPOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			r := newBatching(t, h, BatchingOptions{
				SetBy: "MY_ENDPOINT", FlushInterval: never, Logger: slog.New(slog.NewTextHandler(&log, nil)),
			})
			for i := range uint64(3) {
				r.Report(rpcSpan(i + 1))
			}
			ctx, cancel := context.WithTimeout(context.Background(), 700*time.Millisecond)
			defer cancel()
			err = r.Close(ctx)
			if !errors.Is(err, ErrLost) {
				t.Fatalf("Close: %v", err)
			}
			last := log.String()[strings.LastIndex(strings.TrimSpace(log.String()), "\n")+1:]
			for where, text := range map[string]string{"Close": err.Error(), "the log": last} {
				for _, want := range []string{tt.hint, tt.lost, "MY_ENDPOINT"} {
					if n := strings.Count(text, want); n != 1 {
						t.Errorf("%s says %q %d times: %s", where, want, n, text)
					}
				}
			}
			if !strings.Contains(last, "cause=close") || !strings.Contains(last, "lost_in_all=3") || strings.Count(log.String(), "lost") > 4 {
				t.Errorf("log:\n%s", &log)
			}
			if d := stats(r); !strings.Contains(d.LastError, tt.hint) {
				t.Errorf("LastError: %s", d.LastError)
			}
		})
	}
}

// An error that is over has nothing to do with what is lost later.
func TestHintsOfOldErrors(t *testing.T) {
	l := lossLog{format: transport.OTLP}
	b := lossBooks{ledger: ledger{lastHint: "old", lastError: "old"}}
	if h := l.hint(Closed, b); strings.Contains(h, "old") {
		t.Error(h)
	}
	b.troubled, b.lastHint = true, ""
	if h := l.hint(Closed, b); !strings.Contains(h, "last_error") {
		t.Errorf("spans wait because attempts fail, and the hint is %q", h)
	}
	b.lastHint = "old"
	for why, wants := range map[Reason]bool{Closed: true, Rejected: true, unconfirmedLoss: true, TooLarge: false, QueueFull: false} {
		if h := l.hint(why, b); strings.Contains(h, "old") != wants {
			t.Errorf("%v: %s", why, h)
		}
	}
	if l.retrying = true; !strings.HasPrefix(l.hint(QueueFull, b), "old; see ") {
		t.Error("a queue is full because nothing gets through, and the hint is about its size")
	}
}
