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
// It returns false if the ids and times alone take more than room. What each piece
// takes is measured by encoding it alone, as far as there is room; so the work is
// that of a few encodings of room bytes, however large s is.
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
	full    *model.Span // as reported; never changed
	span    model.Span  // what is left of it
	room    int
	encode  func([]byte, *model.Span) []byte
	buf     []byte     // span, encoded by fits
	one     model.Span // that size encodes
	scratch []byte
}

// fits encodes what is left. What is much too long is not encoded.
func (t *trimmer) fits() bool {
	if isLong(&t.span, 2*t.room) {
		return false
	}
	t.buf = t.encode(t.buf[:0], &t.span)
	return len(t.buf) <= t.room
}

func (t *trimmer) size(s model.Span) int {
	t.one = s
	t.scratch = t.encode(t.scratch[:0], &t.one)
	return len(t.scratch)
}

// fit returns how many of n pieces there is room for beside the rest of the span,
// one after the other. with returns a span of pieces from to to alone.
func (t *trimmer) fit(n int, with func(from, to int) model.Span) int {
	room := t.room - len(t.buf) // fits has encoded the rest
	for i := range n {
		one := t.size(with(i, i+1))
		list := 0 // what one takes beside the piece itself
		if n > 1 {
			other := min(i, n-2)
			list = t.size(with(other, other+1)) + t.size(with(other+1, other+2)) - t.size(with(other, other+2))
		}
		if room -= one - list; room < 0 {
			return i
		}
	}
	return n
}

// least applies the smallest n of 1 … most with which the span fits, or most. It
// looks near guess first.
func (t *trimmer) least(most, guess int, apply func(n int)) {
	fits := func(n int) bool {
		apply(n)
		return t.fits()
	}
	low, high := 0, min(max(guess, 1), most) // too few, enough
	step := 1
	for ; !fits(high); step *= 2 {
		if low = high; high == most {
			return
		}
		high = min(high+step, most)
	}
	for step = 1; low == 0 && high > 1; step *= 2 {
		if n := max(high-step, 1); fits(n) {
			high = n
		} else {
			low = n
		}
	}
	for low+1 < high {
		if n := (low + high) / 2; fits(n) {
			high = n
		} else {
			low = n
		}
	}
	apply(high)
}

func (t *trimmer) cutLogs() {
	logs := slices.Clone(t.full.Logs)
	sort.Stable(byTime(logs))
	last := len(logs)
	with := func(from, to int) model.Span { return model.Span{Logs: logs[last-to : last-from]} }
	t.cutList(last, with, func(n int) {
		t.span.Logs = logs[n:]
		t.span.DroppedLogs = add32(t.full.DroppedLogs, n)
	})
}

// cutList takes as few as it must of n pieces away. with is for fit; apply takes
// away.
func (t *trimmer) cutList(n int, with func(from, to int) model.Span, apply func(n int)) {
	if n == 0 {
		return
	}
	if apply(n); t.fits() {
		t.least(n, n-t.fit(n, with), apply)
	}
}

// byTime is a sort.Interface: package slices would add 20 kB to every binary for it.
type byTime []model.Log

func (l byTime) Len() int           { return len(l) }
func (l byTime) Less(i, j int) bool { return l[i].Time < l[j].Time }
func (l byTime) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

func (t *trimmer) cutTexts() {
	t.span.Tags = slices.Clone(t.full.Tags)
	var texts []int // lengths
	for i := range t.full.Tags {
		if tag := &t.full.Tags[i]; tag.Key != errorTag && len(tag.Value.Str()) > minText {
			texts = append(texts, len(tag.Value.Str()))
		}
	}
	t.cutTo(texts, minText, func(most int) {
		for i := range t.full.Tags {
			if tag := t.full.Tags[i]; tag.Key != errorTag {
				t.span.Tags[i].Value = cutValue(tag.Value, most)
			}
		}
	})
}

// cutTo cuts texts of the given lengths to the largest number of bytes with which
// the span fits, at least to least. apply cuts them.
func (t *trimmer) cutTo(texts []int, least int, apply func(most int)) {
	if len(texts) == 0 {
		return
	}
	if apply(least); !t.fits() {
		return
	}
	slices.Sort(texts)
	longest := texts[len(texts)-1]
	most, room := least, t.room-len(t.buf)
	for i, n := range texts { // all that are longer become n bytes, as long as there is room
		share := room / (len(texts) - i)
		if n-most > share {
			most += share
			break
		}
		room -= (n - most) * (len(texts) - i)
		most = n
	}
	t.least(longest-least, longest-most, func(n int) { apply(longest - n) })
}

func (t *trimmer) cutTags() {
	var others []model.Tag // that are no error tags
	for _, tag := range t.span.Tags {
		if tag.Key != errorTag {
			others = append(others, tag)
		}
	}
	all := t.span.Tags
	keep := make([]model.Tag, 0, len(all))
	with := func(from, to int) model.Span { return model.Span{Tags: others[from:to]} }
	t.cutList(len(others), with, func(n int) {
		keep = keep[:0]
		room := len(others) - n
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
	with := func(from, to int) model.Span { return model.Span{References: refs[from:to]} }
	t.cutList(len(refs), with, func(n int) {
		t.span.References = refs[:len(refs)-n]
		t.span.DroppedRefs = add32(t.full.DroppedRefs, n)
	})
}

func (t *trimmer) cutNames() {
	operation, tags := t.span.Operation, slices.Clone(t.span.Tags) // all error tags
	texts := []int{len(operation)}
	for _, tag := range tags {
		texts = append(texts, len(tag.Value.Str()))
	}
	t.cutTo(texts, 0, func(most int) {
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
