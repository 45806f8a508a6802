// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/go-spur/spur"
	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"
)

// Spans and traces are counted as they begin, are joined and end.
func TestMetrics(t *testing.T) {
	remote := func(tracer *jaeger.Tracer, header string) opentracing.SpanContext {
		c, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": header})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, tc := range []struct {
		name    string
		sampled bool
		options func(*jaeger.Tracer) []opentracing.StartSpanOption
		want    string
	}{
		{"a sampled root", true, nil, "finished_spans|sampled=y 1\nstarted_spans|sampled=y 1\ntraces|sampled=y|state=started 1"},
		{"a root", false, nil, "finished_spans|sampled=n 1\nstarted_spans|sampled=n 1\ntraces|sampled=n|state=started 1"},
		{"a sampled server", false, func(tracer *jaeger.Tracer) []opentracing.StartSpanOption {
			return []opentracing.StartSpanOption{ext.RPCServerOption(remote(tracer, "1:2:3:1"))}
		}, "finished_spans|sampled=y 1\nstarted_spans|sampled=y 1\ntraces|sampled=y|state=joined 1"},
		{"a server, by tag", true, func(tracer *jaeger.Tracer) []opentracing.StartSpanOption {
			return []opentracing.StartSpanOption{opentracing.ChildOf(remote(tracer, "1:2:3:0")), opentracing.Tag{Key: "span.kind", Value: "server"}}
		}, "finished_spans|sampled=n 1\nstarted_spans|sampled=n 1\ntraces|sampled=n|state=joined 1"},
		{"a server, by tags", true, func(tracer *jaeger.Tracer) []opentracing.StartSpanOption {
			return []opentracing.StartSpanOption{opentracing.FollowsFrom(remote(tracer, "1:2:3:0")), opentracing.Tags{"span.kind": ext.SpanKindRPCServerEnum}}
		}, "finished_spans|sampled=n 1\nstarted_spans|sampled=n 1\ntraces|sampled=n|state=joined 1"},
		{"another child", true, func(tracer *jaeger.Tracer) []opentracing.StartSpanOption {
			return []opentracing.StartSpanOption{opentracing.ChildOf(remote(tracer, "1:2:3:1")), opentracing.StartTime(time.Now())}
		}, "finished_spans|sampled=y 1\nstarted_spans|sampled=y 1"},
	} {
		for _, observed := range []bool{false, true} { // by either way through StartSpan
			counted := newCounters()
			options := []jaeger.TracerOption{jaeger.TracerOptions.Metrics(jaeger.NewMetrics(counted, nil))}
			if observed {
				options = append(options, jaeger.TracerOptions.ContribObserver(&recorder{}))
			}
			opened, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(tc.sampled), jaeger.NewNullReporter(), options...)
			tracer := opened.(*jaeger.Tracer)
			var given []opentracing.StartSpanOption
			if tc.options != nil {
				given = tc.options(tracer)
			}
			s := tracer.StartSpan("op", given...)
			s.Finish()
			s.Finish()
			if got := counted.String(); got != tc.want {
				t.Errorf("%s (observed: %t):\n%s\nwant\n%s", tc.name, observed, got, tc.want)
			}
			closer.Close()
		}
	}
}

// Metrics that the program has left out are not counted, and do no harm.
func TestIncompleteMetrics(t *testing.T) {
	counted := newCounters()
	m := &jaeger.Metrics{SpansStartedSampled: counted.named("mine", nil)}
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.Metrics(m))
	start(tracer, "op").Finish()
	if got := counted.String(); got != "mine 1" {
		t.Errorf("counted %q", got)
	}
}

func TestProcessTags(t *testing.T) {
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.Tag("zone", "a"), jaeger.TracerOptions.Tag("ip", "10.1.2.3"))
	tags := opentracing.Tags{}
	for _, tag := range tracer.Tags() {
		tags[tag.Key] = tag.Value
	}
	if tags["zone"] != "a" || tags["ip"] != "10.1.2.3" || tags["jaeger.version"] != "Go-2.30.0" || tags["hostname"] == nil || len(tags) != 4 {
		t.Errorf("tags %v", tags)
	}
}

// Spans of other tracers are told to the logger, and are no parents.
func TestForeignReference(t *testing.T) {
	var logger log.BytesBufferLogger
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.Logger(&logger))
	other := mocktracer.New().StartSpan("other")
	s := start(tracer, "op", opentracing.ChildOf(other.Context()))
	if s.SpanContext().ParentID() != 0 || !strings.Contains(logger.String(), "ERROR: Reference contains invalid type of SpanReference: ") {
		t.Errorf("%s; logged %q", s, logger.String())
	}
	if err := tracer.Inject(other.Context(), opentracing.TextMap, opentracing.TextMapCarrier{}); err != opentracing.ErrInvalidSpanContext {
		t.Errorf("Inject: %v", err)
	}
	if err := tracer.Inject(s.Context(), "unknown", nil); err != opentracing.ErrUnsupportedFormat {
		t.Errorf("Inject: %v", err)
	}
}

// Spans of spur's own functions and of this package belong to one trace.
func TestTogetherWithSpur(t *testing.T) {
	tracer, _ := newTracer(t, nil)
	parent := start(tracer, "parent")
	ctx := opentracing.ContextWithSpan(context.Background(), parent)
	_, child := spur.StartSpanFromContext(ctx, "child")
	if child.SpanContext().ParentID() != parent.SpurSpan().SpanContext().SpanID() {
		t.Errorf("%s is no child of %s", child, parent)
	}
	grandchild := start(tracer, "grandchild", opentracing.ChildOf(child.Context()))
	if uint64(grandchild.SpanContext().ParentID()) != uint64(child.SpanContext().SpanID()) {
		t.Errorf("%s is no child of %s", grandchild, child)
	}
	carrier := opentracing.TextMapCarrier{}
	if err := tracer.Inject(child.Context(), opentracing.TextMap, carrier); err != nil || carrier["uber-trace-id"] != child.String() || len(carrier) != 1 {
		t.Errorf("%v %v", carrier, err)
	}
}

func TestIDs(t *testing.T) {
	n := uint64(0)
	next := func() uint64 { n++; return n }
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.RandomNumber(next), jaeger.TracerOptions.Gen128Bit(true),
		jaeger.TracerOptions.HighTraceIDGenerator(func() uint64 { return 0xabc }))
	if got := start(tracer, "op").String(); got != "0000000000000abc0000000000000002:0000000000000002:0000000000000000:1" {
		t.Errorf("got %s", got) // 1 is the process's
	}
	tracer, _ = newTracer(t, nil)
	if id := start(tracer, "op").SpanContext().TraceID(); id.High != 0 || !id.IsValid() {
		t.Errorf("trace id %s", id)
	}
}

// What a tracer says of itself as it closes is no error: programs raise alarms for those.
func TestCloseWithUnfinishedSpans(t *testing.T) {
	logger := newLineLogger()
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(false), jaeger.NewNullReporter(), jaeger.TracerOptions.Logger(logger))
	_ = start(tracer, "unfinished")
	start(tracer, "unsampled").Finish()
	_ = closer.Close()
	logger.wait(t, "INFO: spur: spans were never finished open=1 ", "INFO: spur: no span was sampled unsampled=1 ")
}
