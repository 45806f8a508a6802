// SPDX-License-Identifier: Apache-2.0

package spur_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest"
)

func TestDetachOutlivesTheRequest(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), contextKey{}, "kept"))
	ctx, request := tracer.Start(ctx, "request")
	request.SetBaggageItem("tenant", "a")
	detached := spur.Detach(ctx)
	cancel()
	request.Finish()

	if err := detached.Err(); err != nil {
		t.Errorf("the detached context ended with its origin: %v", err)
	}
	if got := detached.Value(contextKey{}); got != "kept" {
		t.Errorf("value of the context = %v", got)
	}
	if got := spur.SpanFromContext(detached); got != request {
		t.Errorf("SpanFromContext = %v, want the request's span", got)
	}
	ctx, work := tracer.Start(detached, "work")
	_, child := tracer.Start(ctx, "step")
	child.Finish()
	work.Finish()

	if got := work.BaggageItem("tenant"); got != "a" {
		t.Errorf("baggage = %q, want a", got)
	}
	for _, s := range spans.Spans() {
		want := map[string][]model.Reference{
			"request": nil,
			"work":    {{TraceID: request.SpanContext().TraceID(), SpanID: request.SpanContext().SpanID(), Type: model.FollowsFrom}},
			"step":    {{TraceID: request.SpanContext().TraceID(), SpanID: work.SpanContext().SpanID(), Type: model.ChildOf}},
		}[s.Operation]
		if fmt.Sprint(s.References) != fmt.Sprint(want) {
			t.Errorf("%s refers to %v, want %v", s.Operation, s.References, want)
		}
	}
}

type contextKey struct{}

func TestDetachWithoutASpan(t *testing.T) {
	ctx := spur.Detach(context.Background())
	if opentracing.SpanFromContext(ctx) != nil {
		t.Error("Detach put a span where there was none")
	}
}

// OpenTracing's own function sees the span as an ordinary parent.
func TestDetachForOpenTracing(t *testing.T) {
	tracer, _ := spurtest.New(t)
	ctx, request := tracer.Start(context.Background(), "request")
	span, _ := opentracing.StartSpanFromContextWithTracer(spur.Detach(ctx), tracer, "work")
	if got := span.(*spur.Span).SpanContext().ParentID(); got != request.SpanContext().SpanID() {
		t.Errorf("parent = %v, want %v", got, request.SpanContext().SpanID())
	}
	span.Finish()
	request.Finish()
}

func TestGoWithoutATracer(t *testing.T) {
	ran := make(chan *spur.Span)
	spur.Go(context.Background(), "op", func(ctx context.Context) { ran <- spur.SpanFromContext(ctx) })
	if s := <-ran; s.IsRecording() {
		t.Errorf("span %v", s)
	}
}

// A panic ends the process, as on any goroutine, and its span has been finished.
func TestGoPanic(t *testing.T) {
	if os.Getenv("E2E_GO_PANIC") == "1" {
		tracer, err := spur.New("crash", spur.WithSampler(sampler.NewConst(true)), spur.WithReporter(printing{}))
		if err != nil {
			t.Fatal(err)
		}
		ctx, _ := tracer.Start(context.Background(), "request")
		spur.Go(ctx, "work", func(context.Context) { panic("no milk") })
		select {}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestGoPanic$")
	cmd.Env = append(os.Environ(), "E2E_GO_PANIC=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("the process ended with %v", err)
	}
	for _, want := range []string{"reported work error=true event=error error.kind=panic message=no milk", "panic: no milk"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

// printing is a reporter that writes spans to stdout at once.
type printing struct{ reporter.Null }

func (printing) Report(s *model.Span) {
	line := "reported " + s.Operation
	for _, tag := range s.Tags {
		if tag.Key == "error" {
			line += " " + tag.Key + "=" + tag.Value.String()
		}
	}
	for _, l := range s.Logs {
		for _, f := range l.Fields {
			line += " " + f.Key + "=" + f.Value.String()
		}
	}
	fmt.Println(line)
}

// What is panicked with may be anything: a map that contains itself has no end.
func TestLogPanicIsBounded(t *testing.T) {
	tracer, spans := spurtest.New(t)
	endless := map[string]any{"long": strings.Repeat("x", 1<<20)}
	endless["self"] = endless
	for _, value := range []any{endless, errors.New("no milk"), nil, (*strings.Builder)(nil)} {
		span := tracer.StartSpan("op").(*spur.Span)
		span.LogPanic(value)
		span.Finish()
	}
	for i, s := range spans.Spans() {
		if message := s.Logs[0].Fields[2].Value.Str(); len(s.Logs) != 1 || message == "" || len(message) > 20<<10 || i == 1 && message != "no milk" {
			t.Errorf("span %d: %d bytes: %.80s", i, len(message), message)
		}
	}
}

func TestLinks(t *testing.T) {
	tracer, spans := spurtest.New(t)
	var messages spur.Links
	for range 500 {
		producer := tracer.StartSpan("send")
		messages = append(messages, producer.Context())
	}
	batch := tracer.StartSpan("batch", messages)
	batch.Finish()
	got := spans.Spans()[0]
	if got.ParentID != 0 || len(got.References) != 500 {
		t.Fatalf("parent %v, %d references", got.ParentID, len(got.References))
	}
	for i, r := range got.References {
		m := messages[i].(spur.SpanContext)
		if r.TraceID != m.TraceID() || r.SpanID != m.SpanID() || r.Type != model.FollowsFrom {
			t.Fatalf("reference %d = %+v, want %v", i, r, m)
		}
	}
}

func TestLinksForOthers(t *testing.T) {
	tracer, _ := spurtest.New(t)
	a, b := tracer.StartSpan("a"), tracer.StartSpan("b")
	var o opentracing.StartSpanOptions
	spur.Links{a.Context(), b.Context()}.Apply(&o)
	if len(o.References) != 2 || o.References[1].Type != opentracing.FollowsFromRef || o.References[1].ReferencedContext != b.Context() {
		t.Errorf("got %+v", o.References)
	}
	a.Finish()
	b.Finish()
}
