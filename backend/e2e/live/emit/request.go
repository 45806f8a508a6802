// SPDX-License-Identifier: Apache-2.0

package emit

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"
)

// micros is a time in whole microseconds, as Thrift has it.
func micros(us int) time.Time {
	return start.Truncate(time.Microsecond).Add(time.Duration(us) * time.Microsecond)
}

func at(us int) opentracing.StartTime {
	return opentracing.StartTime(micros(us))
}

func finish(s opentracing.Span, us int, logs ...opentracing.LogRecord) {
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: micros(us), LogRecords: logs})
}

func logged(us int, fields ...otlog.Field) opentracing.LogRecord {
	return opentracing.LogRecord{Timestamp: micros(us), Fields: fields}
}

type stringer struct{ a, b int }

// request traces a request. n makes the ids that arrive from outside.
func request(t opentracing.Tracer, n uint64) {
	arrived := func(flags string) opentracing.SpanContext {
		c, err := t.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": fmt.Sprintf("%016x%016x:%016x:0:%s", 0x5107<<48|n, 0xf1f1<<48|n, 0xaaaa<<48|n, flags)})
		if err != nil {
			panic(err)
		}
		return c
	}
	root := t.StartSpan("GET /x", at(0), ext.SpanKindRPCServer, opentracing.Tags{"http.method": "GET"})
	for _, tag := range []opentracing.Tag{
		{Key: "bool.true", Value: true},
		{Key: "bool.false", Value: false},
		{Key: "int", Value: -7},
		{Key: "int8", Value: int8(-8)},
		{Key: "uint16", Value: uint16(16)},
		{Key: "int64.min", Value: int64(math.MinInt64)},
		{Key: "int64.max", Value: int64(math.MaxInt64)},
		{Key: "int64.beyond_double", Value: int64(1<<53 + 1)},
		{Key: "uint64.max", Value: uint64(math.MaxUint64)},
		{Key: "float32", Value: float32(0.25)},
		{Key: "float64", Value: 1.0 / 3},
		{Key: "float64.max", Value: math.MaxFloat64},
		{Key: "float64.whole", Value: 3.0},
		{Key: "float64.minus_zero", Value: math.Copysign(0, -1)},
		{Key: "text", Value: "plain"},
		{Key: "text.empty", Value: ""},
		{Key: "text.unicode", Value: "Grüße, 世界 🚀 \u202e"},
		{Key: "text.hostile", Value: "</script><img src=x>' OR 1=1 --\x00\r\n\"{{7*7}}"},
		{Key: "text.not_utf8", Value: "a\xff\xfeb"},
		{Key: "text.long", Value: strings.Repeat("0123456789", 60)},
		{Key: "text.json", Value: `{"a":[1,{"b":null}]}`},
		{Key: "bytes", Value: []byte{0, 1, 0x7f, 0x80, 0xff}},
		{Key: "bytes.empty", Value: []byte{}},
		{Key: "nil", Value: nil},
		{Key: "error.value", Value: errors.New("an error")},
		{Key: "struct", Value: stringer{1, 2}},
		{Key: "", Value: "no key"},
		{Key: "ключ\n\"key\"", Value: "odd key"},
		{Key: "twice", Value: "first"},
		{Key: "twice", Value: "second"},
		{Key: "twice", Value: 3},
		{Key: "http.status_code", Value: uint16(500)},
	} {
		root.SetTag(tag.Key, tag.Value)
	}
	child := t.StartSpan("SELECT", at(100), ext.SpanKindRPCClient, opentracing.ChildOf(root.Context()), opentracing.FollowsFrom(arrived("1")), opentracing.Tag{Key: "peer.service", Value: "db"})
	ext.Error.Set(child, true)
	finish(child, 900,
		logged(200, otlog.Event("error"), otlog.String("message", "boom"), otlog.Error(errors.New("deadlock")), otlog.Int("attempt", 2)),
		logged(300, otlog.Bool("b", true), otlog.Int32("i32", -32), otlog.Int64("i64", math.MinInt64), otlog.Uint32("u32", 32), otlog.Uint64("u64", 64),
			otlog.Float32("f32", 0.5), otlog.Float64("f64", 0.1), otlog.Object("o", stringer{3, 4}), otlog.String("text", "ß"), otlog.String("text", "twice"), otlog.Object("raw", []byte{0xff})),
		logged(-50, otlog.String("event", "before its span")),
	)
	finish(t.StartSpan("follows", at(1000), opentracing.FollowsFrom(root.Context())), 1200)
	finish(t.StartSpan("no time", at(1000), opentracing.ChildOf(root.Context())), 1000)
	finish(t.StartSpan("outlives its parent", at(1000), opentracing.ChildOf(root.Context())), 5_000_000)
	finish(t.StartSpan("producer", at(1100), ext.SpanKindProducer, opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "error", Value: "true"}), 1150)
	finish(t.StartSpan("<b>\"näme\"</b>\n'; DROP TABLE span;--", at(1200), opentracing.ChildOf(root.Context())), 1300)
	finish(root, 2000)

	// The second trace came from elsewhere, with flags.
	for i, flags := range []string{"1", "3", "9"} {
		finish(t.StartSpan("flags "+flags, at(3000+i), ext.SpanKindConsumer, opentracing.ChildOf(arrived(flags))), 3100)
	}
}
