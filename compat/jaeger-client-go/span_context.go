// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
)

var (
	errEmptyTracerStateString     = errors.New("Cannot convert empty string to tracer state")
	errMalformedTracerStateString = errors.New("String does not match tracer state format")
)

// SpanContext is what others need to refer to a span: ids, flags and baggage. Ids and
// baggage never change; the flags are those of the trace as they are now. The zero
// SpanContext refers to nothing. All methods may be called from any goroutine.
type SpanContext struct {
	ctx spur.SpanContext

	// Some programs, such as those with github.com/grafana/dskit's spanprofiler, find out
	// whether a context came out of a carrier by looking where jaeger-client-go's has it:
	// behind the three ids, a map, a string and a pointer.
	_ [unsafe.Sizeof(struct {
		traceID          TraceID
		spanID, parentID SpanID
		baggage          map[string]string
		debugID          string
		samplingState    *int
	}{}) - unsafe.Sizeof(spur.SpanContext{})]byte
	remote bool
}

// contextOf is a context of spur's.
func contextOf(c spur.SpanContext) SpanContext { return SpanContext{ctx: c, remote: c.IsRemote()} }

// SpurContext returns spur's context, which spur's functions take, too.
func (c SpanContext) SpurContext() spur.SpanContext { return c.ctx }

// NewSpanContext makes a context from its parts. A span that descends from one that is
// not sampled asks the sampler.
func NewSpanContext(traceID TraceID, spanID, parentID SpanID, sampled bool, baggage map[string]string) SpanContext {
	m := model.Context{
		TraceID: model.TraceID(traceID), SpanID: model.SpanID(spanID), ParentID: model.SpanID(parentID),
		State: model.StateDeferred, Baggage: newBaggage(baggage),
	}
	if sampled {
		m.Flags, m.State = model.FlagSampled, 0
	}
	return SpanContext{ctx: spur.NewSpanContext(m)}
}

// newBaggage makes a list of a map, in the order of its keys.
func newBaggage(items map[string]string) *model.Baggage {
	members := make([]model.Member, 0, len(items))
	for k, v := range items {
		members = append(members, model.Member{Key: k, Value: v})
	}
	sort.Slice(members, func(i, j int) bool { return members[i].Key < members[j].Key })
	return model.NewBaggage(members...)
}

// ContextFromString reads what String writes, trace:span:parent:flags, all hexadecimal.
func ContextFromString(value string) (SpanContext, error) {
	if value == "" {
		return SpanContext{}, errEmptyTracerStateString
	}
	parts := strings.SplitN(value, ":", 5)
	if len(parts) != 4 {
		return SpanContext{}, errMalformedTracerStateString
	}
	traceID, err := TraceIDFromString(parts[0])
	if err != nil {
		return SpanContext{}, err
	}
	spanID, err := SpanIDFromString(parts[1])
	if err != nil {
		return SpanContext{}, err
	}
	parentID, err := SpanIDFromString(parts[2])
	if err != nil {
		return SpanContext{}, err
	}
	flags, err := strconv.ParseUint(parts[3], 16, 8)
	if err != nil {
		return SpanContext{}, err
	}
	m := model.Context{
		TraceID: model.TraceID(traceID), SpanID: model.SpanID(spanID), ParentID: model.SpanID(parentID),
		Flags: model.Flags(flags),
	}
	if !m.IsSampled() {
		m.State = model.StateDeferred
	}
	return SpanContext{ctx: spur.NewSpanContext(m)}, nil
}

// TraceID returns the id of the trace.
func (c SpanContext) TraceID() TraceID { return TraceID(c.ctx.TraceID()) }

// SpanID returns the id of the span.
func (c SpanContext) SpanID() SpanID { return SpanID(c.ctx.SpanID()) }

// ParentID returns the id of the span's parent, 0 when it has none.
func (c SpanContext) ParentID() SpanID { return SpanID(c.ctx.ParentID()) }

// Flags returns the flags that travel: sampled 1, debug 2, firehose 8.
func (c SpanContext) Flags() byte { return byte(c.ctx.Flags()) }

