// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"crypto/sha256"
	"fmt"
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

var (
	levelOneKey = regexp.MustCompile(`^([a-z][0-9a-z_\-*/]{0,255}|[0-9a-z][0-9a-z_\-*/]{0,240}@[a-z][0-9a-z_\-*/]{0,13})$`)
	levelTwo    = regexp.MustCompile(`^([0-9a-z][0-9a-z_\-*/@]{0,255})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$`)
)

// strictTracestate: spur skips members of nothing but spaces, and those whose key
// came before; and it reads level 2's keys, which may begin with a digit and hold
// any '@'. OpenTelemetry drops all members for any of that. Such keys get another
// name.
func strictTracestate(s string) string {
	var members []string
	seen := map[string]bool{}
	for m := range strings.SplitSeq(s, ",") {
		m = strings.Trim(m, " \t")
		if parts := levelTwo.FindStringSubmatch(m); parts != nil {
			if seen[parts[1]] {
				continue
			}
			seen[parts[1]] = true
			if !levelOneKey.MatchString(parts[1]) {
				m = fmt.Sprintf("level2-%x", sha256.Sum256([]byte(parts[1]))) + m[len(parts[1]):]
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
// ids in capitals or without leading zeros; the states "D", "true" and "false" in
// b3; flags that have the debug bit among others; no state behind "-" in b3 where a
// parent follows, or no parent there. A parent that cannot be read costs
// OpenTelemetry the whole context. A bare state in b3 counts for x-b3-*; to
// OpenTelemetry only a bare "d" does.
func strictB3(h http.Header) http.Header {
	strict := http.Header{}
	set := func(name, value string) {
		if value != "" {
			strict.Set(name, value)
		}
	}
	set("x-b3-traceid", padded(h.Get("x-b3-traceid"), 32))
	set("x-b3-spanid", padded(h.Get("x-b3-spanid"), 16))
	sampled, flags := h.Get("x-b3-sampled"), ""
	if oddNumber.MatchString(h.Get("x-b3-flags")) {
		flags = "1"
	}
	switch whole := h.Get("b3"); {
	case !bareState.MatchString(whole):
		set("b3", strictB3Single(whole))
	case !multiState.MatchString(sampled): // refused
	case strings.EqualFold(whole, "d"):
		flags = "1"
	default:
		sampled, flags = states.Replace(strings.ToLower(whole)), ""
	}
	set("x-b3-sampled", sampled)
	set("x-b3-flags", flags)
	return strict
}

var (
	oddNumber  = regexp.MustCompile(`^[0-9]{0,19}[13579]$`)
	hexDigits  = regexp.MustCompile(`^[0-9a-fA-F]+$`)
	bareState  = regexp.MustCompile(`^(?i)([01d]|true|false)$`)
	multiState = regexp.MustCompile(`^(?i)([01]|true|false)?$`)
	states     = strings.NewReplacer("true", "1", "false", "0")
)

// strictB3Single leaves the parent out, which OpenTelemetry checks and forgets; spur
// checks it, too.
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
	case len(parts) == 4 && !spanForm.MatchString(parts[3]):
		return "refused"
	case len(parts) == 3 && len(state) == 16 && spanForm.MatchString(state): // a parent
		return strict
	case len(parts) == 4 && state == "":
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

var strictFlags = regexp.MustCompile(`^0*[0-9a-fA-F]{1,2}$`)

// strictJaeger: spur reads capitals and "%3A" for ':'. It refuses flags that are
// no hexadecimal number up to ff, whereas OpenTelemetry reads a sign, larger numbers,
// and nothing at all.
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
