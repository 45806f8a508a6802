// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
)

func TestSetTagKeepsTypesAndLastValueWins(t *testing.T) {
	tracer, got := newTestTracer(t)
	s := tracer.StartSpan("op", opentracing.Tag{Key: "start", Value: 1}).(*Span)
	s.SetTag("start", 2)
	s.SetTag("s", "text").SetTag("i", int8(-3)).SetTag("u", uint32(7)).SetTag("big", uint64(math.MaxUint64))
	s.SetTag("f", float32(0.5)).SetTag("b", true).SetTag("bytes", []byte{1, 2}).SetTag("kind", ext.SpanKindRPCClientEnum)
	s.SetTag("nil", nil).SetTag("err", errors.New("boom")).SetTag("dur", 3*time.Second)
	s.SetTag("map", map[string]int{"b": 2, "a": 1})
	s.SetString("s", "again").SetInt("n", 9).SetFloat64("x", 2.5).SetBool("y", false)
	s.SetInt64("n64", 1<<40).SetDuration("took", 1500*time.Millisecond)
	s.Finish()
	want := map[string]any{
		"start": int64(2), "s": "again", "i": int64(-3), "u": int64(7), "big": "18446744073709551615",
		"f": 0.5, "b": true, "bytes": []byte{1, 2}, "kind": "client", "nil": "<nil>", "err": "boom",
		"dur": "3s", "map": "map[a:1 b:2]", "n": int64(9), "x": 2.5, "y": false,
		"n64": int64(1 << 40), "took": "1.5s",
		"sampler.type": "const", "sampler.param": true,
	}
	if tags := tagMap(got.only(t).Tags); !reflect.DeepEqual(tags, want) {
		t.Errorf("tags\n%v, want\n%v", tags, want)
	}
}

// jaeger-client-go loses the sampler's tags here (#611).
func TestSamplerTagsSurviveManyStartTags(t *testing.T) {
	tracer, got := newTestTracer(t)
	tags := opentracing.Tags{}
	for i := range 20 {
		tags[fmt.Sprint("k", i)] = i
	}
	tracer.StartSpan("op", tags, opentracing.Tags{"more": 1}, opentracing.Tag{Key: "one", Value: 2}).Finish()
	m := tagMap(got.only(t).Tags)
	if len(m) != 24 || m["sampler.type"] != "const" || m["k19"] != int64(19) || m["more"] != int64(1) {
		t.Errorf("%d tags: %v", len(m), m)
	}
}

type panics struct{ _ int }

func (*panics) Error() string { panic("no error text") }
func (panics) String() string { panic("no string") }

// Each of these ends jaeger-client-go's process, or the batch it is in.
func TestHostileValues(t *testing.T) {
	tracer, got := newTestTracer(t)
	s := tracer.StartSpan("op\xff")
	cyclic := map[string]any{}
	cyclic["self"] = cyclic
	reused := map[string]string{"a": "1"}
	s.SetTag("cyclic", cyclic).SetTag("reused", reused).SetTag("stringer", panics{}).SetTag("ch", make(chan int))
	reused["a"] = "changed"
	s.SetTag("nan", math.NaN()).SetTag("bad\xffkey", "bad\xffvalue").SetTag("", "empty key")
	var typedNil *panics
	s.LogFields(
		log.Error(typedNil), log.Error(&panics{}), log.Error(nil), log.Object("o", &panics{}),
		log.Lazy(nil), log.Lazy(func(log.Encoder) { panic("lazy") }),
		log.Lazy(func(e log.Encoder) { e.EmitString("lazy", "ok"); s.SetTag("from lazy", 1); s.LogKV("in", "lazy") }),
		log.String("last", "kept"),
	)
	s.Finish()
	span := got.only(t)
	m := tagMap(span.Tags)
	if m["reused"] != "map[a:1]" {
		t.Errorf("a map changed after SetTag: %v", m["reused"])
	}
	if !strings.HasPrefix(m["cyclic"].(string), "map[self:map[self:") || len(m["cyclic"].(string)) > 1000 {
		t.Errorf("cyclic: %v", m["cyclic"])
	}
	if !strings.Contains(m["stringer"].(string), "PANIC") {
		t.Errorf("stringer: %v", m["stringer"])
	}
	if m["from lazy"] != int64(1) || m["bad\uFFFDkey"] != "bad\uFFFDvalue" || m[""] != "empty key" {
		t.Errorf("tags: %v", m)
	}
	if span.Operation != "op\uFFFD" {
		t.Errorf("operation %q", span.Operation)
	}
	var texts []string
	for _, l := range span.Logs {
		for _, f := range l.Fields {
			if !utf8.ValidString(f.Key) || !utf8.ValidString(f.Value.Str()) {
				t.Errorf("invalid UTF-8 in %q=%q", f.Key, f.Value)
			}
			texts = append(texts, f.Key+"="+f.Value.String())
		}
	}
	joined := strings.Join(texts, " ")
	for _, want := range []string{"in=lazy", "lazy=ok", "last=kept", "error.object=<nil>", "PANIC"} {
		if !strings.Contains(joined, want) {
			t.Errorf("logs %q lack %q", joined, want)
		}
	}
	if tracer.Stats().Cut.Panics == 0 {
		t.Error("panics are not counted")
	}
}

