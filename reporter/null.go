// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"

	"github.com/go-spur/spur/model"
)

// Null forgets every span. It is no destination: its Stats are empty.
type Null struct{}

// Report implements Reporter.
func (Null) Report(*model.Span) {}

// Flush implements Reporter.
func (Null) Flush(context.Context) error { return nil }

// Close implements Reporter.
func (Null) Close(context.Context) error { return nil }

// Stats implements Statser.
func (Null) Stats() []DestinationStats { return nil }

// NullKeeper is a Null with which spans stay readable after they finish.
type NullKeeper struct{ Null }

// KeepsSpans implements SpanKeeper.
func (NullKeeper) KeepsSpans() bool { return true }
