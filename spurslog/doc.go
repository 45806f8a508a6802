// SPDX-License-Identifier: Apache-2.0

// Package spurslog connects log lines with traces: its slog.Handler adds the ids of
// the span in a record's context, and can copy records onto that span.
//
//	logger := slog.New(spurslog.NewHandler(slog.NewJSONHandler(os.Stderr, nil)))
//	logger.InfoContext(ctx, "paid", "cents", 1250) // {…,"cents":1250,"trace_id":"…","span_id":"…"}
//
// The context is what carries the span, so use the methods with Context in their
// names.
package spurslog
