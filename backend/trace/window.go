// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"math"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Window is a range of time that includes Start and excludes End. A zero Start
// or End leaves that side open.
type Window struct {
	Start, End time.Time
}

// Nanos returns the window in nanoseconds since 1970: a span is in it that
// starts at start or later and before end. An open end is math.MaxUint64, and a
// time that nanoseconds cannot say is the nearest that they can.
func (w Window) Nanos() (start, end uint64) {
	end = math.MaxUint64
	if !w.Start.IsZero() {
		start = nanos(w.Start)
	}
	if !w.End.IsZero() {
		end = nanos(w.End)
	}
	return start, end
}

// Contains reports whether a span that starts at ts is in the window.
func (w Window) Contains(ts pcommon.Timestamp) bool {
	start, end := w.Nanos()
	return uint64(ts) >= start && (uint64(ts) < end || end == math.MaxUint64)
}

func nanos(t time.Time) uint64 {
	switch s := t.Unix(); {
	case s < 0:
		return 0
	case s >= math.MaxInt64/1_000_000_000:
		return math.MaxInt64
	default:
		return uint64(s)*1_000_000_000 + uint64(t.Nanosecond())
	}
}