// IsValid reports whether neither trace id nor span id is zero.
func (c SpanContext) IsValid() bool { return c.ctx.IsValid() }

// IsSampled reports whether the trace is sampled, as far as is decided now.
func (c SpanContext) IsSampled() bool { return c.ctx.IsSampled() }

// IsDebug reports the debug flag.
func (c SpanContext) IsDebug() bool { return c.ctx.IsDebug() }

// IsFirehose reports the firehose flag.
func (c SpanContext) IsFirehose() bool { return c.ctx.IsFirehose() }

// SetFirehose sets the firehose flag of the trace.
func (c SpanContext) SetFirehose() { c.ctx.EnableFirehose() }

// IsSamplingFinalized reports whether the sampler will not be asked again.
func (c SpanContext) IsSamplingFinalized() bool {
	if l := c.late(); l != nil {
		return l.final.Load()
	}
	return c.ctx.Model().State&model.StateDeferred == 0
}

// ExtendedSamplingState returns what a sampler keeps under key about the local trace, and
// keeps what initValue returns if there is nothing yet. A trace whose sampler is not asked
// again keeps nothing.
func (c SpanContext) ExtendedSamplingState(key interface{}, initValue func() interface{}) interface{} {
	l := c.late()
	if l == nil {
		return initValue()
	}
	if v, ok := l.extended.Load(key); ok {
		return v
	}
	v, _ := l.extended.LoadOrStore(key, initValue())
	return v
}

// lateState is what a SamplerV2 that can be asked again has decided about a local trace.
type lateState struct {
	final    atomic.Bool   // the sampler is not asked any more
	root     atomic.Uint64 // span id of the local root
	extended sync.Map
}

// late is nil for a trace that was decided about when it began.
func (c SpanContext) late() *lateState {
	if s := c.ctx.SamplingState(); s != nil {
		l, _ := s.Load().(*lateState)
		return l
	}
	return nil
}

// ForeachBaggageItem calls handler for each item until it returns false.
func (c SpanContext) ForeachBaggageItem(handler func(k, v string) bool) {
	c.ctx.ForeachBaggageItem(handler)
}

// WithBaggageItem returns a copy that carries one more item; an empty value removes the
// item instead.
func (c SpanContext) WithBaggageItem(key, value string) SpanContext {
	c.ctx = c.ctx.WithBaggageItem(key, value)
	return c
}

// CopyFrom makes c the same context as ctx.
func (c *SpanContext) CopyFrom(ctx *SpanContext) { *c = *ctx }

// String returns trace:span:parent:flags, as uber-trace-id has it.
func (c SpanContext) String() string { return c.ctx.String() }

// TraceID names a trace. A 64-bit id has High 0.
type TraceID struct {
	High, Low uint64
}

// String returns 16 hexadecimal digits, or 32 when High is not 0.
func (t TraceID) String() string { return model.TraceID(t).String() }

// IsValid reports whether the id is not zero.
func (t TraceID) IsValid() bool { return t.High != 0 || t.Low != 0 }

// TraceIDFromString reads up to 32 hexadecimal digits.
func TraceIDFromString(s string) (TraceID, error) {
	var t TraceID
	var err error
	if len(s) > 32 {
		return TraceID{}, fmt.Errorf("TraceID cannot be longer than 32 hex characters: %.128s", s)
	}
	low := s
	if split := len(s) - 16; split > 0 {
		if t.High, err = strconv.ParseUint(s[:split], 16, 64); err != nil {
			return TraceID{}, err
		}
		low = s[split:]
	}
	if t.Low, err = strconv.ParseUint(low, 16, 64); err != nil {
		return TraceID{}, err
	}
	return t, nil
}

// SpanID names a span within its trace.
type SpanID uint64

// String returns 16 hexadecimal digits.
func (s SpanID) String() string { return model.SpanID(s).String() }

// SpanIDFromString reads up to 16 hexadecimal digits.
func SpanIDFromString(s string) (SpanID, error) {
	if len(s) > 16 {
		return 0, fmt.Errorf("SpanID cannot be longer than 16 hex characters: %.128s", s)
	}
	id, err := strconv.ParseUint(s, 16, 64)
	return SpanID(id), err
}
