// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-spur/spur/model"
)

// maxIDText is the length of the longest uber-trace-id that is written.
const maxIDText = 32 + 1 + 16 + 1 + 16 + 1 + 2

// appendID appends the ids and flags of c as uber-trace-id has them.
func appendID(dst []byte, c *model.Context) []byte {
	dst = append(c.TraceID.AppendHex(dst), ':')
	dst = append(c.SpanID.AppendHex(dst), ':')
	dst = append(c.ParentID.AppendHex(dst), ':')
	return strconv.AppendUint(dst, uint64(wireFlags(c)), 16)
}

// wireFlags returns the flags that leave the process: without a decision nobody
// is told to sample.
func wireFlags(c *model.Context) model.Flags {
	if c.State&model.StateDeferred != 0 {
		return c.Flags &^ (model.FlagSampled | model.FlagDebug)
	}
	return c.Flags
}

// parseID reads an uber-trace-id header into c, which is zero. A zero trace id is
// no error here: it leaves c as it is. After an error c is worthless.
func (p *JaegerPropagator) parseID(value string, c *model.Context) error {
	if len(value) > p.limits.IDHeaderBytes {
		return fmt.Errorf("%w: %s has %d bytes, more than %d",
			ErrCorrupted, p.names.id.text, len(value), p.limits.IDHeaderBytes)
	}
	parts, ok := cutID(value, cutColon)
	if !ok && p.kind == HTTP {
		parts, ok = cutID(value, cutEncodedColon)
	}
	if !ok {
		return p.corrupted("does not have four parts", value)
	}
	trace, err := model.ParseTraceID(parts[0])
	if err != nil {
		return p.corrupted("has a bad trace id", parts[0])
	}
	span, err := model.ParseSpanID(parts[1])
	if err != nil {
		return p.corrupted("has a bad span id", parts[1])
	}
	flags, err := model.ParseSpanID(parts[3])
	if err != nil || len(parts[3]) > 4 {
		return p.corrupted("has bad flags", parts[3])
	}
	if !trace.IsValid() {
		return nil
	}
	if span == 0 {
		return p.corrupted("has a zero span id", value)
	}
	c.TraceID, c.SpanID, c.Flags = trace, span, model.Flags(flags&0xff)
	c.ParentID, _ = model.ParseSpanID(parts[2]) // 0 when it cannot be read
	return nil
}

// cutID splits s into its four parts. What follows a third separator is the last.
func cutID(s string, cut func(string) (at, size int)) (parts [4]string, ok bool) {
	for i := range 3 {
		at, size := cut(s)
		if at < 0 {
			return parts, false
		}
		parts[i], s = s[:at], s[at+size:]
	}
	parts[3] = s
	return parts, true
}

// cutColon finds the first ':' and returns where it is, and how long.
func cutColon(s string) (at, size int) { return strings.IndexByte(s, ':'), 1 }

// cutEncodedColon finds the first ':' or "%3A", which some HTTP clients send for
// it.
func cutEncodedColon(s string) (at, size int) {
	for i := 0; i < len(s); i++ {
		if s[i] == ':' {
			return i, 1
		}
		if s[i] == '%' && len(s)-i >= 3 && s[i+1] == '3' && lowerByte(s[i+2]) == 'a' {
			return i, 3
		}
	}
	return -1, 0
}

// corrupted says what is wrong with the id header.
func (p *JaegerPropagator) corrupted(what, value string) error {
	return fmt.Errorf("%w: %s %s: %q", ErrCorrupted, p.names.id.text, what, shorten(value))
}

// shorten returns s, or the beginning of a long one. What comes from elsewhere
// goes into messages through it.
func shorten(s string) string {
	const enough = 60
	if len(s) <= enough {
		return s
	}
	return strings.ToValidUTF8(s[:enough], "") + "…"
}
