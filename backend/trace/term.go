// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// MatchSpan reports whether s meets the condition. FieldTraceDuration, which
// no span alone can answer, is never met.
func (t *Term) MatchSpan(s Span) bool {
	switch t.Field {
	case FieldTag:
		return t.matchTags(s)
	case FieldService:
		return t.MatchText(s.Service())
	case FieldName:
		return t.MatchText(s.Name())
	case FieldKind:
		return t.MatchText(KindText(s.Kind()))
	case FieldStatus:
		return t.MatchText(StatusText(s.Status().Code()))
	case FieldDuration:
		return t.compare(intNumber(int64(s.Duration())))
	case FieldLink:
		return t.matchLinks(s)
	case FieldText:
		return t.matchAny(s)
	default:
		return false
	}
}

func (t *Term) matchTags(s Span) bool {
	if s.Firehose() {
		return false
	}
	found := false
	negative := t.Cmp == CmpNotEqual || t.Cmp == CmpNotMatch
	for k, v := range s.attributes() {
		if k != t.Key {
			continue
		}
		if t.MatchValue(v) != negative {
			return !negative
		}
		found = true
	}
	for k, text := range s.fields() {
		if k != t.Key {
			continue
		}
		if t.MatchText(text) != negative {
			return !negative
		}
		found = true
	}
	return found && negative
}

func (t *Term) matchLinks(s Span) bool {
	for _, l := range s.Links().All() {
		if l.TraceID() == t.ID {
			return true
		}
	}
	return false
}

// matchAny looks for the text everywhere in s.
func (t *Term) matchAny(s Span) bool {
	if t.MatchText(s.Name()) || t.MatchText(s.Status().Message()) {
		return true
	}
	for _, e := range s.Events().All() {
		if t.MatchText(e.Name()) {
			return true
		}
	}
	if s.Firehose() {
		return false
	}
	for _, v := range s.attributes() {
		if t.MatchText(v.AsString()) {
			return true
		}
	}
	for _, text := range s.fields() {
		if t.MatchText(text) {
			return true
		}
	}
	return false
}

// MatchValue is MatchText of v.AsString(), without making the text when that
// is possible.
func (t *Term) MatchValue(v pcommon.Value) bool {
	switch t.Cmp {
	case CmpExists:
		return true
	case CmpEqual, CmpNotEqual:
		if v.Type() == pcommon.ValueTypeInt {
			return t.equalInt(v.Int()) == (t.Cmp == CmpEqual)
		}
	case CmpLess, CmpLessEqual, CmpGreater, CmpGreaterEqual:
		return t.compare(numberOf(v))
	}
	return t.MatchText(v.AsString())
}

// MatchText reports whether a value that reads as s meets the condition. A
// negated one says so of this value only: a tag meets it when all its values
// do.
func (t *Term) MatchText(s string) bool {
	switch t.Cmp {
	case CmpExists:
		return true
	case CmpEqual:
		return t.equal(s)
	case CmpNotEqual:
		return !t.equal(s)
	case CmpMatch:
		return t.Regexp.MatchString(s[:min(len(s), maxRegexpInput)])
	case CmpNotMatch:
		return !t.Regexp.MatchString(s[:min(len(s), maxRegexpInput)])
	case CmpContains:
		return containsFold(s, t.Text)
	default:
		return t.compare(ParseNumber(s))
	}
}

func (t *Term) equal(s string) bool {
	return s == t.Text || t.Number.Valid && ParseNumber(s).equal(t.Number)
}

func (t *Term) equalInt(n int64) bool {
	if t.Number.Valid {
		return intNumber(n).equal(t.Number)
	}
	var buf [20]byte
	return string(strconv.AppendInt(buf[:0], n, 10)) == t.Text
}

// MatchInt is MatchText for a number: a duration in nanoseconds, say.
func (t *Term) MatchInt(n int64) bool { return t.compare(intNumber(n)) }

// compare compares n with the term's number.
func (t *Term) compare(n Number) bool {
	c, ok := n.Compare(t.Number)
	if !ok {
		return false
	}
	switch t.Cmp {
	case CmpEqual:
		return c == 0
	case CmpNotEqual:
		return c != 0
	case CmpLess:
		return c < 0
	case CmpLessEqual:
		return c <= 0
	case CmpGreater:
		return c > 0
	case CmpGreaterEqual:
		return c >= 0
	default:
		return false
	}
}

// KindText is the name that searches have for a kind.
func KindText(k ptrace.SpanKind) string {
	if k < 0 || int(k) >= len(kindTexts) {
		return kindTexts[0]
	}
	return kindTexts[k]
}

// StatusText is the name that searches have for a status.
func StatusText(c ptrace.StatusCode) string {
	if c < 0 || int(c) >= len(statusTexts) {
		return statusTexts[0]
	}
	return statusTexts[c]
}

var (
	kindTexts   = [...]string{"unspecified", "internal", "server", "client", "producer", "consumer"}
	statusTexts = [...]string{"unset", "ok", "error"}
)

// containsFold reports whether s contains sub when both are in lower case.
func containsFold(s, sub string) bool {
	if len(sub) > 5*len(s) {
		return false // lower case is at least a third as long, and at most half as long again
	}
	if len(sub) > 64 || !isASCII(s) || !isASCII(sub) {
		return strings.Contains(strings.ToLower(s), strings.ToLower(sub))
	}
	for i := 0; i+len(sub) <= len(s); i++ {
		if equalFoldASCII(s[i:i+len(sub)], sub) {
			return true
		}
	}
	return false
}

func equalFoldASCII(a, b string) bool {
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
