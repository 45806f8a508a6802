// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
)

// tagPrograms are about tags.
func tagPrograms() []program {
	kinds := program{name: "tags of every kind", why: "see tagValues", run: func(w *world) {
		s := w.tracer.StartSpan("kinds")
		for _, v := range tagValues() {
			s.SetTag(v.name, v.value)
		}
		w.finish(s)
	}}
	for _, v := range tagValues() {
		if v.j != "" {
			kinds.differs = append(kinds.differs, "- 1: tag "+strconv.Quote(v.name)+" "+v.j)
		}
	}
	for _, v := range tagValues() {
		if v.j != "" {
			kinds.differs = append(kinds.differs, "+ 1: tag "+strconv.Quote(v.name)+" "+v.want)
		}
	}
	return []program{
		kinds,
		{name: "two start tags", run: func(w *world) {
			w.finish(w.tracer.StartSpan("x", opentracing.Tag{Key: "a", Value: 1}, ext.SpanKindRPCClient))
		}},
		{name: "three start tags", run: func(w *world) {
			w.finish(w.tracer.StartSpan("x", opentracing.Tags{"a": 1, "b": "2", "c": true}))
		}, why: "J loses the sampler's tags", differs: []string{
			`+ 1: tag "sampler.type" STRING "const"`, `+ 1: tag "sampler.param" BOOL true`,
		}},
		{name: "a key twice", run: func(w *world) {
			s := w.tracer.StartSpan("x", opentracing.Tag{Key: "a", Value: 1})
			s.SetTag("a", "two").SetTag("a", 3.5)
			w.finish(s)
		}, why: "the last one wins", differs: []string{`- 1: tag "a" LONG 1`, `- 1: tag "a" STRING "two"`}},
		{name: "a start tag twice", run: func(w *world) {
			w.finish(w.tracer.StartSpan("x", opentracing.Tag{Key: "a", Value: 1}, opentracing.Tag{Key: "a", Value: 2}))
		}},
		{name: "a start tag that the sampler sets, too", run: func(w *world) {
			w.finish(w.tracer.StartSpan("x", opentracing.Tag{Key: "sampler.type", Value: "mine"}))
		}, why: "the last one wins, and the sampler speaks last", differs: []string{`- 1: tag "sampler.type" STRING "mine"`}},
		{name: "strange keys", run: func(w *world) {
			w.finish(w.tracer.StartSpan("").SetTag("", "empty").SetTag("日本", 1).SetTag("a b\n", 2))
		}},
		{name: "OpenTracing's setters", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			ext.Component.Set(s, "c")
			ext.Error.Set(s, true)
			ext.HTTPStatusCode.Set(s, 503)
			ext.PeerHostIPv4.SetString(s, "10.0.0.1")
			ext.PeerPort.Set(s, 80)
			ext.LogError(s, io.ErrUnexpectedEOF, log.String("more", "m"))
			w.finish(s)
		}, why: "LogError sets error once more", differs: []string{`- 1: tag "error" BOOL true`}},
		{name: "too many tags", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			for i := range 1001 {
				s.SetTag(strconv.Itoa(i), i)
			}
			w.finish(s)
		}, why: "1,000 tags at most, the sampler's two among them", differs: []string{
			`- 1: tag "998" LONG 998`, `- 1: tag "999" LONG 999`, `- 1: tag "1000" LONG 1000`,
			`+ 1: tag "otel.dropped_attributes_count" LONG 3`,
		}},
	}
}

// logPrograms are about logs.
func logPrograms() []program {
	early := epoch.Add(-time.Hour)
	fields := []log.Field{
		log.String("string", "é"), log.Bool("bool", true), log.Int("int", -1), log.Int32("int32", math.MinInt32),
		log.Int64("int64", math.MinInt64), log.Uint32("uint32", math.MaxUint32), log.Uint64("uint64", math.MaxInt64),
		log.Float32("float32", 0.5), log.Float64("float64", 1e-300), log.Error(errors.New("bad")),
		log.Object("object", map[string]int{"b": 1, "a": 2}), log.Event("e"), log.Message("m"),
		log.Lazy(func(e log.Encoder) { e.EmitString("lazy", "s"); e.EmitInt("lazy int", 5) }), log.Noop(),
	}
	return []program{
		{name: "fields of every kind", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			s.LogFields(fields...)
			s.LogFields()
			s.LogFields(log.Object("nil", nil), log.Object("pointer", (*point)(nil)), log.Object("error", io.EOF))
			w.finish(s)
		}},
		{name: "a number above signed", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			s.LogFields(log.Uint64("u", math.MaxUint64))
			w.finish(s)
		}, why: "J wraps it", differs: []string{
			`- 1: log 0 now:  "u" LONG -1`, `+ 1: log 0 now:  "u" STRING "18446744073709551615"`,
		}},
		{name: "keys and values", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			s.LogKV("event", "e", "n", 1, "u", uint64(2), "f", float32(0.5), "b", false, "o", []int{1}, "err", io.EOF, "nil", nil)
			s.LogKV("odd", 1, "left over")
			s.LogKV(1, 2)
			s.LogKV()
			w.finish(s)
		}},
		{name: "deprecated forms", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			s.LogEvent("e")
			s.LogEventWithPayload("e", point{X: 1})
			s.LogEventWithPayload("e", nil)
			s.Log(opentracing.LogData{})
			s.Log(opentracing.LogData{
				Timestamp: early,
				Event:     "early", Payload: 7,
			})
			s.LogFields(log.Object("o", 0.5), log.Object("o", true), log.Object("o", []byte("b")))
			w.finish(s)
		}, why: "an object that is a number stays one, where J writes text", differs: []string{
			`- 1: log 4 3600000000 µs before:  "event" STRING "early", "payload" STRING "7"`,
			`- 1: log 5 now:  "o" STRING "0.5", "o" STRING "true", "o" STRING "[98]"`,
			`+ 1: log 4 3600000000 µs before:  "event" STRING "early", "payload" LONG 7`,
			`+ 1: log 5 now:  "o" DOUBLE 0.5, "o" BOOL true, "o" BINARY 62`,
		}},
		{name: "logs with Finish", run: func(w *world) {
			s := w.tracer.StartSpan("x", opentracing.StartTime(early))
			s.LogFields(log.Int("n", 0))
			s.FinishWithOptions(opentracing.FinishOptions{
				FinishTime: early.Add(1500 * time.Microsecond),
				LogRecords: []opentracing.LogRecord{{Timestamp: early, Fields: fields}, {Timestamp: early.Add(time.Millisecond)}},
				BulkLogData: []opentracing.LogData{
					{Timestamp: early, Event: "e", Payload: "p"},
				},
			})
		}},
		{name: "long log values", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			s.LogFields(log.String("16 KiB", strings.Repeat("x", 16<<10)))
			s.LogFields(log.String("more", strings.Repeat("x", 16<<10+1)))
			w.finish(s)
		}, why: "a log value has 16 KiB at most and ends in … when it was cut", differs: []string{
			`- 1: log 1 now:  "more" STRING "` + strings.Repeat("x", 16<<10+1) + `"`,
			`+ 1: log 1 now:  "more" STRING "` + strings.Repeat("x", 16<<10-3) + `…"`,
		}},
		{name: "baggage is logged", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			s.SetBaggageItem("k", "v")
			s.SetBaggageItem("k", "ü %,")
			s.SetBaggageItem("other", "")
			s.SetBaggageItem("k", "")
			s.SetBaggageItem("k", "again")
			w.note("item %q", s.BaggageItem("k"))
			w.header("span", s.Context())
			w.finish(s)
		}},
	}
}
