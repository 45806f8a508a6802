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
	if len(value) > p.limits.IDHeaderBytes {
		return p.tooLong(w3cParent, value)
	}
	if r.parents > 1 {
		return p.corrupted(w3cParent, "is there "+strconv.Itoa(r.parents)+" times", value)
	}
	value = trimOWS(value)
	if len(value) < traceparentLen || value[2] != '-' || value[35] != '-' || value[52] != '-' {
		return p.corrupted(w3cParent, "is malformed", value)
	}
	version, flags := twoDigits(value[0], value[1]), twoDigits(value[53], value[54])
	trace, span, ok := w3cIDs(r, value[3:35], value[36:52])
	rest := value[55:]
	switch {
	case version < 0 || flags < 0 || !ok:
		return p.corrupted(w3cParent, "is not lower-case hexadecimal", value)
	case version == 0xff:
		return p.corrupted(w3cParent, "has a forbidden version", value)
	case rest != "" && (version == 0 || rest[0] != '-'):
		return p.corrupted(w3cParent, "has trailing data", value)
	case !trace.IsValid() || span == 0:
		return p.corrupted(w3cParent, "has a zero id", value)
	}
	c.TraceID, c.SpanID = trace, span
	if flags&w3cFlagSampled != 0 {
		c.Flags = model.FlagSampled
	}
	if flags&w3cFlagRandom != 0 {
		c.State = model.StateW3CRandom
	}
	return nil
}

// w3cIDs reads ids of 32 and of 16 digits in lower case. Mostly Jaeger's header, which
// has been read, has the same.
func w3cIDs(r *reading, trace, span string) (id model.TraceID, own model.SpanID, ok bool) {
	if w := r.written; len(w) > endOfParent && w[:endOfTrace] == trace && w[endOfTrace+1:endOfSpan] == span {
		return r.trace, r.span, true
	}
	high, ok1 := digits.ParseLower(trace[:digits.Len])
	low, ok2 := digits.ParseLower(trace[digits.Len:])
	v, ok3 := digits.ParseLower(span)
	return model.TraceID{High: high, Low: low}, model.SpanID(v), ok1 && ok2 && ok3
}

// twoDigits returns what two hexadecimal digits in lower case stand for, or a negative
// number if they are none.
func twoDigits(high, low byte) int { return lowerDigit(high)<<4 | lowerDigit(low) }

func lowerDigit(c byte) int {
	switch {
	case c-'0' < 10:
		return int(c - '0')
	case c-'a' < 6:
		return int(c-'a') + 10
	}
	return -1
}
