// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/opentracing/opentracing-go"
	"google.golang.org/grpc/metadata"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
)

// maxKeptPairs is the capacity up to which pairs go back to their pool, in strings.
const maxKeptPairs = 64

// pairs is a carrier that spares RPCs without metadata of their own the map that
// propagation.Metadata needs.
type pairs struct{ kv []string }

var _ propagation.Setter = (*pairs)(nil)

// Set implements propagation.Setter: a key that is there gets the new value.
func (p *pairs) Set(key, value string) {
	if i := p.index(key); i >= 0 {
		p.kv[i+1] = value
		return
	}
	p.kv = append(p.kv, key, value)
}

// index returns where key is, or -1.
func (p *pairs) index(key string) int {
	for i := 0; i < len(p.kv); i += 2 {
		if p.kv[i] == key {
			return i
		}
	}
	return -1
}

var pairsPool = sync.Pool{New: func() any { return &pairs{kv: make([]string, 0, 8)} }}

// inject returns ctx with the span's context in a copy of its outgoing metadata,
// without what belongs to another context, as when an RPC forwards the metadata it
// came with.
func inject(ctx context.Context, t *spur.Tracer, span *spur.Span) (context.Context, error) {
	p := pairsPool.Get().(*pairs)
	err := t.Inject(span.SpanContext(), opentracing.HTTPHeaders, p)
	if err == nil {
		ctx = p.addTo(ctx)
	}
	clear(p.kv)
	p.kv = p.kv[:0]
	if cap(p.kv) <= maxKeptPairs {
		pairsPool.Put(p)
	}
	return ctx, err
}

// addTo returns ctx with the pairs in its outgoing metadata.
func (p *pairs) addTo(ctx context.Context) context.Context {
	md, ok := metadata.FromOutgoingContext(ctx) // a copy
	if !ok {
		return metadata.AppendToOutgoingContext(ctx, p.kv...) // copies
	}
	p.removeOthers(md)
	for i := 0; i < len(p.kv); i += 2 {
		md.Set(p.kv[i], p.kv[i+1])
	}
	return metadata.NewOutgoingContext(ctx, md)
}

// removeOthers removes what another context has left in the formats that the pairs
// are of. Other formats may be meant for somebody else, such as a proxy.
func (p *pairs) removeOthers(md metadata.MD) {
	ids := []string{"uber-trace-id", "traceparent", "b3", "x-b3-traceid"}
	if !slices.ContainsFunc(ids, func(key string) bool { return len(md[key]) > 0 }) {
		return // what is there of baggage was put there on purpose
	}
	jaeger, w3c := p.index("uber-trace-id") >= 0, p.index("traceparent") >= 0
	b3 := p.index("b3") >= 0 || p.index("x-b3-traceid") >= 0
	for key := range md {
		var other bool
		switch key {
		case "jaeger-debug-id", "jaeger-baggage":
			other = jaeger
		case "tracestate", "baggage":
			other = w3c
		case "b3":
			other = b3
		default:
			other = jaeger && strings.HasPrefix(key, "uberctx-") ||
				b3 && (strings.HasPrefix(key, "x-b3-") || strings.HasPrefix(key, "baggage-"))
			other = other && !strings.HasSuffix(key, "-bin") // no text, and not read
		}
		if other {
			delete(md, key)
		}
	}
}
