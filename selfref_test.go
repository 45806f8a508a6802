// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"reflect"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
)

// A span with a context's own ids is not that context's child: nothing of the
// references or flags on the wire may say so, and the current span of a Go
// context is not its parent either.
func TestSelfRefIsNobodysChild(t *testing.T) {
	self := NewSpanContext(model.Context{
		TraceID: model.TraceID{High: 5, Low: 6}, SpanID: 7, ParentID: 8, Flags: 1, State: model.StateRemote,
	})
	cause := remote(9, 10)
	link := []model.Reference{{TraceID: cause.TraceID(), SpanID: 10, Type: model.FollowsFrom}}
	for _, tt := range []struct {
		name string
		opts []opentracing.StartSpanOption
		refs []model.Reference
	}{
		{"alone", []opentracing.StartSpanOption{SelfRef(self)}, nil},
		{"with a link", []opentracing.StartSpanOption{Link(cause), SelfRef(self)}, link},
		{"follows another", []opentracing.StartSpanOption{SelfRef(self), opentracing.FollowsFrom(cause)}, link},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t)
			ctx, current := tracer.Start(context.Background(), "current")
			_, started := tracer.Start(ctx, "Start", tt.opts...)
			started.Finish()
			tracer.StartSpan("StartSpan", tt.opts...).Finish()
			for _, s := range got.all() {
				if s.TraceID != self.TraceID() || s.SpanID != 7 || s.ParentID != 8 || s.ParentRemote {
					t.Errorf("%s: trace %v, span %v, parent %v, remote %v", s.Operation, s.TraceID, s.SpanID, s.ParentID, s.ParentRemote)
				}
				if len(s.References)+len(tt.refs) > 0 && !reflect.DeepEqual(s.References, tt.refs) {
					t.Errorf("%s: references %v, want %v", s.Operation, s.References, tt.refs)
				}
			}
			if len(got.all()) != 2 {
				t.Errorf("%d reported, want 2", len(got.all()))
			}
			current.Finish()
		})
	}
}
