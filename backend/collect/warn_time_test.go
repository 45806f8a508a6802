// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/trace"
)

// TestRefusalsAreLogged: each reason at once, and then once a minute with what
// was refused so far.
func TestRefusalsAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		block := func(ctx context.Context, _ ptrace.Traces) error { <-ctx.Done(); return ctx.Err() }
		c := collect.New(collect.Config{QueueSpans: 5}, &fake{write: block}, nil, slog.New(slog.NewTextHandler(&log, nil)))
		udp := trace.Origin{Protocol: "thrift-compact", Transport: "udp"}
		take(t, c, traces(5))
		for range 100 {
			if _, err := c.Take(t.Context(), traces(1), udp); !errors.Is(err, trace.ErrBusy) {
				t.Fatalf("a full queue takes more: %v", err)
			}
			c.Unread(udp, trace.ReasonKernel, 2)
			c.Unread(udp, trace.ReasonMalformed, 1) // the receiver logs it, with the error
		}
		c.Refuse(udp, trace.ReasonTooLarge, 1)
		logged := func(want ...string) {
			t.Helper()
			lines := strings.Split(strings.TrimSpace(log.String()), "\n")
			log.Reset()
			if len(lines) != len(want) {
				t.Fatalf("%d lines are logged, not %d: %q", len(lines), len(want), lines)
			}
			for i := range want {
				if !strings.Contains(lines[i], want[i]) {
					t.Errorf("%s does not have %s", lines[i], want[i])
				}
			}
		}
		logged("reason=queue_full protocol=thrift-compact transport=udp refused=map[queue_full:1]", "reason=kernel", "reason=too_large")
		time.Sleep(time.Minute)
		c.Unread(udp, trace.ReasonKernel, 2)
		logged(`reason=kernel protocol=thrift-compact transport=udp refused="map[queue_full:100 too_large:1]" unread="map[kernel:202 malformed:100]"`)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_ = c.Close(ctx)
	})
}