func TestLogs(t *testing.T) {
	tracer, got := newTestTracer(t)
	s := tracer.StartSpan("op")
	s.LogKV("event", "kv", "n", 1)
	s.LogKV("odd")
	s.LogEvent("deprecated")                        //nolint:staticcheck // part of OpenTracing 1.2
	s.LogEventWithPayload("with", map[string]int{}) //nolint:staticcheck // part of OpenTracing 1.2
	at := time.Unix(5, 6)
	s.FinishWithOptions(opentracing.FinishOptions{
		FinishTime:  time.Now().Add(time.Second),
		LogRecords:  []opentracing.LogRecord{{Timestamp: at, Fields: []log.Field{log.Bool("b", true)}}},
		BulkLogData: []opentracing.LogData{{Timestamp: at, Event: "bulk"}},
	})
	span := got.only(t)
	var lines []string
	for _, l := range span.Logs {
		line := ""
		for _, f := range l.Fields {
			line += f.Key + "=" + f.Value.String() + " "
		}
		lines = append(lines, line)
	}
	want := []string{
		"event=kv n=1 ", "error.object=non-even keyValues len: 1 function=LogKV ", "event=deprecated ",
		"event=with payload=map[] ", "b=true ", "event=bulk ",
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("logs %q, want %q", lines, want)
	}
	if span.Logs[4].Time != at.UnixNano() || span.Logs[5].Time != at.UnixNano() {
		t.Errorf("times %d, %d, want %d", span.Logs[4].Time, span.Logs[5].Time, at.UnixNano())
	}
	if span.Duration < 900*time.Millisecond {
		t.Errorf("duration %v ignores FinishTime", span.Duration)
	}
}

func TestTimes(t *testing.T) {
	tracer, got := newTestTracer(t)
	start := time.Unix(100, 0)
	for _, end := range []time.Time{start.Add(time.Hour), start.Add(-time.Second), time.Unix(-5, 0), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		tracer.StartSpan("op", opentracing.StartTime(start)).FinishWithOptions(opentracing.FinishOptions{FinishTime: end})
	}
	tracer.StartSpan("old", opentracing.StartTime(time.Date(1, 2, 3, 0, 0, 0, 0, time.UTC))).Finish()
	spans := got.all()
	if d := spans[0].Duration; d != time.Hour {
		t.Errorf("duration %v, want 1h", d)
	}
	if d := spans[1]; d.Duration != 0 || tagMap(d.Tags)[tagEndBeforeStart] != int64(time.Second) {
		t.Errorf("end before start: %v %v", d.Duration, d.Tags)
	}
	if d := spans[2]; d.Duration != 0 || tagMap(d.Tags)[tagTimeClamped] != true {
		t.Errorf("end before 1970: %v %v", d.Duration, d.Tags)
	}
	if d := spans[3]; d.Duration <= 0 || tagMap(d.Tags)[tagTimeClamped] != true {
		t.Errorf("end in 9999: %v %v", d.Duration, d.Tags)
	}
	if d := spans[4]; d.Start != 0 || tagMap(d.Tags)[tagTimeClamped] != true {
		t.Errorf("start in year 1: %v %v", d.Start, d.Tags)
	}
}

func TestFinishOnce(t *testing.T) {
	tracer, got := newTestTracer(t)
	s := tracer.StartSpan("op").(*Span)
	s.SetTag("k", "v")
	s.Finish()
	s.Finish()
	s.FinishWithOptions(opentracing.FinishOptions{})
	s.SetTag("late", 1).SetOperationName("late").SetBaggageItem("late", "x").LogKV("late", 1)
	if span := got.only(t); span.Operation != "op" || tagMap(span.Tags)["late"] != nil {
		t.Errorf("%+v", span)
	}
	st := tracer.Stats().Spans
	if st.DoubleFinish != 2 || st.UseAfterFinish != 4 {
		t.Errorf("%d double finishes, %d late uses, want 2 and 4", st.DoubleFinish, st.UseAfterFinish)
	}
	if s.OperationName() != "op" || s.Duration() != got.only(t).Duration || s.StartTime().UnixNano() != got.only(t).Start {
		t.Error("readers do not answer after Finish")
	}
	if !s.Finished() || s.Tags() != nil || s.BaggageItem("late") != "" {
		t.Error("a finished span has changed")
	}
}

// What a typed nil error becomes is package record's business; here it must not be
// taken for a panic on any way in.
func TestTypedNilErrors(t *testing.T) {
	tracer, got := newTestTracer(t)
	s := tracer.StartSpan("op").(*Span)
	var err *panics
	s.SetError(err)
	ext.LogError(s, err)
	s.LogFields(log.Error(err))
	s.SetTag("err", err)
	s.Finish()
	span := got.only(t)
	for _, l := range span.Logs {
		if f := l.Fields[len(l.Fields)-1]; f.Key != "error.object" || f.Value.Str() != "<nil>" {
			t.Errorf("logged %v", l.Fields)
		}
	}
	if tags := tagMap(span.Tags); len(span.Logs) != 3 || tags["error"] != true || tags["err"] != "<nil>" || tracer.Stats().Cut.Panics != 0 {
		t.Errorf("%d logs, tags %v, %d panics", len(span.Logs), tags, tracer.Stats().Cut.Panics)
	}
}

