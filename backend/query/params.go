// SPDX-License-Identifier: Apache-2.0

package query

import (
	"math"
	"net/url"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// params are a request's query parameters. Wrong ones get the answer that
// Jaeger 1.62 gives (cmd/query/app/query_parser.go), since clients show it.
type params struct{ url.Values }

func wrongParam(name string, err error) error {
	return badRequest("unable to parse param '%s': %v", name, shortError(err))
}

// shortError is an error of package strconv or time with its value cut.
func shortError(err error) string { return shorten(err.Error()) }

// duration is a number of units, or otherwise.
func (p params) duration(name string, unit, otherwise time.Duration) (time.Duration, error) {
	if p.Get(name) == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(p.Get(name), 10, 64)
	if err != nil {
		return 0, wrongParam(name, err)
	}
	limit := int64(math.MaxInt64 / unit)
	return time.Duration(min(max(n, -limit), limit)) * unit, nil
}

// time is a number of units since 1970, or otherwise.
func (p params) time(name string, unit time.Duration, otherwise time.Time) (time.Time, error) {
	if p.Get(name) == "" {
		return otherwise, nil
	}
	d, err := p.duration(name, unit, 0)
	return time.Unix(0, int64(d)), err
}

// goDuration is a duration like "1.5ms", or 0.
func (p params) goDuration(name string) (time.Duration, error) {
	if p.Get(name) == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(p.Get(name))
	if err != nil {
		return 0, wrongParam(name, err)
	}
	return d, nil
}

// bool is a boolean in one of strconv.ParseBool's spellings, or false.
func (p params) bool(name string) (bool, error) {
	if p.Get(name) == "" {
		return false, nil
	}
	b, err := strconv.ParseBool(p.Get(name))
	if err != nil {
		return false, wrongParam(name, err)
	}
	return b, nil
}

// limit is a number of things to return: otherwise when there is none, and at
// most maximum, which 0 and less stand for too.
func (p params) limit(otherwise, maximum int) (int, error) {
	if p.Get("limit") == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(p.Get("limit"), 10, 32)
	if err != nil {
		return 0, badRequest("%s", shortError(err))
	}
	if n <= 0 {
		return maximum, nil
	}
	return min(int(n), maximum), nil
}

// window is the times of parameters start and end, each of which may be
// missing.
func (p params) window() (trace.Window, error) {
	var w trace.Window
	var err error
	if w.Start, err = p.anyTime("start"); err != nil {
		return w, err
	}
	w.End, err = p.anyTime("end")
	return w, err
}

// anyTime is a time since 1970 in microseconds, as Jaeger has it, or in
// milliseconds, as Grafana sends it, or in nanoseconds: no time after 1973 can
// be meant in two of them.
func (p params) anyTime(name string) (time.Time, error) {
	const micros1973, nanos1973 = 1e14, 1e17
	unit := time.Microsecond
	switch n, _ := strconv.ParseInt(p.Get(name), 10, 64); { // p.time says what is wrong with it
	case n < micros1973:
		unit = time.Millisecond
	case n >= nanos1973:
		unit = time.Nanosecond
	}
	return p.time(name, unit, time.Time{})
}

// parseTraceID reads an id in every spelling there is.
func parseTraceID(s string) (pcommon.TraceID, error) {
	id, err := trace.ParseTraceID(s)
	if err == nil {
		return id, nil
	}
	// What follows says so in Jaeger's words.
	if len(s) > 32 {
		return id, badRequest("TraceID cannot be longer than 32 hex characters: %s", shorten(s))
	}
	low := s
	if len(s) > 16 {
		if _, err := strconv.ParseUint(s[:len(s)-16], 16, 64); err != nil {
			return id, badRequest("%v", err)
		}
		low = s[len(s)-16:]
	}
	if _, err := strconv.ParseUint(low, 16, 64); err != nil {
		return id, badRequest("%v", err)
	}
	return id, store.ErrNotFound // no trace has the id zero
}
