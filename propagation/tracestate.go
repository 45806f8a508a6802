// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"slices"
	"strings"

	"github.com/go-spur/spur/model"
)

const (
	maxStateMembers = 32
	maxStateKey     = 256
	maxStateValue   = 256
)

// inState returns what the carrier's tracestate headers say together. The header is
// dropped and counted when it is longer than an id header may be, or malformed.
func (p *Textual) inState(r *reading) string {
	if r.scratch == nil || len(r.state) == 0 {
		return p.validState(r.values[w3cState], r.stateLen)
	}
	state := p.validState(textOf(r.state), r.stateLen)
	return strings.Clone(state) // the scratch will be used again
}

// outState returns the tracestate to pass on. What came from a carrier has been
// read; what came from elsewhere must not break the request.
func (p *Textual) outState(c *model.Context) string {
	if c.Extra == nil {
		return ""
	}
	return p.validState(c.Extra.TraceState, len(c.Extra.TraceState))
}

// validState returns state without members whose key came before, or "" when it is
// malformed or longer than an id header may be. What it leaves out is counted.
func (p *Textual) validState(state string, size int) string {
	if state == "" && size <= p.limits.IDHeaderBytes {
		return ""
	}
	repeated := 0
	if size > p.limits.IDHeaderBytes {
		state = ""
	} else {
		state, repeated = uniqueState(state)
	}
	if state == "" || repeated > 0 {
		p.counters[w3c].states.Add(1)
	}
	return state
}

// uniqueState returns a tracestate without the members whose key came before, and
// how many those were. It returns "" for one that is malformed or without members
// (W3C Trace Context level 2, section 3.3.1).
func uniqueState(s string) (state string, repeated int) {
	var members [maxStateMembers]string
	n := 0
	for rest, more := s, true; more; {
		var member string
		member, rest, more = strings.Cut(rest, ",")
		if member = trimOWS(member); member == "" {
			continue
		}
		key, value, ok := strings.Cut(member, "=")
		if !ok || !isStateKey(key) || !isStateValue(value) {
			return "", 0
		}
		same := func(other string) bool { return strings.HasPrefix(other, member[:len(key)+1]) }
		switch {
		case slices.ContainsFunc(members[:n], same):
			repeated++
		case n == maxStateMembers:
			return "", 0
		default:
			members[n] = member
			n++
		}
	}
	switch {
	case n == 0:
		return "", 0
	case repeated == 0 && strings.IndexByte(s, '\t') < 0: // gRPC allows no tabs
		return s, 0
	}
	return strings.Join(members[:n], ","), repeated
}

// isStateKey reports whether s begins with a lower-case letter or a digit and goes
// on with those and "_-*/@".
func isStateKey(s string) bool {
	return s != "" && len(s) <= maxStateKey && isLowerOrDigit(s[0]) &&
		every(s, func(c byte) bool { return isLowerOrDigit(c) || strings.IndexByte("_-*/@", c) >= 0 })
}

// isStateValue reports whether s is printable ASCII without '='. The space that it
// must not end in has been removed, and so has the comma.
func isStateValue(s string) bool {
	return s != "" && len(s) <= maxStateValue && every(s, func(c byte) bool { return ' ' <= c && c <= '~' && c != '=' })
}
