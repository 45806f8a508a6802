// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"strings"
	"unicode/utf8"

	"github.com/go-spur/spur/internal/digits"
	"github.com/go-spur/spur/model"
)

// idText is uber-trace-id with all digits of the trace id, and room for two of the
// flags.
type idText [endOfParent + 1 + 2]byte

// Where the ids in an idText end.
const (
	endOfTrace  = 2 * digits.Len
	endOfSpan   = endOfTrace + 1 + digits.Len
	endOfParent = endOfSpan + 1 + digits.Len
)

// put writes the ids of c.
func (t *idText) put(c *model.Context) {
	digits.Put((*[digits.Len]byte)(t[:]), c.TraceID.High)
	digits.Put((*[digits.Len]byte)(t[digits.Len:]), c.TraceID.Low)
	t[endOfTrace] = ':'
	digits.Put((*[digits.Len]byte)(t[endOfTrace+1:]), uint64(c.SpanID))
	t[endOfSpan] = ':'
	digits.Put((*[digits.Len]byte)(t[endOfSpan+1:]), uint64(c.ParentID))
	t[endOfParent] = ':'
}

// header writes the flags of c behind its ids, and returns the header.
func (t *idText) header(c *model.Context) string {
	const hex = "0123456789abcdef"
	flags, end := wireFlags(c), endOfParent+1
	if flags > 0xf {
		t[end] = hex[flags>>4]
		end++
	}
	t[end] = hex[flags&0xf]
	start := 0
	if c.TraceID.High == 0 { // 16 digits, as jaeger-client-go writes it
		start = digits.Len
	}
	return textOf(t[start : end+1])
}

// wireFlags returns the flags that leave the process: without a decision nobody
// is told to sample.
func wireFlags(c *model.Context) model.Flags {
	if c.State&model.StateDeferred != 0 {
		return c.Flags &^ (model.FlagSampled | model.FlagDebug)
	}
	return c.Flags
}

// parseJaeger reads uber-trace-id into c, which is zero. A zero trace id is no
// error here: it leaves c as it is. After an error c is worthless.
func (p *Textual) parseJaeger(r *reading, c *model.Context) error {
	if !r.has.contains(jaegerID) {
		return ErrNotFound
	}
	value := r.values[jaegerID]
	if len(value) > p.limits.IDHeaderBytes {
		return p.tooLong(jaegerID, value)
	}
	if parseWritten(value, c) {
		r.written, r.trace, r.span = value, c.TraceID, c.SpanID
		return nil
	}
	parts, ok := cutID(value, false)
	if !ok && p.kind == HTTP {
		parts, ok = cutID(value, true)
	}
	if !ok {
		return p.corrupted(jaegerID, "does not have four parts", value)
	}
	trace, err := model.ParseTraceID(parts[0])
	if err != nil {
		return p.corrupted(jaegerID, "has a bad trace id", parts[0])
	}
	span, err := model.ParseSpanID(parts[1])
	if err != nil {
		return p.corrupted(jaegerID, "has a bad span id", parts[1])
	}
	digits := parts[3]
	for len(digits) > 2 && digits[0] == '0' {
		digits = digits[1:]
	}
	flags, err := model.ParseSpanID(digits)
	if err != nil || len(digits) > 2 {
		return p.corrupted(jaegerID, "has bad flags", parts[3])
	}
	if !trace.IsValid() {
		return nil
	}
	if span == 0 {
		return p.corrupted(jaegerID, "has a zero span id", value)
	}
	c.TraceID, c.SpanID, c.Flags = trace, span, model.Flags(flags)
	c.ParentID, _ = model.ParseSpanID(parts[2]) // 0 when it cannot be read
	return nil
}

// parseWritten reads uber-trace-id if it is as Inject writes it, with all digits of each
// id in lower case. If not, it leaves c as it is.
func parseWritten(s string, c *model.Context) bool {
	const others = 1 + digits.Len + 1 + digits.Len + 1
	trace := 2 * digits.Len
	if len(s) <= trace+others {
		trace = digits.Len
	}
	if n := len(s) - trace - others; n != 1 && n != 2 {
		return false
	}
	ids := s[trace-digits.Len:]
	const span, parent, flags = digits.Len + 1, 2*digits.Len + 2, 3*digits.Len + 3
	if ids[span-1] != ':' || ids[parent-1] != ':' || ids[flags-1] != ':' {
		return false
	}
	var id model.TraceID
	ok := true
	if trace > digits.Len {
		id.High, ok = digits.ParseLower(s[:digits.Len])
	}
	low, ok1 := digits.ParseLower(ids[:digits.Len])
	own, ok2 := digits.ParseLower(ids[span : span+digits.Len])
	by, ok3 := digits.ParseLower(ids[parent : parent+digits.Len])
	bits := lowerDigit(s[len(s)-1])
	if len(ids) > flags+1 {
		bits |= lowerDigit(ids[flags]) << 4
	}
	if !(ok && ok1 && ok2 && ok3) || bits < 0 {
		return false
	}
	if id.Low = low; !id.IsValid() || own == 0 {
		return false
	}
	c.TraceID, c.SpanID, c.ParentID, c.Flags = id, model.SpanID(own), model.SpanID(by), model.Flags(bits)
	return true
}

// cutID splits s into its four parts. What follows a third ':' is the last. encoded
// says that "%3A" is one, too: some HTTP clients send it.
func cutID(s string, encoded bool) (parts [4]string, ok bool) {
	for i := range 3 {
		at, size := strings.IndexByte(s, ':'), 1
		if encoded {
			if e := strings.Index(s, "%3"); e >= 0 && (at < 0 || e < at) && e+2 < len(s) && lowerByte(s[e+2]) == 'a' {
				at, size = e, 3
			}
		}
		if at < 0 {
			return parts, false
		}
		parts[i], s = s[:at], s[at+size:]
	}
	parts[3] = s
	return parts, true
}

// debugID decodes a debug id and cuts it. One that does not decode is taken as it
// stands: a person typed it.
func (p *Textual) debugID(value string) string {
	limit := p.limits.DebugIDBytes
	if p.kind == HTTP && needsUnescape(value, true) {
		encoded := value
		if len(encoded)/3 > limit { // enough for limit bytes and the rune behind them
			encoded = encoded[:3*limit+3]
			encoded = strings.TrimSuffix(encoded, "%")
			if n := len(encoded); encoded[n-2] == '%' {
				encoded = encoded[:n-2]
			}
		}
		if text, ok := appendUnescaped(make([]byte, 0, len(encoded)), encoded, true); ok {
			value = textOf(text)
		}
	}
	if len(value) <= limit {
		return value
	}
	return strings.Clone(value[:runeBorder(value, limit)])
}

// runeBorder returns the last border between runes in s[:limit+1], or limit where
// s is not UTF-8.
func runeBorder(s string, limit int) int {
	for i := limit; i > 0 && i > limit-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return i
		}
	}
	return limit
}
