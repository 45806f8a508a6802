// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package throttler_test

import (
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/poll/polltest"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest"
	"github.com/go-spur/spur/throttler"
)

// TestRemoteIsIdentified: the server can tell which process asks.
func TestRemoteIsIdentified(t *testing.T) {
	for _, tt := range []struct{ name, own, tag string }{
		{"its own", "mine", ""}, {"the tracer's", "", ""}, {"the user's tag", "", "users"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Pointer[url.Values]
				server := polltest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					q := r.URL.Query()
					asked.Store(&q)
					fmt.Fprint(w, `{"balances":[{"operation":"op","balance":1}]}`)
				}))
				defer server.Close()
				remote, err := throttler.NewRemote("orders", throttler.RemoteOptions{UUID: tt.own, Client: poll.NewClient(server.Dial, nil)})
				if err != nil {
					t.Fatal(err)
				}
				opts := []spur.Option{spur.WithDebugThrottler(remote), spur.WithSampler(sampler.NewParentBased(sampler.NewConst(false)))}
				if tt.tag != "" {
					opts = append(opts, spur.WithTags(opentracing.Tag{Key: "client-uuid", Value: tt.tag}))
				}
				tracer, spans := spurtest.New(t, opts...)
				for i, want := range []bool{false, true, false} {
					s := debugRequest(t, tracer, "op", i%2 == 0)
					if s.Finish(); s.SpanContext().IsDebug() != want || s.SpanContext().IsSampled() != want {
						t.Errorf("request %d: %v, want debug %v", i, s.SpanContext().Flags(), want)
					}
					if i == 0 {
						time.Sleep(2 * time.Second) // for one fetch
						synctest.Wait()
					}
				}
				uuid := tt.own
				for _, tag := range spans.Spans()[0].Process.Tags {
					if tag.Key == "client-uuid" && uuid == "" {
						uuid = tag.Value.Str()
					}
				}
				if got := asked.Load().Get("uuid"); got != uuid || got == "" || tt.tag != "" && got != tt.tag {
					t.Errorf("uuid %q, want %q", got, uuid)
				}
				if n := tracer.Stats().Cut.DebugCapped; n != 2 {
					t.Errorf("%d capped, want 2", n)
				}
				if err := tracer.Close(); err != nil {
					t.Error(err)
				}
				before := server.Requests()
				time.Sleep(time.Hour)
				if server.Requests() != before {
					t.Error("the tracer did not close its throttler")
				}
			})
		})
	}
}
