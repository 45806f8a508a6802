// SPDX-License-Identifier: Apache-2.0

package jaeger

import "github.com/opentracing/opentracing-go"

type formatKey int

// SpanContextFormat is the format whose carrier is a *SpanContext: frameworks that carry
// contexts by themselves, such as TChannel's, take them from it.
const SpanContextFormat formatKey = iota

// contextCodec serves SpanContextFormat.
type contextCodec struct{}

// Inject implements Injector.
func (contextCodec) Inject(ctx SpanContext, carrier interface{}) error {
	to, ok := carrier.(*SpanContext)
	if !ok || to == nil {
		return opentracing.ErrInvalidCarrier
	}
	to.CopyFrom(&ctx)
	return nil
}

// Extract implements Extractor.
func (contextCodec) Extract(carrier interface{}) (SpanContext, error) {
	from, ok := carrier.(*SpanContext)
	if !ok || from == nil {
		return SpanContext{}, opentracing.ErrInvalidCarrier
	}
	return *from, nil
}
