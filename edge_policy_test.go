// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"net/http"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur/model"
)

func TestEdgePolicies(t *testing.T) {
	caller := http.Header{"Uber-Trace-Id": {"1:2:0:3"}, "Uberctx-K": {"v"}, "Jaeger-Debug-Id": {"d"}}
	idless := http.Header{"Uberctx-K": {"v"}, "Jaeger-Debug-Id": {"d"}}
	for _, tt := range []struct {
		policy    EdgePolicy
		perTracer bool
		header    http.Header
		continues bool
		refs      []model.Reference
		baggage   string
		debug     bool
	}{
		{TrustCaller, true, caller, true, []model.Reference{{TraceID: model.TraceID{Low: 1}, SpanID: 2}}, "v", true},
		{TrustCaller, false, caller, true, []model.Reference{{TraceID: model.TraceID{Low: 1}, SpanID: 2}}, "v", true},
		{TrustCaller, true, idless, false, nil, "v", true},
		{LinkCaller, true, caller, false, []model.Reference{{TraceID: model.TraceID{Low: 1}, SpanID: 2, Type: model.FollowsFrom}}, "", false},
		{LinkCaller, false, caller, false, []model.Reference{{TraceID: model.TraceID{Low: 1}, SpanID: 2, Type: model.FollowsFrom}}, "", false},
		{LinkCaller, true, idless, false, nil, "", false},
		{LinkCaller, false, idless, false, nil, "", false},
		{IgnoreCaller, true, caller, false, nil, "", false},
		{IgnoreCaller, false, caller, false, nil, "", false},
		{IgnoreCaller, true, idless, false, nil, "", false},
	} {
		opts := []Option{}
		if tt.perTracer {
			opts = append(opts, WithEdgePolicy(tt.policy))
		}
		tracer, got := newTestTracer(t, opts...)
		c, err := tracer.Extract(opentracing.HTTPHeaders, tt.header)
		if err != nil {
			t.Fatal(err)
		}
		var s opentracing.Span
		if tt.perTracer {
			s = tracer.StartSpan("op", ext.RPCServerOption(c))
		} else {
			s = tracer.StartSpan("op", tt.policy.Reference(c))
		}
		child := tracer.StartSpan("child", opentracing.ChildOf(s.Context()))
		child.Finish()
		s.Finish()
		span := got.all()[1]
		if (span.TraceID.Low == 1) != tt.continues || span.ParentRemote != tt.continues || span.IsDebug() != tt.debug {
			t.Errorf("%v, per tracer %v: %+v", tt.policy, tt.perTracer, span)
		}
		if len(span.References) != len(tt.refs) || len(tt.refs) == 1 && span.References[0] != tt.refs[0] {
			t.Errorf("%v, per tracer %v: references %v, want %v", tt.policy, tt.perTracer, span.References, tt.refs)
		}
		if b := s.BaggageItem("k"); b != tt.baggage {
			t.Errorf("%v, per tracer %v: baggage %q, want %q", tt.policy, tt.perTracer, b, tt.baggage)
		}
		if got.all()[0].ParentID != span.SpanID {
			t.Errorf("%v: the policy touched a local child", tt.policy)
		}
	}
	var ce *ConfigError
	if _, err := New("x", WithEdgePolicy(7)); !errors.As(err, &ce) || ce.Value != "EdgePolicy(7)" {
		t.Errorf("%v", err)
	}
}
