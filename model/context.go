// SPDX-License-Identifier: Apache-2.0

package model

// Flags is the byte that travels in uber-trace-id and in jaeger.thrift's
// Span.flags. Unknown bits are carried along.
type Flags byte

// The bits of Flags that Jaeger defines.
const (
	FlagSampled  Flags = 1 // the trace is recorded and sent
	FlagDebug    Flags = 2 // the backend must not downsample it
	FlagFirehose Flags = 8 // the backend stores but does not index it
)

// IsSampled reports FlagSampled.
func (f Flags) IsSampled() bool { return f&FlagSampled != 0 }

// IsDebug reports FlagDebug. A debug flag without a sampled one asks for nothing:
// jaeger-client-go leaves it behind when sampling.priority goes from 1 to 0.
func (f Flags) IsDebug() bool { return f&FlagDebug != 0 }

// State says how much of a Context's decision is known. It does not travel.
type State uint8

// The bits of State.
const (
	StateDeferred  State = 1 << iota // the caller made no sampling decision: ours counts
	StateRemote                      // the context came out of a carrier
	StateW3CRandom                   // the trace id is random, as traceparent's flag says (W3C level 2)
	StateDecided                     // without ids: the caller decided all the same, and Flags say what
)

// Context is what a span passes on: to its children and, through a propagator,
// to other processes. Copies share Baggage and Extra, which never change.
type Context struct {
	TraceID  TraceID
	SpanID   SpanID
	ParentID SpanID
	Flags    Flags
	State    State
	Baggage  *Baggage // nil when there is none
	Extra    *Extra   // nil when there is none
}

// Extra holds the rarely present parts of a Context. It is never modified once
// a Context points at it.
type Extra struct {
	DebugID    string // value of jaeger-debug-id, at most 128 bytes
	TraceState string // value of tracestate, passed on as it came
}

// IsValid reports whether both the trace id and the span id are set, so that
// the context can be a parent.
func (c *Context) IsValid() bool { return c.TraceID.IsValid() && c.SpanID != 0 }

// IsSampled reports the sampled flag.
func (c *Context) IsSampled() bool { return c.Flags.IsSampled() }

// IsDebug reports the debug flag.
func (c *Context) IsDebug() bool { return c.Flags.IsDebug() }

// DebugID returns Extra.DebugID, or "".
func (c *Context) DebugID() string {
	if c.Extra == nil {
		return ""
	}
	return c.Extra.DebugID
}
