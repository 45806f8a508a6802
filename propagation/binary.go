// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/go-spur/spur/model"
)

var (
	_ BinaryPropagator = (*JaegerBinary)(nil)
	_ Statser          = (*JaegerBinary)(nil)
)

// JaegerBinary carries contexts in the bytes that jaeger-client-go writes for
// OpenTracing's Binary format, all numbers big-endian:
//
//	uint64  trace id, high half
//	uint64  trace id, low half
//	uint64  span id
//	uint64  parent id
//	uint8   flags
//	int32   number of members, and for each
//	int32     length of the key, followed by the key
//	int32     length of the value, followed by the value
//
// All methods may be called from any goroutine.
type JaegerBinary struct {
	limits Limits

	builders sync.Pool // of *builder
	counters counters
}

const (
	binaryIDBytes   = 4*8 + 1
	binaryHeadBytes = binaryIDBytes + 4

	// What jaeger-client-go reads; a context with more is refused there whole.
	maxBinaryMembers     = 180
	maxBinaryMemberBytes = 4096
)

// Binary makes a propagator of Jaeger's binary format. It fails when a limit is
// negative or an option nil, and names it.
func Binary(opts ...Option) (*JaegerBinary, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	return &JaegerBinary{limits: c.limits}, nil
}

// AppendBinary appends c. Ids, flags and an open sampling decision are treated as
// [Textual.Inject] does. The frame has room for the ids in any case: it
// is zero there when c has none, and such a frame without baggage is what
// ParseBinary refuses and jaeger-client-go reads as no context.
//
// Members are written newest first, as they are. What goes beyond the limits, and
// a member without a key, is left out and counted; so is what jaeger-client-go
// would refuse the whole context for: a member of more than 4096 bytes, and more
// than 180 members.
func (p *JaegerBinary) AppendBinary(dst []byte, c *model.Context) []byte {
	var ids model.Context
	if c.IsValid() {
		ids = *c
	}
	dst = binary.BigEndian.AppendUint64(dst, ids.TraceID.High)
	dst = binary.BigEndian.AppendUint64(dst, ids.TraceID.Low)
	dst = binary.BigEndian.AppendUint64(dst, uint64(ids.SpanID))
	dst = binary.BigEndian.AppendUint64(dst, uint64(ids.ParentID))
	dst = append(dst, byte(wireFlags(&ids)))

	at := len(dst)
	dst = binary.BigEndian.AppendUint32(dst, 0)
	members, left := 0, p.limits.BaggageBytes
	for m := range c.Baggage.All() {
		if members == min(p.limits.BaggageMembers, maxBinaryMembers) {
			break
		}
		size := len(m.Key) + len(m.Value)
		if m.Key == "" || size > min(left, maxBinaryMemberBytes) {
			continue
		}
		members++
		left -= size
		dst = appendLengthAnd(appendLengthAnd(dst, m.Key), m.Value)
	}
	binary.BigEndian.PutUint32(dst[at:], uint32(members))

	p.counters.leftOut(c.Baggage.Len() - members)
	if ids.IsValid() || members > 0 {
		p.counters.injected.Add(1)
	}
	return dst
}

// ParseBinary reads a context from the beginning of b; what follows it is
// ignored. A frame that is cut off, also an empty one, a negative length or
// number, and a zero id are ErrCorrupted; but zero ids with baggage are a success
// without ids. It never returns ErrNotFound.
//
// Keys keep their case, and of equal keys the last one counts. Members beyond the
// limits and those without a key are left out and counted; lengths are checked
// against what is there before anything is allocated.
func (p *JaegerBinary) ParseBinary(b []byte) (model.Context, error) {
	c, err := p.parse(b)
	if err != nil {
		p.counters.rejected.Add(1)
		return model.Context{}, err
	}
	c.State = model.StateRemote
	p.counters.accept(true)
	return c, nil
}

// Stats returns the counters, under the name "jaeger-binary".
func (p *JaegerBinary) Stats() []FormatStats {
	return []FormatStats{p.counters.snapshot("jaeger-binary")}
}

func (p *JaegerBinary) parse(b []byte) (model.Context, error) {
	var c model.Context
	if len(b) < binaryHeadBytes {
		return c, fmt.Errorf("%w: %d bytes, a binary context has at least %d", ErrCorrupted, len(b), binaryHeadBytes)
	}
	c.TraceID.High = binary.BigEndian.Uint64(b)
	c.TraceID.Low = binary.BigEndian.Uint64(b[8:])
	c.SpanID = model.SpanID(binary.BigEndian.Uint64(b[16:]))
	c.ParentID = model.SpanID(binary.BigEndian.Uint64(b[24:]))
	c.Flags = model.Flags(b[32])
	if c.TraceID.IsValid() && c.SpanID == 0 {
		return c, fmt.Errorf("%w: zero span id in binary context", ErrCorrupted)
	}
	members := int32(binary.BigEndian.Uint32(b[binaryIDBytes:]))
	if members < 0 {
		return c, fmt.Errorf("%w: binary context of %d members", ErrCorrupted, members)
	}
	if members > 0 {
		baggage, err := p.parseBaggage(b[binaryHeadBytes:], int(members))
		if err != nil {
			return c, err
		}
		c.Baggage = baggage
	}
	if c.TraceID.IsValid() {
		return c, nil
	}
	if c.Baggage == nil {
		return c, fmt.Errorf("%w: zero trace id in binary context", ErrCorrupted)
	}
	return model.Context{Baggage: c.Baggage}, nil
}

// parseBaggage reads n members. Every one takes at least eight bytes, so that a
// large n ends with the input.
func (p *JaegerBinary) parseBaggage(b []byte, n int) (*model.Baggage, error) {
	build, ok := p.builders.Get().(*builder)
	if !ok {
		build = &builder{match: sameText}
	}
	defer func() {
		build.clear()
		p.builders.Put(build)
	}()
	left, dropped := p.limits.BaggageBytes, 0
	for i := range n {
		key, rest, ok1 := cutLength(b)
		value, rest, ok2 := cutLength(rest)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("%w: binary context ends in member %d of %d", ErrCorrupted, i+1, n)
		}
		b = rest
		size := len(key) + len(value)
		if len(key) == 0 || size > left || len(build.members) == p.limits.BaggageMembers {
			dropped++
			continue
		}
		left -= size
		m := model.Member{Key: textOf(key), Value: textOf(value)}
		build.put(build.find(m.Key), &m, &p.limits)
	}
	p.counters.leftOut(dropped)
	return build.baggage(), nil
}

func appendLengthAnd(dst []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(s))), s...)
}

// cutLength splits off what b begins with: a length and as many bytes.
func cutLength(b []byte) (part, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := int32(binary.BigEndian.Uint32(b))
	b = b[4:]
	if n < 0 || int(n) > len(b) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}
