// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
)

// jsonSample has each kind of everything.
func jsonSample() (Span, model.Process) {
	s := Span{FlagBits: 9, Warnings: []string{"odd"}}
	s.TraceID, s.SpanID, s.Operation = model.TraceID{High: 2, Low: 1}, 3, "GET \"/\"\n<ü>"
	s.Start, s.Duration = 1_796_010_795_287_000_001, 1_500_000_001
	s.References = []model.Reference{{TraceID: model.TraceID{Low: 7}, SpanID: 8}, {TraceID: model.TraceID{Low: 9}, SpanID: 10, Type: model.FollowsFrom}}
	s.Tags = []model.Tag{
		{Key: "s", Value: model.String("")},
		{Key: "t", Value: model.Bool(true)},
		{Key: "f", Value: model.Bool(false)},
		{Key: "i", Value: model.Int64(math.MinInt64)},
		{Key: "d", Value: model.Float64(1e300)},
		{Key: "inf", Value: model.Float64(math.Inf(-1))},
		{Key: "b", Value: model.BytesString("\x00\xff")},
	}
	s.Logs = []model.Log{{Time: 7, Fields: []model.Tag{{Key: "event", Value: model.String("retry")}}}}
	return s, model.Process{Service: "shop", Tags: []model.Tag{{Key: "host", Value: model.String("h")}}}
}

// TestJSON: the text is that of Jaeger 1.62 and v2.13 (jsonpb), and is read as what was
// written.
func TestJSON(t *testing.T) {
	s, p := jsonSample()
	const want = `{"traceId":"AAAAAAAAAAIAAAAAAAAAAQ==","spanId":"AAAAAAAAAAM=","operationName":"GET \"/\"\u000a<ü>",` +
		`"references":[{"traceId":"AAAAAAAAAAAAAAAAAAAABw==","spanId":"AAAAAAAAAAg="},{"traceId":"AAAAAAAAAAAAAAAAAAAACQ==","spanId":"AAAAAAAAAAo=","refType":"FOLLOWS_FROM"}],` +
		`"flags":9,"startTime":"2026-11-30T03:53:15.287000001Z","duration":"1.500000001s",` +
		`"tags":[{"key":"s","vStr":""},{"key":"t","vType":"BOOL","vBool":true},{"key":"f","vType":"BOOL","vBool":false},{"key":"i","vType":"INT64","vInt64":"-9223372036854775808"},` +
		`{"key":"d","vType":"FLOAT64","vFloat64":1e+300},{"key":"inf","vType":"FLOAT64","vFloat64":"-Infinity"},{"key":"b","vType":"BINARY","vBinary":"AP8="}],` +
		`"logs":[{"timestamp":"1970-01-01T00:00:00.000000007Z","fields":[{"key":"event","vStr":"retry"}]}],` +
		`"process":{"serviceName":"shop","tags":[{"key":"host","vStr":"h"}]},"warnings":["odd"]}`
	got := AppendJSON(nil, &s, &p)
	if string(got) != want {
		t.Errorf("written:\n%s\nwant:\n%s", got, want)
	}
	again, process, err := ReadJSON(got)
	if err != nil || !reflect.DeepEqual(again, s) || !reflect.DeepEqual(process, p) {
		t.Errorf("read: %v\n%+v %+v\nwant\n%+v %+v", err, again, process, s, p)
	}
}

// TestReadJSON: what other writers may do, and what is wrong.
func TestReadJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "0 0 0 0 0s",
		`{"traceId":"AAAAAAAAAAE=","spanId":"","duration":"-1.5s","startTime":"1970-01-01T00:00:00.000000007Z"}`: "0 1 0 7 -1.5s",
		`{"startTime":"9999-01-01T00:00:00Z","duration":"315576000000s"}`:                                        fmt.Sprintf("0 0 0 %d %v", int64(math.MaxInt64), time.Duration(math.MaxInt64)),
		`{"startTime":"1000-01-01T00:00:00Z","duration":"-315576000000s","unknown":[{}]}`:                        fmt.Sprintf("0 0 0 %d %v", int64(math.MinInt64), time.Duration(math.MinInt64)),
		`{"traceId":"AAA="}`: "error: a trace id of 2 bytes",
		`{"spanId":"AAA="}`:  "error: a span id of 2 bytes",
		`{"duration":"1h"}`:  "error: not a duration such as 1.5s",
		`[]`:                 "error: ",
		``:                   "error: ",
	} {
		s, _, err := ReadJSON([]byte(text))
		got := fmt.Sprint(s.TraceID.High, s.TraceID.Low, uint64(s.SpanID), s.Start, s.Duration)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want && !(err != nil && strings.HasPrefix(want, "error: ") && strings.HasSuffix(got, want[len("error: "):])) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	s, _, err := ReadJSON([]byte(`{"tags":[{"key":"i","vType":2,"vInt64":5},{"key":"n","vType":"INT64","vInt64":"x"},{"key":"d","vType":"FLOAT64","vFloat64":"0.5"},{"key":"u","vType":"COLOR"}],"references":[{"refType":1}]}`))
	if got := list(s.Tags); err != nil || got != "i=5:int64 n=x:string d=0.5:float64 u=(unknown value type):string" || s.References[0].Type != model.FollowsFrom {
		t.Errorf("%s %+v, %v", got, s.References, err)
	}
}

// FuzzJSON: what is read can be written, as JSON, and is read the same again.
func FuzzJSON(f *testing.F) {
	s, p := jsonSample()
	f.Add(AppendJSON(nil, &s, &p))
	f.Add([]byte(`{"traceId":"AAAAAAAAAAE=","tags":[{"key":"\ud800","vType":3,"vFloat64":"NaN"}]}`))
	f.Add([]byte(`{"duration":"-0.5s","startTime":"0001-01-01T00:00:00Z"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, p, err := ReadJSON(b)
		if err != nil {
			return
		}
		one := AppendJSON(nil, &s, &p)
		if !json.Valid(one) {
			t.Fatalf("not JSON: %s", one)
		}
		s, p, err = ReadJSON(one)
		if err != nil {
			t.Fatalf("%v: %s", err, one)
		}
		if two := AppendJSON(nil, &s, &p); string(two) != string(one) {
			t.Fatalf("\n%s\n%s", one, two)
		}
	})
}
