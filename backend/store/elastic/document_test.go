// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/model"
)

// TestDocument: a span is written as Jaeger 1.62 writes it.
func TestDocument(t *testing.T) {
	s := jaeger.Span{Span: model.Span{
		Context: model.Context{TraceID: model.TraceID{Low: 0xab}, SpanID: 0xcd}, Operation: "a \"b\"\n\x01é\xff",
		Start: 1_767_323_045_678_901_234, Duration: 1_500_000,
		References: []model.Reference{{TraceID: model.TraceID{High: 1, Low: 2}, SpanID: 3, Type: model.FollowsFrom}},
		Tags: []model.Tag{
			{Key: "s", Value: model.String("x")},
			{Key: "b", Value: model.Bool(true)},
			{Key: "i", Value: model.Int64(math.MinInt64)},
			{Key: "f", Value: model.Float64(0.1)},
			{Key: "g", Value: model.Float64(1234567)},
			{Key: "n", Value: model.Float64(math.NaN())},
			{Key: "y", Value: model.BytesString("\x00\xff")},
			{Key: "http.url", Value: model.String("/")},
			{Key: "http.url", Value: model.Int64(5)},
			{Key: "size", Value: model.Int64(7)},
			{Key: "inf", Value: model.Float64(math.Inf(1))},
		},
		Logs: []model.Log{{Time: 1_767_323_045_678_902_000, Fields: []model.Tag{{Key: "event", Value: model.String("e")}}}, {Time: 0}},
	}, FlagBits: 1}
	e := newEncoder(&Config{TagsAsFields: []string{"http.url", "size", "inf"}, DotReplacement: "@"})
	got := e.appendSpan(nil, &s, e.appendProcess(nil, &model.Process{Service: "shop", Tags: []model.Tag{{Key: "size", Value: model.Bool(false)}}}))
	want := `{"traceID":"00000000000000ab","spanID":"00000000000000cd","flags":1,"operationName":"a \"b\"\n\u0001é` + "\ufffd" + `",
"references":[{"refType":"FOLLOWS_FROM","traceID":"00000000000000010000000000000002","spanID":"0000000000000003"}],
"startTime":1767323045678901,"startTimeMillis":1767323045678,"duration":1500,
"tags":[{"key":"s","type":"string","value":"x"},{"key":"b","type":"bool","value":"true"},{"key":"i","type":"int64","value":"-9223372036854775808"},
{"key":"f","type":"float64","value":"0.1"},{"key":"g","type":"float64","value":"1234567"},{"key":"n","type":"float64","value":"NaN"},
{"key":"y","type":"binary","value":"00ff"},{"key":"http.url","type":"int64","value":"5"},{"key":"inf","type":"float64","value":"+Inf"}],
"tag":{"http@url":"/","size":7},
"logs":[{"timestamp":1767323045678902,"fields":[{"key":"event","type":"string","value":"e"}]},{"timestamp":0,"fields":null}],
"process":{"serviceName":"shop","tags":[],"tag":{"size":false}}}`
	if want = strings.ReplaceAll(want, ",\n", ","); string(got) != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// TestLater: documents of Jaeger 2.13, whose values have types and whose lists may be
// null, and of Jaeger before 1.16, whose ids have no leading zeros.
func TestLater(t *testing.T) {
	source := `{"traceID":"ab","spanID":"cd","parentSpanID":"1","operationName":"o","references":null,"startTime":1000,"duration":18446744073709551615,
"tags":[{"key":"i","type":"int64","value":5},{"key":"f","type":"float64","value":1e3},{"key":"b","type":"bool","value":true},{"key":"x","type":"int64","value":"five"},{"key":"z","value":null}],
"tag":{"h@u":1.5,"a":"t"},"logs":null,"process":{"serviceName":"s","tags":null}}`
	b := newBuilder(&decoder{"@"})
	if err := b.add([]byte(source)); err != nil {
		t.Fatal(err)
	}
	got, err := new(ptrace.JSONMarshaler).MarshalTraces(b.traces())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"traceId":"000000000000000000000000000000ab","spanId":"00000000000000cd","parentSpanId":"0000000000000001"`,
		`{"key":"i","value":{"intValue":"5"}},{"key":"f","value":{"doubleValue":1000}},{"key":"b","value":{"boolValue":true}},{"key":"x","value":{"stringValue":"five"}},{"key":"z","value":{"stringValue":""}},{"key":"a","value":{"stringValue":"t"}},{"key":"h.u","value":{"doubleValue":1.5}}`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("got\n%s, want in it\n%s", got, want)
		}
	}
}

// FuzzDocument: any document becomes a span or an error, and what is written of the span
// becomes the same span.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"traceID":"1","spanID":"2","operationName":"o","startTime":1,"duration":2,"tags":[{"key":"k","type":"float64","value":"NaN"}],"process":{"serviceName":"s"}}`))
	f.Add([]byte(`{"traceID":"00000000000000000000000000000001","spanID":"2","tag":{"a@b":[1,{"c":null}]},"logs":[{"timestamp":18446744073709551615,"fields":[{"key":"event","value":"e"}]}]}`))
	f.Add([]byte(`{"traceID":"z"}`))
	e := newEncoder(&Config{DotReplacement: "@"})
	f.Fuzz(func(t *testing.T, source []byte) {
		d := decoder{"@"}
		s, process, err := d.span(source)
		if err != nil {
			return
		}
		if err := newBuilder(&d).add(source); err == nil && len(process) > 0 && !json.Valid(process) {
			t.Errorf("a process that is no JSON: %s", process)
		}
		s.ParentID = 0 // is a reference, if anything
		first := e.appendSpan(nil, &s, []byte("{}"))
		if !json.Valid(first) {
			t.Fatalf("no JSON: %s", first)
		}
		again, _, err := d.span(first)
		if err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second := e.appendSpan(nil, &again, []byte("{}")); !bytes.Equal(first, second) {
			t.Errorf("%s became %s", first, second)
		}
	})
}
