// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strconv"

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

// appendTraceparent appends the ids and flags of c as traceparent has them.
func appendTraceparent(dst []byte, c *model.Context) []byte {
	dst = append(dst, "00-"...)
	dst = append(c.TraceID.AppendHex32(dst), '-')
	dst = append(c.SpanID.AppendHex(dst), '-', '0')
	flags := byte('0')
	if wireFlags(c)&model.FlagSampled != 0 {
		flags += w3cFlagSampled
	}
	if c.State&model.StateW3CRandom != 0 {
		flags += w3cFlagRandom
	}
	return append(dst, flags)
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
	version, rest, ok := cutTraceparent(value)
	switch {
	case !ok:
		return p.corrupted(w3cParent, "is malformed", value)
	case version == "ff":
		return p.corrupted(w3cParent, "has a forbidden version", value)
	case rest != "" && (version == "00" || rest[0] != '-'):
		return p.corrupted(w3cParent, "has trailing data", value)
	}
	// The digits have been checked.
	c.TraceID, _ = model.ParseTraceID(value[3:35])
	c.SpanID, _ = model.ParseSpanID(value[36:52])
	if !c.IsValid() {
		return p.corrupted(w3cParent, "has a zero id", value)
	}
	flags, _ := model.ParseSpanID(value[53:55])
	if flags&w3cFlagSampled != 0 {
		c.Flags = model.FlagSampled
	}
	if flags&w3cFlagRandom != 0 {
		c.State = model.StateW3CRandom
	}
	return nil
}

// cutTraceparent checks the part that all versions share, and returns the version
// and what follows.
func cutTraceparent(s string) (version, rest string, ok bool) {
	if len(s) < traceparentLen {
		return "", "", false
	}
	for i := range traceparentLen {
		switch c := s[i]; i {
		case 2, 35, 52:
			if c != '-' {
				return "", "", false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return "", "", false
			}
		}
	}
	return s[:2], s[traceparentLen:], true
}