func TestLimits(t *testing.T) {
	tracer, got := newTestTracer(t, WithLimits(Limits{
		KeyLength: 8, OperationLength: 6, TagValueLength: 10, LogValueLength: 12,
		TagsPerSpan: 5, LogsPerSpan: 6, FieldsPerLog: 2, RefsPerSpan: 2,
	}))
	other := tracer.StartSpan("o")
	s := tracer.StartSpan("operation", Link(other.Context()), Link(other.Context()), Link(other.Context()))
	s.SetTag("long key is cut", strings.Repeat("é", 50))
	s.SetTag("bytes", make([]byte, 100))
	for i := range 10 {
		s.SetTag(fmt.Sprint("k", i), i)
	}
	for i := range 10 {
		s.LogKV("i", i, "s", strings.Repeat("x", 100), "third", 1)
	}
	s.Finish()
	other.Finish()
	span := got.all()[0]
	if span.Operation != "ope…" || len(span.References) != 2 {
		t.Errorf("operation %q, %d references", span.Operation, len(span.References))
	}
	if len(span.Tags) != 5 || span.DroppedTags != 9 {
		t.Errorf("%d tags, %d dropped: %v", len(span.Tags), span.DroppedTags, span.Tags)
	}
	if v, ok := tagMap(span.Tags)["long …"]; !ok || v != strings.Repeat("é", 3)+"…" {
		t.Errorf("tags %v", span.Tags)
	}
	var order []int64
	for _, l := range span.Logs {
		if len(l.Fields) != 2 || l.Fields[1].Value.Str() != strings.Repeat("x", 9)+"…" {
			t.Errorf("fields %v", l.Fields)
		}
		order = append(order, l.Fields[0].Value.Int64())
	}
	if want := []int64{0, 1, 2, 7, 8, 9}; !reflect.DeepEqual(order, want) || span.DroppedLogs != 4 {
		t.Errorf("logs %v, want %v; %d dropped", order, want, span.DroppedLogs)
	}
	cut := tracer.Stats().Cut
	if cut.Tags != 9 || cut.Logs != 4 || cut.Fields != 10 || cut.References != 1 || cut.Values < 12 {
		t.Errorf("counted %+v", cut)
	}
}

func TestBaggage(t *testing.T) {
	tracer, got := newTestTracer(t)
	root := tracer.StartSpan("root")
	before := root.Context()
	root.SetBaggageItem("k", "1").SetBaggageItem("K", "2").SetBaggageItem("k", "3")
	if root.BaggageItem("k") != "3" || root.BaggageItem("K") != "2" {
		t.Error("the exact key comes first, and the last value wins")
	}
	child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
	root.SetBaggageItem("k", "")
	if _, found := own(root.Context()).Baggage().Get("k"); found || child.BaggageItem("k") != "3" {
		t.Error("removing an item touched the child or failed")
	}
	before.ForeachBaggageItem(func(k, v string) bool { t.Errorf("an old context has %s=%s", k, v); return true })
	root.Finish()
	logs := got.only(t).Logs
	if len(logs) != 4 || len(logs[2].Fields) != 4 || logs[2].Fields[3].Key != "override" {
		t.Errorf("baggage logs %v", logs)
	}
	for i := range 100 {
		child.SetBaggageItem(fmt.Sprint("many", i), "x")
	}
	child.SetBaggageItem("long", strings.Repeat("x", 9000))
	if n := own(child.Context()).Baggage().Len(); n != 64 {
		t.Errorf("%d items, want 64", n)
	}
	if n := tracer.Stats().Cut.Baggage; n != 39 {
		t.Errorf("%d items refused, want 39", n)
	}
	child.Finish()
}

func TestSpanConcurrentSafe(t *testing.T) {
	tracer, got := newTestTracer(t)
	for range 50 {
		s := tracer.StartSpan("op").(*Span)
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				s.SetTag(fmt.Sprint("g", g), g)
				s.SetString("shared", "x").LogFields(log.Int("g", g))
				s.SetBaggageItem("b", fmt.Sprint(g))
				s.SetOperationName("renamed")
				s.Context().ForeachBaggageItem(func(string, string) bool { return true })
				tracer.StartSpan("child", opentracing.ChildOf(s.Context())).SetTag("sampling.priority", g%2).Finish()
				s.Finish()
				_, _, _, _ = s.Tags(), s.Logs(), s.Duration(), s.OperationName()
			}()
		}
		wg.Wait()
	}
	st := tracer.Stats().Spans
	if st.FinishedSampled+st.FinishedUnsampled != 250 || st.DoubleFinish != 150 || uint64(len(got.all())) != st.FinishedSampled {
		t.Errorf("%+v, %d reported", st, len(got.all()))
	}
}
