// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// arrival is when the spans of these tests come.
var arrival = time.UnixMicro(9_000_000)

// said says a span in words: service[process] parent>id kind name start+duration
// flags status attributes events, without what is empty.
func said(s trace.Span) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	say("%s", s.Service())
	for k, v := range s.Resource.Resource().Attributes().All() {
		if k != "service.name" {
			say(" [%s=%s]", k, v.AsString())
		}
	}
	say(" %v>%v %s %q %d+%d", s.ParentSpanID(), s.SpanID(), trace.KindText(s.Kind()), s.Name(), s.StartTimestamp()/1000, s.Duration().Microseconds())
	if s.Flags() != 0 {
		say(" flags %d", s.Flags())
	}
	if st := s.Status(); st.Code() != ptrace.StatusCodeUnset || st.Message() != "" {
		say(" status %d %q", st.Code(), st.Message())
	}
	if ts := s.TraceState().AsRaw(); ts != "" {
		say(" state %s", ts)
	}
	for k, v := range s.Attributes().All() {
		if k != trace.AttributeFormat {
			say(" %s=%s:%v", k, v.AsString(), v.Type())
		}
	}
	for _, e := range s.Events().All() {
		say(" %d:%s", e.Timestamp()/1000, e.Name())
	}
	return b.String()
}

