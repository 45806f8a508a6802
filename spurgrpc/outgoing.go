// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"context"
	"sync"

	"github.com/opentracing/opentracing-go"
	"google.golang.org/grpc/metadata"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
)

// maxKeptPairs is the capacity up to which pairs go back to their pool, in strings.
const maxKeptPairs = 64

// pairs is a carrier for RPCs that have no metadata yet: it spares the map that
// propagation.Metadata needs.
type pairs struct{ kv []string }

var _ propagation.Setter = (*pairs)(nil)

// Set implements propagation.Setter: a key that is there gets the new value.
func (p *pairs) Set(key, value string) {
	for i := 0; i < len(p.kv); i += 2 {
		if p.kv[i] == key {
			p.kv[i+1] = value
			return
		}
	}
	p.kv = append(p.kv, key, value)
}

var pairsPool = sync.Pool{New: func() any { return &pairs{kv: make([]string, 0, 8)} }}

// inject returns ctx with the span's context in its outgoing metadata. What the
// caller put there is copied, not changed, but values under our keys, as when an
// RPC's metadata is forwarded, are replaced: with two the server would have to
// guess.
func inject(ctx context.Context, t *spur.Tracer, span *spur.Span) (context.Context, error) {
	if md, ok := metadata.FromOutgoingContext(ctx); ok {
		if err := t.Inject(span.SpanContext(), opentracing.HTTPHeaders, propagation.Metadata(md)); err != nil {
			return ctx, err
		}
		return metadata.NewOutgoingContext(ctx, md), nil
	}
	p := pairsPool.Get().(*pairs)
	err := t.Inject(span.SpanContext(), opentracing.HTTPHeaders, p)
	if err == nil {
		ctx = metadata.AppendToOutgoingContext(ctx, p.kv...) // copies
	}
	clear(p.kv)
	p.kv = p.kv[:0]
	if cap(p.kv) <= maxKeptPairs {
		pairsPool.Put(p)
	}
	return ctx, err
}
