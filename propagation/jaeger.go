// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/go-spur/spur/model"
)

var (
	_ Propagator = (*JaegerPropagator)(nil)
	_ Statser    = (*JaegerPropagator)(nil)
)

// JaegerPropagator carries contexts in Jaeger's own headers: uber-trace-id for
// the ids and flags, one uberctx-* header for each baggage member; and reads
// jaeger-baggage and jaeger-debug-id, which people send by hand. The package
// documentation has the table. All methods may be called from any goroutine.
type JaegerPropagator struct {
	kind   Kind
	names  jaegerNames
	limits Limits

	readings sync.Pool // of *reading
	counters counters
}

// Jaeger makes a propagator for one kind of carrier. It fails when a header name
// cannot be one or when a limit is negative, and names it.
func Jaeger(kind Kind, opts ...Option) (*JaegerPropagator, error) {
	if kind != HTTP && kind != Text {
		return nil, fmt.Errorf("propagation: unknown kind of carrier %d", kind)
	}
	c := newConfig(opts)
	limits, err := c.limits.withDefaults()
	if err != nil {
		return nil, err
	}
	names, err := newJaegerNames(kind, c.headers)
	if err != nil {
		return nil, err
	}
	return &JaegerPropagator{kind: kind, names: names, limits: limits}, nil
}

// Inject writes c. The id header is written when both ids are set, baggage in any
// case, so that a context of baggage alone travels without a trace. While the
// sampling decision is open (StateDeferred) sampled and debug go out cleared.
//
// Members are written newest first until the limits are reached; one that does
// not fit is left out, and smaller ones after it are still tried. Also left out,
// and counted, are members that would break the carrier: under HTTP a key that
// is no header name, under Text a control byte in key or value. Receivers ignore
// the case of keys, so of keys that differ in case alone only the newest is
// written. Properties do not travel.
//
// A [Header], or an http.Header, is written to directly, in canonical spelling.
// Other carriers get keys as they are under Text and in lower case under HTTP,
// where they may also consist only of letters, digits, '-', '_' and '.': gRPC
// metadata, the usual such carrier, allows no others.
func (p *JaegerPropagator) Inject(c *model.Context, to Setter) {
	var written bool
	switch to := to.(type) {
	case Header:
		written = p.injectHeader(c, to)
	case http.Header:
		written = p.injectHeader(c, Header(to))
	default:
		written = p.injectSetter(c, to)
	}
	if written {
		p.counters.injected.Add(1)
	}
}

// Extract reads the context that from holds. Header names are matched without
// regard to case, and baggage keys are lower-cased, under both kinds. When a
// header is repeated its last value counts, but every jaeger-baggage is read.
//
// Ids: four parts separated by ':' (or, under HTTP, "%3A"): a trace id of 1 to 32
// hexadecimal digits, a span id of 1 to 16, a parent id that is ignored when it
// cannot be read, and flags of 1 to 4 hexadecimal digits of which the low 8 bits
// count. Anything else is ErrCorrupted. So is an id of zero; but a zero trace id
// next to baggage or a debug id, as jaeger-client-go sends it for a context
// without a trace, is a success without ids.
//
// Baggage: under HTTP values are percent-decoded, with '+' for a space; one that
// cannot be decoded is left out. jaeger-baggage is a list "k1=v1, k2=v2", decoded
// as a whole under both kinds; uberctx-* wins over it. Both together stay within
// the limits. Which members are left out when they do not is not defined, and the
// unread rest of a list counts as one.
//
// The debug id is returned when there is no trace id, cut to its limit.
//
// A [Header] is not visited but looked up and ranged over once; other carriers
// get one call of ForeachKey, whose error is returned wrapped with ErrCorrupted.
func (p *JaegerPropagator) Extract(from Reader) (model.Context, error) {
	var (
		c   model.Context
		err error
	)
	if h, ok := from.(Header); ok {
		err = p.extractHeader(h, &c)
	} else {
		err = p.extractReader(from, &c)
	}
	if err != nil {
		if err != ErrNotFound { // only the bare sentinel says "nothing here"
			p.counters.rejected.Add(1)
		}
		return model.Context{}, err
	}
	p.counters.accepted.Add(1)
	c.State = model.StateRemote
	return c, nil
}

// Stats returns the counters, under the name "jaeger".
func (p *JaegerPropagator) Stats() []FormatStats {
	return []FormatStats{p.counters.snapshot("jaeger")}
}
