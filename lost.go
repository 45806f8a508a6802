// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/internal/env"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
)

// lost stands where the environment wants an endpoint that cannot be used: what it
// does not get is counted.
type lost struct {
	env.Unusable
	since time.Time
	spans atomic.Uint64
}

// Report implements reporter.Reporter.
func (l *lost) Report(*model.Span) { l.spans.Add(1) }

// Flush implements reporter.Reporter.
func (l *lost) Flush(context.Context) error { return nil }

// Close implements reporter.Reporter.
func (l *lost) Close(context.Context) error {
	if n := l.spans.Load(); n > 0 {
		return fmt.Errorf("%w: %d spans lost: %s", reporter.ErrLost, n, l.reason())
	}
	return nil
}

// Stats implements reporter.Statser.
func (l *lost) Stats() []reporter.DestinationStats {
	d := reporter.DestinationStats{Name: "otlp", Address: l.Address, LastError: l.reason(), LastErrorTime: l.since}
	d.Dropped[reporter.SendError] = l.spans.Load()
	return []reporter.DestinationStats{d}
}

func (l *lost) reason() string { return "not used because of " + l.Name }
