// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"net/http"
	"regexp"
	"strings"
)

var versionZero = regexp.MustCompile(`^(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f])([0-9a-f])(-?)$`)

// strictTraceparent: spur trims spaces, which servers do anyway; of a version 00
// it ignores reserved flags, for which OpenTelemetry refuses all; and it refuses a
// '-' at the end, which OpenTelemetry does not notice.
func strictTraceparent(s string) string {
	s = strings.Trim(s, " \t")
	m := versionZero.FindStringSubmatch(s)
	switch {
	case m == nil:
		return s
	case m[3] != "":
		return "refused"
	}
	return m[1][:len(m[1])-1] + "0" + string("0123"[strings.Index("0123456789abcdef", m[2])&3])
}

var digitKey = regexp.MustCompile(`^[0-9][0-9a-z_\-*/]{0,255}=`)

// strictTracestate: spur skips members of nothing but spaces and reads level 2's
// keys that begin with a digit; OpenTelemetry drops all members for either.
func strictTracestate(s string) string {
	var members []string
	for m := range strings.SplitSeq(s, ",") {
		m = strings.Trim(m, " \t")
		if digitKey.MatchString(m) {
			m = "digit" + m
			if key, _, _ := strings.Cut(m, "="); len(key) > 256 {
				m = "long" + m[len("digit0000"):]
			}
		}
		if m != "" {
			members = append(members, m)
		}
	}
	return strings.Join(members, ",")
}

func levelOne(state string) bool { return strictTracestate(state) == state }

// strictB3 turns what spur reads, and OpenTelemetry does not, into what both do:
// ids in capitals or without leading zeros; the states "d" in x-b3-sampled, and
// "D", "true" and "false" in b3; flags that have the debug bit among others; no
// state behind "-" in b3 where a parent follows, or no parent there. A parent that
// cannot be read costs OpenTelemetry the whole context. A bare state in b3 is
// nothing to spur; OpenTelemetry lets a bare "d" count for x-b3-*.
func strictB3(h http.Header) http.Header {
	strict := http.Header{}
	set := func(name, value string) {
		if value != "" {
			strict.Set(name, value)
		}
	}
	if whole := h.Get("b3"); len(whole) > 1 {
		set("b3", strictB3Single(whole))
	}
	set("x-b3-traceid", padded(h.Get("x-b3-traceid"), 32))
	set("x-b3-spanid", padded(h.Get("x-b3-spanid"), 16))
	set("x-b3-sampled", h.Get("x-b3-sampled"))
	if oddNumber.MatchString(h.Get("x-b3-flags")) {
		set("x-b3-flags", "1")
	}
	if strings.EqualFold(strict.Get("x-b3-sampled"), "d") {
		strict.Del("x-b3-sampled")
		set("x-b3-flags", "1")
	}
	return strict
}

var (
	oddNumber = regexp.MustCompile(`^[0-9]{0,19}[13579]$`)
	hexDigits = regexp.MustCompile(`^[0-9a-fA-F]+$`)
	states    = strings.NewReplacer("true", "1", "false", "0")
)

// strictB3Single leaves the parent out, which OpenTelemetry checks and forgets.
// OpenTelemetry looks for separators where they belong but takes any byte for one
// behind the span id and the state; spur does not.
func strictB3Single(s string) string {
	parts := strings.SplitN(s, "-", 4)
	if len(parts) < 2 {
		return s
	}
	if len(parts[1]) > 16 {
		return "refused"
	}
	strict := padded(parts[0], 32) + "-" + padded(parts[1], 16)
	if len(parts) == 2 {
		return strict
	}
	state := parts[2]
	switch {
	case len(parts) == 3 && len(state) == 16: // a parent, readable or not
		return strict
	case len(parts) == 4 && state == "" && parts[3] != "":
		return strict
	}
	if state = states.Replace(strings.ToLower(state)); len(state) > 1 {
		return "refused"
	}
	return strict + "-" + state
}

// padded brings an id to 16 digits, or 32, in lower case. What is none, or too
// long, stays.
func padded(id string, most int) string {
	if !hexDigits.MatchString(id) || len(id) > most {
		return id
	}
	n := 16
	if len(id) > n {
		n = 32
	}
	return strings.Repeat("0", n-len(id)) + strings.ToLower(id)
}

var strictFlags = regexp.MustCompile(`^[0-9a-fA-F]{1,4}$`)

// strictJaeger: spur reads capitals and "%3A" for ':'. It refuses flags that are
// no hexadecimal number of up to four digits, whereas OpenTelemetry reads a sign,
// any number of digits, and nothing at all.
func strictJaeger(s string) string {
	if strings.Count(s, ":") < 3 {
		s = colons.Replace(s)
	}
	parts := strings.Split(s, ":")
	if len(parts) == 4 && !strictFlags.MatchString(parts[3]) {
		return "refused"
	}
	return strings.ToLower(s)
}

var colons = strings.NewReplacer("%3A", ":", "%3a", ":")
