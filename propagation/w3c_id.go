// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strconv"

	"github.com/go-spur/spur/internal/digits"
	"github.com/go-spur/spur/model"
)

// traceparentLen is the length of a traceparent of version 00 (W3C Trace Context,
// section 3.2.2), which later versions begin with.
const traceparentLen = 2 + 1 + 32 + 1 + 16 + 1 + 2

// The flags of traceparent. Others are reserved: not read, and written as zero.
const (
	w3cFlagSampled = 1
	w3cFlagRandom  = 2 // Trace Context level 2
)

// parentText is traceparent.
type parentText [traceparentLen]byte

// header writes the ids and flags of c, and returns the header. ids has the digits, if
// it is not nil.
func (t *parentText) header(c *model.Context, ids *idText) string {
	const trace, span = 3, 3 + endOfTrace + 1
	copy(t[:], "00-")
	if ids != nil {
		*(*[endOfSpan]byte)(t[trace:]) = *(*[endOfSpan]byte)(ids[:])
	} else {
		digits.Put((*[digits.Len]byte)(t[trace:]), c.TraceID.High)
		digits.Put((*[digits.Len]byte)(t[trace+digits.Len:]), c.TraceID.Low)
		digits.Put((*[digits.Len]byte)(t[span:]), uint64(c.SpanID))
	}
	t[span-1], t[traceparentLen-3], t[traceparentLen-2] = '-', '-', '0'
	flags := byte('0')
	if wireFlags(c)&model.FlagSampled != 0 {
		flags += w3cFlagSampled
	}
	if c.State&model.StateW3CRandom != 0 {
		flags += w3cFlagRandom
	}
	t[traceparentLen-1] = flags
	return textOf(t[:])
}

// parseW3C reads traceparent into c, which is zero. After an error c is worthless.
func (p *Textual) parseW3C(r *reading, c *model.Context) error {
	if !r.has.contains(w3cParent) {
		return ErrNotFound
	}
	value := r.values[w3cParent]
	if err := p.tooLong(w3cParent, value); err != nil {
		return err
	}
	if r.parents > 1 {
		return p.corrupted(w3cParent, "is there "+strconv.Itoa(r.parents)+" times", value)
	}
	value = trimOWS(value)
	if len(value) < traceparentLen || value[2] != '-' || value[35] != '-' || value[52] != '-' {
		return p.corrupted(w3cParent, "is malformed", value)
	}
	version, ok1 := digits.ParseLower(value[:2])
	high, ok2 := digits.ParseLower(value[3:19])
	low, ok3 := digits.ParseLower(value[19:35])
	span, ok4 := digits.ParseLower(value[36:52])
	flags, ok5 := digits.ParseLower(value[53:55])
	rest := value[55:]
	switch {
	case !(ok1 && ok2 && ok3 && ok4 && ok5):
		return p.corrupted(w3cParent, "is not lower-case hexadecimal", value)
	case version == 0xff:
		return p.corrupted(w3cParent, "has a forbidden version", value)
	case rest != "" && (version == 0 || rest[0] != '-'):
		return p.corrupted(w3cParent, "has trailing data", value)
	case high|low == 0 || span == 0:
		return p.corrupted(w3cParent, "has a zero id", value)
	}
	c.TraceID, c.SpanID = model.TraceID{High: high, Low: low}, model.SpanID(span)
	if flags&w3cFlagSampled != 0 {
		c.Flags = model.FlagSampled
	}
	if flags&w3cFlagRandom != 0 {
		c.State = model.StateW3CRandom
	}
	return nil
}
