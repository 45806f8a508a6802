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
// It returns false if the ids and times alone take more than room. Each step looks for
// the least that it must take away by halving, and what has too much text is not
// encoded; so the work is that of a few encodings of room bytes, however large s is.
func trim(s *model.Span, room int, encode func([]byte, *model.Span) []byte) ([]byte, bool) {
	if room <= 0 {
		return nil, false
	}
	t := &trimmer{full: s, span: *s, room: room, encode: encode, buf: make([]byte, 0, room+spareRoom)}
	t.span.Trimmed = true
	for _, step := range []func(){t.cutLogs, t.cutTexts, t.cutTags, t.cutReferences, t.cutNames} {
		if step(); t.fits() {
			return t.buf, true
		}
	}
	return nil, false
}

// isGiant says that s takes more than limit bytes, without encoding it. Spans with
// few parts are not worth the look.
func isGiant(s *model.Span, limit int) bool {
	return len(s.Tags)+len(s.Logs) > 64 && isLong(s, 2*limit)
}

// isLong says whether the texts of s have more than limit bytes.
func isLong(s *model.Span, limit int) bool {
	room := int64(limit) - textBytes(s.Tags)
	for i := 0; i < len(s.Logs) && room >= 0; i++ {
		room -= textBytes(s.Logs[i].Fields)
	}
	return room < 0
}

func textBytes(tags []model.Tag) (n int64) {
	for i := range tags {
		n += int64(len(tags[i].Value.Str()))
	}
	return n
}

type trimmer struct {
	full   *model.Span // as reported; never changed
	span   model.Span  // what is left of it
	room   int
	encode func([]byte, *model.Span) []byte
	buf    []byte // span, encoded by fits
}

// fits encodes what is left, unless its texts are too long for that to be of use.
func (t *trimmer) fits() bool {
	if isLong(&t.span, t.room) {
		return false
	}
	t.buf = t.encode(t.buf[:0], &t.span)
	return len(t.buf) <= t.room
}

// least applies the smallest n of 1 … most with which the span fits, or most.
func (t *trimmer) least(most int, apply func(n int)) {
	if most > 0 {
		apply(1 + sort.Search(most-1, func(i int) bool {
			apply(i + 1)
			return t.fits()
		}))
	}
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
	t.span.Tags = slices.Clone(t.full.Tags)
	longest := 0
	for _, tag := range t.full.Tags {
		if tag.Key != errorTag {
			longest = max(longest, len(tag.Value.Str()))
		}
	}
	t.least(longest-minText, func(n int) {
		for i, tag := range t.full.Tags {
			if tag.Key != errorTag {
				t.span.Tags[i].Value = cutValue(tag.Value, longest-n)
			}
		}
	})
}

func (t *trimmer) cutTags() {
	all := t.span.Tags
	others := 0 // that are no error tags
	for _, tag := range all {
		if tag.Key != errorTag {
			others++
		}
	}
	keep := make([]model.Tag, 0, len(all))
	t.least(others, func(n int) {
		keep = keep[:0]
		room := others - n
		for _, tag := range all {
			if tag.Key != errorTag {
				if room--; room < 0 {
					continue
				}
			}
			keep = append(keep, tag)
		}
		t.span.Tags = keep
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
		t.span.Operation = operation[:cutAt(operation, longest-n)]
		for i, tag := range tags {
			t.span.Tags[i].Value = cutValue(tag.Value, longest-n)
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
