// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strings"

	"github.com/go-spur/spur/model"
)

const (
	maxStateMembers = 32
	maxStateKey     = 256
	maxStateTenant  = 241
	maxStateSystem  = 14
	maxStateValue   = 256
)

// tracestate returns what the carrier's tracestate headers say together. It is
// dropped and counted when it is longer than an id header may be, or malformed.
func (p *Textual) tracestate(r *reading) string {
	state := r.values[w3cState]
	if len(r.state) > 0 {
		state = textOf(r.state)
	}
	if r.stateLen > p.limits.IDHeaderBytes || state != "" && !isTracestate(state) {
		p.counters[w3c].states.Add(1)
		return ""
	}
	if len(r.state) > 0 {
		state = string(r.state)
	}
	return state
}

// outState returns the tracestate to pass on. What came from a carrier has been
// read; what came from elsewhere must not break the request.
func (p *Textual) outState(c *model.Context) string {
	if c.Extra == nil || c.Extra.TraceState == "" {
		return ""
	}
	if len(c.Extra.TraceState) > p.limits.IDHeaderBytes || !isTracestate(c.Extra.TraceState) {
		p.counters[w3c].states.Add(1)
		return ""
	}
	return c.Extra.TraceState
}

// isTracestate reports whether s is a tracestate with at least one member (W3C
// Trace Context, section 3.3.1). Where the levels of the specification differ, it
// takes a key that begins with a digit, as level 2 does, and at most one '@', as
// level 1 does.
func isTracestate(s string) bool {
	var keys [maxStateMembers]string
	n := 0
	for more := s != ""; more; {
		var member string
		member, s, more = strings.Cut(s, ",")
		if member = trimOWS(member); member == "" {
			continue
		}
		key, value, ok := strings.Cut(member, "=")
		if !ok || n == maxStateMembers || !isStateKey(key) || !isStateValue(value) {
			return false
		}
		for _, k := range keys[:n] {
			if k == key {
				return false
			}
		}
		keys[n] = key
		n++
	}
	return n > 0
}

func isStateKey(key string) bool {
	tenant, system, ok := strings.Cut(key, "@")
	if !ok {
		return len(key) <= maxStateKey && isStateName(key)
	}
	return len(tenant) <= maxStateTenant && isStateName(tenant) &&
		len(system) <= maxStateSystem && isStateName(system) && system[0] > '9'
}

// isStateName reports whether s begins with a lower-case letter or a digit and
// goes on with those and "_-*/".
func isStateName(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case i > 0 && (c == '_' || c == '-' || c == '*' || c == '/'):
		default:
			return false
		}
	}
	return s != ""
}

// isStateValue reports whether s is printable ASCII without '='. The space that it
// must not end in has been removed, and so has the comma.
func isStateValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '=' {
			return false
		}
	}
	return s != "" && len(s) <= maxStateValue
}
