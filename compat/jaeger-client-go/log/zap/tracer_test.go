// SPDX-License-Identifier: Apache-2.0

package zap_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/uber/jaeger-client-go"
	jaegerzap "github.com/uber/jaeger-client-go/log/zap"
	"github.com/uber/jaeger-client-go/log/zap/mock_opentracing"
)

func observed() (*zap.Logger, *observer.ObservedLogs) {
	core, logs := observer.New(zap.DebugLevel)
	return zap.New(core), logs
}

// lines returns the messages since the last call, with the names of their fields.
func lines(logs *observer.ObservedLogs) string {
	var all []string
	for _, entry := range logs.TakeAll() {
		text := entry.Level.String() + " " + entry.Message
		for _, field := range entry.Context {
			text += " " + field.Key
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func check(t *testing.T, logs *observer.ObservedLogs, want string) {
	t.Helper()
	if got := lines(logs); got != want {
		t.Errorf("logged %q, want %q", got, want)
	}
}

func TestLoggingTracerOfAnother(t *testing.T) {
	ctrl := gomock.NewController(t)
	defer ctrl.Finish()
	other, span, sc := mock_opentracing.NewMockTracer(ctrl), mock_opentracing.NewMockSpan(ctrl), mock_opentracing.NewMockSpanContext(ctrl)
	logger, logs := observed()
	tracer := jaegerzap.NewLoggingTracer(logger, other)
	check(t, logs, "info Non Jaeger Tracer supplied to loggingTracer")

	other.EXPECT().StartSpan("op", opentracing.Tag{Key: "k", Value: 1}).Return(span)
	if got := tracer.StartSpan("op", opentracing.Tag{Key: "k", Value: 1}); got != span {
		t.Errorf("%v", got)
	}
	check(t, logs, "info StartSpan stack operation_name opts")

	refused := errors.New("refused")
	other.EXPECT().Inject(sc, "format", "carrier").Return(refused)
	if err := tracer.Inject(sc, "format", "carrier"); err != refused {
		t.Error(err)
	}
	check(t, logs, "error Inject attempted with Non Jaeger Context; debug Inject format carrier")

	other.EXPECT().Extract("format", "carrier").Return(sc, nil)
	if got, err := tracer.Extract("format", "carrier"); got != sc || err != nil {
		t.Error(got, err)
	}
	check(t, logs, "debug Extract format carrier; debug Extract succeeded")

	other.EXPECT().Extract("format", "carrier").Return(nil, refused)
	if got, err := tracer.Extract("format", "carrier"); got != nil || err != refused {
		t.Error(got, err)
	}
	check(t, logs, "debug Extract format carrier; error Extract failed error")
}

func TestLoggingTracer(t *testing.T) {
	logger, logs := observed()
	tracer := jaegerzap.NewLoggingTracer(logger, newTracer(t))
	check(t, logs, "info loggingTracer created sampler tags")

	span := tracer.StartSpan("op", opentracing.Tag{Key: "k", Value: 1})
	check(t, logs, "info StartSpan stack operation_name opts context")
	sc := span.Context()
	check(t, logs, "debug Context")
	carrier := opentracing.TextMapCarrier{}
	if err := tracer.Inject(sc, opentracing.TextMap, carrier); err != nil {
		t.Error(err)
	}
	check(t, logs, "debug Inject format carrier context")
	if got, err := tracer.Extract(opentracing.TextMap, carrier); err != nil || got.(jaeger.SpanContext).SpanID() != sc.(jaeger.SpanContext).SpanID() {
		t.Error(got, err)
	}
	check(t, logs, "debug Extract format carrier; debug Extract succeeded context")
	if _, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{}); err != opentracing.ErrSpanContextNotFound {
		t.Error(err)
	}
	check(t, logs, "debug Extract format carrier; error Extract failed error")
	span.Finish()
	check(t, logs, "info Finish span debug_stack")
}

func TestLoggingSpan(t *testing.T) {
	logger, logs := observed()
	tracer := newTracer(t)
	span := jaegerzap.NewLoggingTracer(logger, tracer).StartSpan("op")
	logs.TakeAll()

	underneath := span.SetOperationName("renamed").(*jaeger.Span)
	check(t, logs, "debug SetOperationName operation_name")
	if got := span.SetTag("k", "v"); got != underneath {
		t.Errorf("%v", got)
	}
	check(t, logs, "debug SetTag key value")
	if got := span.Tracer(); got != tracer {
		t.Errorf("%v", got)
	}
	check(t, logs, "debug Tracer")
	span.LogFields(log.String("f", "1"))
	check(t, logs, "debug LogFields fields")
	span.LogKV("kv", 2)
	check(t, logs, "debug LogKV keyValues")
	span.LogEvent("e")
	check(t, logs, "debug Deprecated: LogEvent event")
	span.LogEventWithPayload("p", 3)
	check(t, logs, "debug Deprecated: LogEventWithPayload event payload")
	span.Log(opentracing.LogData{Event: "l", Payload: 4})
	check(t, logs, "debug Deprecated: Log event ts payload")

	var logged []string
	for _, record := range underneath.Logs() {
		logged = append(logged, fmt.Sprint(record.Fields))
	}
	if got, want := fmt.Sprint(logged), "[[f:1] [kv:2] [event:e] [event:p payload:3] [event:l payload:4]]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if underneath.OperationName() != "renamed" || underneath.Tags()["k"] != "v" {
		t.Errorf("%s %v", underneath.OperationName(), underneath.Tags())
	}
	if got := span.SetBaggageItem("b", "i"); got != underneath {
		t.Errorf("%v", got)
	}
	check(t, logs, "debug SetBaggageItem key value")
	if got := span.BaggageItem("b"); got != "i" {
		t.Errorf("%q", got)
	}
	check(t, logs, "debug BaggageItem key")
	span.FinishWithOptions(opentracing.FinishOptions{FinishTime: underneath.StartTime().Add(time.Minute)})
	check(t, logs, "info FinishWithOptions span")
	if got := underneath.Duration(); got != time.Minute {
		t.Errorf("%v", got)
	}
}
