// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// audit walks through the parts of a span, a resource or a scope: it adds up what
// they hold and mends their text.
type audit struct {
	bytes    int // of text
	values   int // attributes, elements of lists, events, links
	messages int // spans, resources, scopes
	mended   mends
	unfit    bool // nested too deep, or with too many keys to mend
}

func (a audit) memory() int { return a.bytes + a.values*valueMemory + a.messages*messageMemory }

// mostOTLP is the largest size that this can have as OTLP.
func (a audit) mostOTLP() int { return a.bytes + a.values*valueOTLP + a.messages*messageOTLP }

// plus is what was found in a and b together.
func (a audit) plus(b audit) audit {
	return audit{a.bytes + b.bytes, a.values + b.values, a.messages + b.messages, a.mended | b.mended, a.unfit || b.unfit}
}

// text returns s, or what s is to become if bad.
func (a *audit) text(s string) (valid string, bad bool) {
	a.bytes += len(s)
	if utf8.ValidString(s) {
		return s, false
	}
	a.mended |= mendedText
	return strings.ToValidUTF8(s, "\uFFFD"), true
}

func (a *audit) attributes(m pcommon.Map, depth int) {
	badKeys := 0
	for k, v := range m.All() {
		if _, bad := a.text(k); bad {
			badKeys++
		}
		a.value(v, depth)
	}
	if badKeys > maxBadKeys {
		a.unfit = true
	} else if badKeys > 0 {
		mendKeys(m)
	}
}

// mendKeys moves the attributes whose keys are not UTF-8 to the end, under keys
// that are, and that no other attribute has.
func mendKeys(m pcommon.Map) {
	type attribute struct {
		key   string
		value pcommon.Value
	}
	var moved []attribute
	m.RemoveIf(func(k string, v pcommon.Value) bool {
		if utf8.ValidString(k) {
			return false
		}
		kept := pcommon.NewValueEmpty()
		v.MoveTo(kept)
		moved = append(moved, attribute{strings.ToValidUTF8(k, "\uFFFD"), kept})
		return true
	})
	for _, a := range moved {
		v, there := m.GetOrPutEmpty(a.key)
		for ; there; v, there = m.GetOrPutEmpty(a.key) {
			a.key += "\uFFFD"
		}
		a.value.MoveTo(v)
	}
}

func (a *audit) value(v pcommon.Value, depth int) {
	a.values++
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if s, bad := a.text(v.Str()); bad {
			v.SetStr(s)
		}
	case pcommon.ValueTypeBytes:
		a.bytes += v.Bytes().Len()
	case pcommon.ValueTypeSlice, pcommon.ValueTypeMap:
		if depth++; depth > maxDepth {
			a.unfit = true
			return
		}
		if v.Type() == pcommon.ValueTypeMap {
			a.attributes(v.Map(), depth)
			return
		}
		for _, e := range v.Slice().All() {
			a.value(e, depth)
		}
	}
}
