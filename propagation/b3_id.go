// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strings"

	"github.com/go-spur/spur/model"
)

// maxB3IDs is the length of the three ids together, maxB3Single that of the
// longest b3 header that is written.
const (
	maxB3IDs    = 32 + 16 + 16
	maxB3Single = 32 + 1 + 16 + 1 + 1 + 1 + 16
)

// asksDebug reports whether flags ask for a trace that is not downsampled. In B3
// debug implies sampled, so a debug flag without a sampled one, which asks for
// nothing, must not become B3's.
func asksDebug(f model.Flags) bool { return f.IsDebug() && f.IsSampled() }

// appendB3Single appends the ids and the decision of c as b3 has them. Without a
// decision the parent is left out as well: not every receiver takes it there.
func appendB3Single(dst []byte, c *model.Context) []byte {
	dst = append(c.TraceID.AppendHex(dst), '-')
	dst = c.SpanID.AppendHex(dst)
	if c.State&model.StateDeferred != 0 {
		return dst
	}
	switch {
	case asksDebug(c.Flags):
		dst = append(dst, "-d"...)
	case c.IsSampled():
		dst = append(dst, "-1"...)
	default:
		dst = append(dst, "-0"...)
	}
	if c.ParentID != 0 {
		dst = c.ParentID.AppendHex(append(dst, '-'))
	}
	return dst
}

// b3Pair is one of the headers x-b3-*.
type b3Pair struct {
	field
	value string // "" for a header that is not written
}

// b3Pairs returns the headers x-b3-* of c. text has room for maxB3IDs bytes, which
// the values keep. Debug implies sampled, which is written all the same: some
// receivers, jaeger-client-go among them, do not read the flags.
func b3Pairs(text []byte, c *model.Context) (pairs [5]b3Pair) {
	pairs = [5]b3Pair{{field: b3Trace}, {field: b3Span}, {field: b3Parent}, {field: b3Sampled}, {field: b3Flags}}
	text = c.TraceID.AppendHex(text[:0])
	span := len(text)
	text = c.SpanID.AppendHex(text)
	parent := len(text)
	pairs[0].value, pairs[1].value = textOf(text[:span]), textOf(text[span:parent])
	if c.ParentID != 0 {
		text = c.ParentID.AppendHex(text)
		pairs[2].value = textOf(text[parent:])
	}
	if c.State&model.StateDeferred != 0 {
		return pairs
	}
	switch {
	case asksDebug(c.Flags):
		pairs[3].value, pairs[4].value = "1", "1"
	case c.IsSampled():
		pairs[3].value = "1"
	default:
		pairs[3].value = "0"
	}
	return pairs
}

// parseB3 reads b3, or else x-b3-*, into c, which is zero. A decision without ids
// is no context. After an error c is worthless.
func (p *Textual) parseB3(r *reading, c *model.Context) error {
	err := ErrNotFound
	if r.has.contains(b3Whole) {
		if err = p.parseB3Single(r.values[b3Whole], c); err == nil {
			return nil
		}
		*c = model.Context{}
	}
	if r.has.contains(b3Trace) || r.has.contains(b3Span) {
		err = p.parseB3Multi(r, c)
	}
	return err
}

func (p *Textual) parseB3Single(value string, c *model.Context) error {
	if err := p.tooLong(b3Whole, value); err != nil {
		return err
	}
	trace, rest, ok := strings.Cut(value, "-")
	if !ok {
		var c model.Context
		if setB3Decision(&c, value) {
			return ErrNotFound
		}
		return p.corrupted(b3Whole, "is malformed", value)
	}
	span, rest, more := strings.Cut(rest, "-")
	decision, parent, _ := strings.Cut(rest, "-")
	if len(decision) == 16 && parent == "" { // a parent without a decision
		decision, parent = "", decision
	}
	if more && decision == "" && parent == "" || !setB3Decision(c, decision) {
		return p.corrupted(b3Whole, "has a bad sampling state", value)
	}
	return p.setB3IDs(b3Whole, b3Whole, trace, span, parent, c)
}

func (p *Textual) parseB3Multi(r *reading, c *model.Context) error {
	if decision := r.values[b3Sampled]; !setB3Decision(c, decision) {
		return p.corrupted(b3Sampled, "is not a sampling state", decision)
	}
	if isOdd(r.values[b3Flags]) { // a decimal number, whose lowest bit is debug
		setB3Decision(c, "d")
	}
	return p.setB3IDs(b3Trace, b3Span, r.values[b3Trace], r.values[b3Span], r.values[b3Parent], c)
}

// setB3IDs reads the ids, which the fields traceIn and spanIn have.
func (p *Textual) setB3IDs(traceIn, spanIn field, trace, span, parent string, c *model.Context) error {
	var err error
	if c.TraceID, err = model.ParseTraceID(trace); err != nil || !c.TraceID.IsValid() {
		return p.corrupted(traceIn, "has a bad trace id", trace)
	}
	if c.SpanID, err = model.ParseSpanID(span); err != nil || c.SpanID == 0 {
		return p.corrupted(spanIn, "has a bad span id", span)
	}
	c.ParentID, _ = model.ParseSpanID(parent) // 0 when it cannot be read
	return nil
}

// setB3Decision reads a sampling state; none leaves the decision to us.
func setB3Decision(c *model.Context, s string) bool {
	c.State &^= model.StateDeferred
	switch {
	case s == "":
		c.State |= model.StateDeferred
	case s == "1", strings.EqualFold(s, "true"):
		c.Flags = model.FlagSampled
	case s == "0", strings.EqualFold(s, "false"):
		c.Flags = 0
	case s == "d", s == "D":
		c.Flags = model.FlagSampled | model.FlagDebug
	default:
		return false
	}
	return true
}

// isOdd reports whether s is a decimal number of 64 bits or less, and odd.
func isOdd(s string) bool {
	if s == "" || len(s) > 20 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	return s[len(s)-1]&1 != 0
}
