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

// parseID reads an uber-trace-id header. A zero trace id is no error here: the
// context that is returned then has no ids and no flags.
func (p *JaegerPropagator) parseID(value string) (model.Context, error) {
	var c model.Context
	if len(value) > p.limits.IDHeaderBytes {
		return c, fmt.Errorf("%w: %s has %d bytes, more than %d",
			ErrCorrupted, p.names.id.text, len(value), p.limits.IDHeaderBytes)
	}
	cut := cutColon
	if p.kind == HTTP && strings.IndexByte(value, '%') >= 0 {
		cut = cutEncodedColon
	}
	trace, rest, ok1 := cut(value)
	span, rest, ok2 := cut(rest)
	parent, flags, ok3 := cut(rest)
	if !ok1 || !ok2 || !ok3 {
		return c, p.corrupted("does not have four parts", value)
	}
	var err error
	if c.TraceID, err = model.ParseTraceID(trace); err != nil {
		return model.Context{}, p.corrupted("has a bad trace id", trace)
	}
	if c.SpanID, err = model.ParseSpanID(span); err != nil {
		return model.Context{}, p.corrupted("has a bad span id", span)
	}
	bits, err := model.ParseSpanID(flags)
	if err != nil || len(flags) > 4 {
		return model.Context{}, p.corrupted("has bad flags", flags)
	}
	if !c.TraceID.IsValid() {
		return model.Context{}, nil
	}
	if c.SpanID == 0 {
		return model.Context{}, p.corrupted("has a zero span id", value)
	}
	c.ParentID, _ = model.ParseSpanID(parent) // 0 when it cannot be read
	c.Flags = model.Flags(bits & 0xff)
	return c, nil
}

// cutColon splits s at its first ':'.
func cutColon(s string) (part, rest string, ok bool) { return strings.Cut(s, ":") }

// cutEncodedColon splits s at its first ':' or "%3A", which some HTTP clients send
// for it.
func cutEncodedColon(s string) (part, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] == ':' {
			return s[:i], s[i+1:], true
		}
		if s[i] == '%' && len(s)-i >= 3 && s[i+1] == '3' && lowerByte(s[i+2]) == 'a' {
			return s[:i], s[i+3:], true
		}
	}
	return s, "", false
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
