// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"fmt"
	"log/slog"
	"strconv"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/poll"
)

// follower is what Remote and File have in common.
type follower struct {
	kind, source string // for people
	of           *poll.Follower[Sampler]
}

// follow sets up the follower and starts it.
func (f *follower) follow(kind string, s poll.Source[Sampler]) {
	f.kind, f.source = kind, s.Name
	s.Cause = "sampling_" + kind
	s.Failing = "spur: cannot get the sampling strategy; sampling goes on as before"
	s.Working = "spur: got the sampling strategy"
	s.Describe = func(current Sampler, st poll.Status) slog.Attr {
		return slog.String("sampler", describeFollowed(kind, s.Name, current, st).Description)
	}
	s.Hint = hint
	f.of = poll.Follow(s)
}

// hint says what holds until the first strategy comes, and what to do.
func hint(current Sampler, st poll.Status) string {
	if !st.Updated.IsZero() {
		return ""
	}
	until := Describe(current) + " decides"
	if p, ok := current.(*Probabilistic); ok {
		until = strconv.FormatFloat(p.rate*100, 'g', 6, 64) + " % of new traces are recorded"
	}
	return until + " until it answers; JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1 records all"
}

// Sample implements Sampler.
func (f *follower) Sample(p Params) Decision { return f.of.Value().Sample(p) }

// Status implements Statuser. Type, Param and Operations are those of the sampler
// in force.
func (f *follower) Status() Status {
	return describeFollowed(f.kind, f.source, f.of.Value(), f.of.Status())
}

// String returns a description such as
// "remote(ratelimiting(5) from http://127.0.0.1:5778/sampling)", or
// "remote(probabilistic(0.001) until http://127.0.0.1:5778/sampling answers)".
func (f *follower) String() string { return f.Status().Description }

// Close stops following, within 100 ms. The strategy stays in force. Further calls
// do nothing more; the error is nil.
func (f *follower) Close() error { return f.of.Close() }

func describeFollowed(kind, source string, current Sampler, s poll.Status) Status {
	st := statusOf(current)
	if s.Updated.IsZero() {
		st.Description = fmt.Sprintf("%s(%s until %s answers)", kind, st.Description, source)
	} else {
		st.Description = fmt.Sprintf("%s(%s from %s)", kind, st.Description, source)
	}
	st.Source, st.Updated = source, s.Updated
	st.Fetched, st.Failed, st.LastError = s.Fetched, s.Failed, s.LastError
	return st
}

// nameOf names somebody else's Fetcher.
func nameOf(f Fetcher) string {
	if _, ok := f.(fmt.Stringer); ok {
		text, _ := format.String(f, 256)
		return text
	}
	return fmt.Sprintf("%T", f)
}
