// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// errWriteOnly is what everything returns that reads.
var errWriteOnly = fmt.Errorf("spans are sent on, and not kept here: %w", errors.ErrUnsupported)

// Trace implements store.Store.
func (s *Store) Trace(context.Context, pcommon.TraceID, trace.Window) (ptrace.Traces, error) {
	return ptrace.Traces{}, errWriteOnly
}

// Search implements store.Store.
func (s *Store) Search(context.Context, trace.Query) (trace.Page, error) {
	return trace.Page{}, errWriteOnly
}

// Arrivals implements store.Store.
func (s *Store) Arrivals(context.Context, trace.Query) (trace.Page, error) {
	return trace.Page{}, errWriteOnly
}

// Services implements store.Store.
func (s *Store) Services(context.Context) ([]string, error) { return nil, errWriteOnly }

// Operations implements store.Store.
func (s *Store) Operations(context.Context, string) ([]trace.Operation, error) {
	return nil, errWriteOnly
}

// Keys implements store.Store.
func (s *Store) Keys(context.Context, string, int) ([]string, error) { return nil, errWriteOnly }

// Values implements store.Store.
func (s *Store) Values(context.Context, string, string, int) ([]string, error) {
	return nil, errWriteOnly
}

// Links implements store.Store.
func (s *Store) Links(context.Context, trace.Window) ([]trace.Link, error) { return nil, errWriteOnly }

// RED implements store.Store.
func (s *Store) RED(context.Context, trace.REDQuery) ([]trace.REDSeries, error) {
	return nil, errWriteOnly
}