func TestZipkinSpans(t *testing.T) {
	for _, c := range []struct {
		name, end, body string
		want            []string
	}{
		{"v2", ".v2.json", `[{"traceId":"a","id":"B","parentId":"c","kind":"CLIENT","name":"x","timestamp":5,"duration":7,"debug":true,"shared":true,
			"localEndpoint":{"serviceName":"s","ipv4":"1.2.3.4","ipv6":"::1","port":80},"remoteEndpoint":{"serviceName":"p","ipv4":"5.6.7.8","port":90},
			"annotations":[{"timestamp":6,"value":"half"},{"timestamp":6}],"tags":{"b":"2","a":"1"},"unknown":[{}]}]`, []string{
			`s 000000000000000c>000000000000000b client "x" 5+7 flags 3 a=1:Str b=2:Str net.host.ip=1.2.3.4:Str net.host.ip=::1:Str net.host.port=80:Int peer.service=p:Str net.peer.ip=5.6.7.8:Str net.peer.port=90:Int zipkin.shared=true:Bool 6:half`,
		}},
		{"meanings", ".v2.json", `[{"traceId":"a","id":"1","timestamp":5,"tags":{"error":"boom","otel.status_code":"ERROR","otel.status_description":"why","w3c.tracestate":"a=b","span.kind":"internal"}},
			{"traceId":"a","id":"2","timestamp":5,"tags":{"error":"true"}},{"traceId":"a","id":"3","timestamp":5,"tags":{"otel.status_code":"OK"}},
			{"traceId":"a","id":"4","timestamp":5,"kind":"SERVER","tags":{"otel.status_code":"7","span.kind":"odd","error":""}}]`, []string{
			` >0000000000000001 internal "" 5+0 status 2 "why" state a=b error=boom:Str`,
			` >0000000000000002 unspecified "" 5+0 status 2 ""`,
			` >0000000000000003 unspecified "" 5+0 status 1 ""`,
			` >0000000000000004 server "" 5+0 status 2 "" error=:Str otel.status_code=7:Str span.kind=odd:Str`,
		}},
		{"no times", ".v2.json", `[{"traceId":"a","id":"1","duration":3},{"traceId":"a","id":"2","annotations":[{"timestamp":8,"value":"v"}]},{"traceId":"a","id":"3","timestamp":-5,"duration":-5}]`, []string{
			` >0000000000000001 unspecified "" 9000000+3 otel.zipkin.absentField.startTime=true:Bool`,
			` >0000000000000002 unspecified "" 8+0 otel.zipkin.absentField.startTime=true:Bool 8:v`,
			` >0000000000000003 unspecified "" 9000000+0 otel.zipkin.absentField.startTime=true:Bool`,
		}},
		{"long times", ".v2.json", `[{"traceId":"a","id":"1","timestamp":9223372036854775807,"duration":9223372036854775807}]`, []string{` >0000000000000001 unspecified "" 9223372036854775+0`}},
		{"its own parent", ".v2.json", `[{"traceId":"a","id":"1","parentId":"1","timestamp":5}]`, []string{` >0000000000000001 unspecified "" 5+0`}},
		{"v1", ".v1.json", `[{"traceId":"a","id":"1","name":"x","timestamp":5,"duration":7,"annotations":[{"timestamp":5,"value":"cs","endpoint":{"serviceName":"s","ipv4":"1.2.3.4","port":80}},{"timestamp":12,"value":"cr"},{"timestamp":6,"value":"half"}],
			"binaryAnnotations":[{"key":"sa","value":true,"endpoint":{"serviceName":"p","ipv4":"5.6.7.8"}},{"key":"text","value":"null"},{"key":"i","value":"7","type":"I64"},{"key":"n","value":-7},{"key":"d","value":"0.5","type":"DOUBLE"},{"key":"f","value":1e3},
			{"key":"t","value":true},{"key":"no","value":"false","type":"BOOL"},{"key":"raw","value":"AQI=","type":"BYTES"},{"key":"nothing","value":null},{"key":"error","value":"boom"}]}]`, []string{
			`s [ipv4=1.2.3.4] [port=80] >0000000000000001 client "x" 5+7 status 2 "" peer.service=p:Str net.peer.ip=5.6.7.8:Str text=null:Str i=7:Int n=-7:Int d=0.5:Double f=1000:Double t=true:Bool no=false:Bool raw=AQI=:Bytes nothing=:Str error=boom:Str 6:half`,
		}},
		{"v1 status", ".v1.json", `[{"traceId":"a","id":"1","timestamp":5,"binaryAnnotations":[{"key":"http.status_code","value":"404","endpoint":{"serviceName":"s"}}]},
			{"traceId":"a","id":"2","timestamp":5,"binaryAnnotations":[{"key":"http.status_code","value":"200"},{"key":"error","value":false}]},
			{"traceId":"a","id":"3","timestamp":5,"binaryAnnotations":[{"key":"lc","value":"db"},{"key":"component","value":"db"}]}]`, []string{
			`s >0000000000000001 unspecified "" 5+0 status 2 "" http.status_code=404:Str`,
			`unknown-service >0000000000000002 unspecified "" 5+0 http.status_code=200:Str error=false:Bool`,
			`db >0000000000000003 unspecified "" 5+0 component=db:Str`,
		}},
		{"v1 times", ".v1.json", `[{"traceId":"a","id":"1","annotations":[{"timestamp":20,"value":"sr","endpoint":{"serviceName":"s"}},{"timestamp":50,"value":"ss"}]},
			{"traceId":"a","id":"2","timestamp":10,"annotations":[{"timestamp":20,"value":"sr"},{"timestamp":50,"value":"ss","endpoint":{"serviceName":"s"}}]},
			{"traceId":"a","id":"3","annotations":[{"timestamp":20,"value":"mr","endpoint":{"serviceName":"s"}}]},
			{"traceId":"a","id":"4","annotations":[{"value":"ms"}]}]`, []string{
			`s >0000000000000001 server "" 20+30`, `s >0000000000000002 server "" 10+40`, `s >0000000000000003 consumer "" 20+0`,
			`unknown-service >0000000000000004 producer "" 9000000+0 otel.zipkin.absentField.startTime=true:Bool`,
		}},
		{"v1 of both", ".v1.json", `[{"traceId":"a","id":"2","parentId":"1","name":"x","timestamp":1,"duration":9,
			"annotations":[{"timestamp":1,"value":"cs","endpoint":{"serviceName":"c"}},{"timestamp":3,"value":"sr","endpoint":{"serviceName":"s"}},{"timestamp":4,"value":"work","endpoint":{"serviceName":"s"}},{"timestamp":5,"value":"wait","endpoint":{"serviceName":"c"}},{"timestamp":7,"value":"ss","endpoint":{"serviceName":"s"}},{"timestamp":10,"value":"cr","endpoint":{"serviceName":"c"}}],
			"binaryAnnotations":[{"key":"of","value":"c","endpoint":{"serviceName":"c"}},{"key":"of","value":"s","endpoint":{"serviceName":"s"}},{"key":"of","value":"none"},{"key":"ca","value":true,"endpoint":{"serviceName":"c","port":1}},{"key":"sa","value":true,"endpoint":{"serviceName":"s","port":2}}]}]`, []string{
			`c 0000000000000001>0000000000000002 client "x" 1+9 of=c:Str of=none:Str peer.service=s:Str net.peer.port=2:Int 5:wait`,
			`s 0000000000000001>0000000000000002 server "x" 3+4 of=s:Str peer.service=c:Str net.peer.port=1:Int zipkin.shared=true:Bool 4:work`,
		}},
	} {
		r, err := zipkinDecoders[c.end]([]byte(c.body), arrival)
		if err != nil || len(r.refused) > 0 {
			t.Errorf("%s: refused %v, %v", c.name, r.refused, err)
			continue
		}
		var got []string
		for s := range trace.Spans(r.traces) {
			got = append(got, said(s))
		}
		slices.SortFunc(got, func(a, b string) int { return strings.Compare(a[strings.Index(a, ">"):], b[strings.Index(b, ">"):]) })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// TestZipkinFormats: zipkin-go's JSON and protobuf say the same of the same spans.
func TestZipkinFormats(t *testing.T) {
	words := func(file, end string) (all []string) {
		r, err := zipkinDecoders[end](read(t, "zipkin/"+file+end), arrival)
		if err != nil || len(r.refused) > 0 {
			t.Fatal(file, r.refused, err)
		}
		ids := strings.NewReplacer("zipkingo-proto", "zipkingo-json", "7a0d", "7a0c", "005100000000000d", "005100000000000c", "GET /Order", "get /order")
		for s := range trace.Spans(r.traces) {
			all = append(all, ids.Replace(s.TraceID().String()+" "+said(s)))
		}
		slices.Sort(all)
		return all
	}
	if json, proto := words("zipkingo-shared", ".v2.json"), words("zipkingo-shared", ".v2.pb"); !slices.Equal(json, proto) {
		t.Errorf("JSON\n%s\nprotobuf\n%s", strings.Join(json, "\n"), strings.Join(proto, "\n"))
	}
}
