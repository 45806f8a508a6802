// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// WriteOnly is the reading half of an engine that can read nothing: all of it returns
// Err, which wraps errors.ErrUnsupported.
type WriteOnly struct{ Err error }

// Trace implements Store.
func (w WriteOnly) Trace(context.Context, pcommon.TraceID, trace.Window) (ptrace.Traces, error) {
	return ptrace.Traces{}, w.Err
}

// Search implements Store.
func (w WriteOnly) Search(context.Context, trace.Query) (trace.Page, error) {
	return trace.Page{}, w.Err
}

// Arrivals implements Store.
func (w WriteOnly) Arrivals(context.Context, trace.Query) (trace.Page, error) {
	return trace.Page{}, w.Err
}

// Services implements Store.
func (w WriteOnly) Services(context.Context) ([]string, error) { return nil, w.Err }

// Operations implements Store.
func (w WriteOnly) Operations(context.Context, string) ([]trace.Operation, error) {
	return nil, w.Err
}

// Keys implements Store.
func (w WriteOnly) Keys(context.Context, string, int) ([]string, error) { return nil, w.Err }

// Values implements Store.
func (w WriteOnly) Values(context.Context, string, string, int) ([]string, error) {
	return nil, w.Err
}

// Links implements Store.
func (w WriteOnly) Links(context.Context, trace.Window) ([]trace.Link, error) { return nil, w.Err }

// RED implements Store.
func (w WriteOnly) RED(context.Context, trace.REDQuery) ([]trace.REDSeries, error) {
	return nil, w.Err
}
