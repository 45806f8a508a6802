// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"errors"
	"strings"

	"github.com/go-spur/spur/model"
)

// maxB3IDs is the length of the three ids together, maxB3Single that of the
// longest b3 header that is written.
const (
	maxB3IDs    = 32 + 16 + 16
	maxB3Single = 32 + 1 + 16 + 1 + 1 + 1 + 16
)

// asksDebug reports whether flags ask for a debug trace. A debug flag without a
// sampled one asks for nothing, and must not become B3's, which implies sampled.
func asksDebug(f model.Flags) bool { return f.IsDebug() && f.IsSampled() }

// b3State returns the sampling state of c, "" for an open one. Single is for b3,
// where debug is a state of its own.
func b3State(c *model.Context, single bool) string {
	switch {
	case c.State&model.StateDeferred != 0:
		return ""
	case single && asksDebug(c.Flags):
		return "d"
	case c.IsSampled():
		return "1"
	}
	return "0"
}

// appendB3Single appends the ids and the decision of c as b3 has them. Without a
// decision the parent is left out as well: not every receiver takes it there.
func appendB3Single(dst []byte, c *model.Context) []byte {
	state := b3State(c, true)
	if !c.IsValid() {
		return append(dst, state...)
	}
	dst = append(c.TraceID.AppendHex(dst), '-')
	dst = c.SpanID.AppendHex(dst)
	if state == "" {
		return dst
	}
	dst = append(append(dst, '-'), state...)
	if c.ParentID != 0 {
		dst = c.ParentID.AppendHex(append(dst, '-'))
	}
	return dst
}

// b3Values returns the values of x-b3-*, "" for a header that is not written, in the
// order of their fields. text has room for maxB3IDs bytes, which the values keep.
// Sampled is written beside debug: jaeger-client-go does not read the flags.
func b3Values(text []byte, c *model.Context) (values [5]string) {
	values[3] = b3State(c, false)
	if values[3] == "1" && c.IsDebug() {
		values[4] = "1"
	}
	if !c.IsValid() {
		return values
	}
	text = c.TraceID.AppendHex(text[:0])
	span := len(text)
	text = c.SpanID.AppendHex(text)
	parent := len(text)
	values[0], values[1] = textOf(text[:span]), textOf(text[span:parent])
	if c.ParentID != 0 {
		text = c.ParentID.AppendHex(text)
		values[2] = textOf(text[parent:])
	}
	return values
}

// parseB3 reads b3, or else x-b3-*, into c, which is zero. A decision without ids
// leaves StateDecided; one in b3 counts for the ids of x-b3-*. After an error c is
// worthless.
func (p *Textual) parseB3(r *reading, c *model.Context) error {
	if r.has>>b3Whole == 0 { // none of its headers
		return ErrNotFound
	}
	err := p.parseB3Single(r.values[b3Whole], c)
	if err == nil && c.TraceID.IsValid() {
		return nil
	}
	var multi model.Context
	switch errMulti := p.parseB3Multi(r, &multi); {
	case multi.TraceID.IsValid() && errMulti == nil:
		if err == nil {
			multi.Flags, multi.State = c.Flags, 0
		}
		*c = multi
		return nil
	case err == nil && errors.Is(errMulti, ErrCorrupted):
		return errMulti
	case !errors.Is(err, ErrNotFound):
		return err
	default:
		*c = multi
		return errMulti
	}
}

func (p *Textual) parseB3Single(value string, c *model.Context) error {
	if value == "" {
		return ErrNotFound
	}
	if len(value) > p.limits.IDHeaderBytes {
		return p.tooLong(b3Whole, value)
	}
	trace, rest, ids := strings.Cut(value, "-")
	if !ids {
		c.State = model.StateDecided
		if !setB3Decision(c, value) && !setB3Debug(c, value) {
			return p.corrupted(b3Whole, "is malformed", value)
		}
		return nil
	}
	span, rest, more := strings.Cut(rest, "-")
	decision, parent, child := strings.Cut(rest, "-")
	if len(decision) == 16 && !child { // a parent without a decision
		decision, parent, child = "", decision, true
	}
	switch {
	case decision == "" && (child || !more):
		c.State = model.StateDeferred
	case !setB3Decision(c, decision) && !setB3Debug(c, decision):
		return p.corrupted(b3Whole, "has a bad sampling state", value)
	}
	if err := p.setB3IDs(b3Whole, b3Whole, trace, span, c); err != nil {
		return err
	}
	if child {
		var err error
		if c.ParentID, err = model.ParseSpanID(parent); err != nil {
			return p.corrupted(b3Whole, "has a bad parent id", value)
		}
	}
	return nil
}

func (p *Textual) parseB3Multi(r *reading, c *model.Context) error {
	if decision := r.values[b3Sampled]; decision == "" {
		c.State = model.StateDeferred
	} else if !setB3Decision(c, decision) {
		return p.corrupted(b3Sampled, "is not a sampling state", decision)
	}
	if isOdd(r.values[b3Flags]) { // a decimal number, whose lowest bit is debug
		c.State = 0
		setB3Debug(c, "d")
	}
	if r.has.contains(b3Trace) || r.has.contains(b3Span) {
		c.ParentID, _ = model.ParseSpanID(r.values[b3Parent]) // 0 when it cannot be read
		return p.setB3IDs(b3Trace, b3Span, r.values[b3Trace], r.values[b3Span], c)
	}
	if c.State == model.StateDeferred {
		return ErrNotFound
	}
	c.State = model.StateDecided
	return nil
}

// setB3IDs reads the ids, which the fields traceIn and spanIn have.
func (p *Textual) setB3IDs(traceIn, spanIn field, trace, span string, c *model.Context) error {
	var err error
	if c.TraceID, err = model.ParseTraceID(trace); err != nil || !c.TraceID.IsValid() {
		return p.corrupted(traceIn, "has a bad trace id", trace)
	}
	if c.SpanID, err = model.ParseSpanID(span); err != nil || c.SpanID == 0 {
		return p.corrupted(spanIn, "has a bad span id", span)
	}
	return nil
}

// setB3Decision reads a sampling state of x-b3-sampled.
func setB3Decision(c *model.Context, s string) bool {
	switch {
	case s == "1", strings.EqualFold(s, "true"):
		c.Flags = model.FlagSampled
	case s == "0", strings.EqualFold(s, "false"):
		c.Flags = 0
	default:
		return false
	}
	return true
}

// setB3Debug reads the further sampling state of b3.
func setB3Debug(c *model.Context, s string) bool {
	if s != "d" && s != "D" {
		return false
	}
	c.Flags = model.FlagSampled | model.FlagDebug
	return true
}

// isOdd reports whether s is a decimal number of 64 bits or less, and odd.
func isOdd(s string) bool {
	if s == "" || len(s) > 20 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	return s[len(s)-1]&1 != 0
}
