// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"math"
	"slices"
	"sort"
	"unicode/utf8"

	"github.com/go-spur/spur/model"
)

const (
	// minText is how short texts are cut at most before whole tags go.
	minText = 32
	// errorTag is never removed; its text is cut last of all.
	errorTag = "error"
)

// trim encodes a copy of s, which is too large, marks it as Trimmed and takes away
// what it must for it to have at most room bytes, in this order:
//
//  1. logs, the oldest first (counted in DroppedLogs);
//  2. of texts and bytes of tags what is longer than the others, down to 32 bytes;
//  3. tags, from the end (DroppedTags), but not the error tag;
//  4. references, from the end (DroppedRefs): the parent's id is not one of them;
//  5. the ends of the operation and of the error tag's text.
//
// It returns false if the ids and times alone take more than room. The step that
// decides is a binary search with one encoding a try, 20 or so; the others take one
// or two.
func trim(s *model.Span, room int, encode func([]byte, *model.Span) []byte) ([]byte, bool) {
	t := trimmer{full: s, span: *s, room: room, encode: encode}
	t.span.Trimmed = true
	for _, step := range []func(){t.cutLogs, t.cutTexts, t.cutTags, t.cutReferences, t.cutNames} {
		if step(); t.fits() {
			return t.buf, true
		}
	}
	return nil, false
}

type trimmer struct {
	full   *model.Span // as reported; never changed
	span   model.Span  // what is left of it
	room   int
	encode func([]byte, *model.Span) []byte
	buf    []byte // span, encoded by fits
}

func (t *trimmer) fits() bool {
	if t.room <= 0 {
		return false
	}
	t.buf = t.encode(t.buf[:0], &t.span)
	return len(t.buf) <= t.room
}

// least applies the smallest n of 1 … most with which the span fits, or most.
func (t *trimmer) least(most int, apply func(n int)) {
	if most <= 0 {
		return
	}
	if apply(most); !t.fits() {
		return
	}
	n := 1 + sort.Search(most-1, func(i int) bool {
		apply(i + 1)
		return t.fits()
	})
	apply(n)
}

func (t *trimmer) cutLogs() {
	logs := slices.Clone(t.full.Logs)
	sort.Stable(byTime(logs))
	t.least(len(logs), func(n int) {
		t.span.Logs = logs[n:]
		t.span.DroppedLogs = add32(t.full.DroppedLogs, n)
	})
}

// byTime is a sort.Interface: package slices would add 20 kB to every binary for it.
type byTime []model.Log

func (l byTime) Len() int           { return len(l) }
func (l byTime) Less(i, j int) bool { return l[i].Time < l[j].Time }
func (l byTime) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

func (t *trimmer) cutTexts() {
	longest := 0
	for i := range t.full.Tags {
		if tag := &t.full.Tags[i]; tag.Key != errorTag {
			longest = max(longest, len(tag.Value.Str()))
		}
	}
	t.span.Tags = slices.Clone(t.full.Tags)
	t.least(longest-minText, func(n int) {
		for i := range t.full.Tags {
			if tag := t.full.Tags[i]; tag.Key != errorTag {
				t.span.Tags[i].Value = cutValue(tag.Value, longest-n)
			}
		}
	})
}

func (t *trimmer) cutTags() {
	tags := t.span.Tags
	removable := 0
	for i := range tags {
		if tags[i].Key != errorTag {
			removable++
		}
	}
	kept := make([]model.Tag, 0, len(tags))
	t.least(removable, func(n int) {
		kept = kept[:0]
		room := removable - n
		for _, tag := range tags {
			if tag.Key == errorTag {
				kept = append(kept, tag)
			} else if room > 0 {
				kept = append(kept, tag)
				room--
			}
		}
		t.span.Tags = kept
		t.span.DroppedTags = add32(t.full.DroppedTags, n)
	})
}

func (t *trimmer) cutReferences() {
	refs := t.full.References
	t.least(len(refs), func(n int) {
		t.span.References = refs[:len(refs)-n]
		t.span.DroppedRefs = add32(t.full.DroppedRefs, n)
	})
}

func (t *trimmer) cutNames() {
	operation, tags := t.span.Operation, slices.Clone(t.span.Tags) // all error tags
	longest := len(operation)
	for _, tag := range tags {
		longest = max(longest, len(tag.Value.Str()))
	}
	t.least(longest, func(n int) {
		most := longest - n
		t.span.Operation = operation[:cutAt(operation, most)]
		for i, tag := range tags {
			t.span.Tags[i].Value = cutValue(tag.Value, most)
		}
	})
}

// cutValue returns the first bytes of a text or bytes value, at most n.
func cutValue(v model.Value, n int) model.Value {
	s := v.Str()
	if len(s) <= n {
		return v
	}
	if v.Kind() == model.KindBytes {
		return model.BytesString(s[:n])
	}
	return model.String(s[:cutAt(s, n)])
}

// cutAt returns where to cut s so that at most n bytes and no part of a rune
// stay. In what is not UTF-8 any place will do.
func cutAt(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for i := n; i > 0 && i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return i
		}
	}
	if n < utf8.UTFMax {
		return 0
	}
	return n
}

func add32(a uint32, n int) uint32 {
	return uint32(min(uint64(a)+uint64(n), math.MaxUint32))
}
