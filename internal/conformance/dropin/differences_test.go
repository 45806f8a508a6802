// SPDX-License-Identifier: Apache-2.0

package dropin

// difference is one that is agreed upon. The first three are regular expressions for the
// whole name of an observation and the whole texts; because is a phrase of DESIGN.md or
// compat's README.md that says why.
type difference struct{ name, real, ours, because string }

const (
	anything = `.*`
	crash    = `.*panic\(.*`
)

var differences = []difference{
	// What was lost, hung or broken.
	{`span/finish/twice`, `1h0m0s 2`, `1s 1`, "`Finish` twice"},
	{`texts/zap/bad header`, crash, `error: String does not match tracer state format`, "`Extract` of a logging tracer panics"},
	{`texts/zap/tracer's lines`, `.*Extract failed.*`, `.*Extract succeeded.*`, "`Extract` of a logging tracer panics"},

	// Spans.
	{`span/baggage/item/KEY`, `""`, `"upper"`, "the exact spelling first, then any"},
	{`span/finish/before it began`, `-1s`, `0s`, "a duration below 0"},
	{`span/finish/late`, `.* late start.*tag late=int 1.*log late=.*`, `.* s start.*`, "after `Finish` | change the span"},
	{`span/logs/and one at the end/.*`, `.* late=x\]`, `.*dropped_log_count.*`, "does not count the logs in `FinishOptions`"},
	{`span/parents/debug id`, `.*jaeger-debug-id.*sampler.type.*`, `.*jaeger-debug-id.*`, "a trace with a debug id"},
	{`span/parents/follows twice`, anything, `.*from: a.*`, "else the last `FollowsFrom`"},
	{`span/parents/loose.*`, anything, `0{15}2:0{15}2:0{15}2:1 .*`, "a baggage-only ChildOf hides a valid one"},
	{`span/parents/other type`, `0{15}2:0{15}2:0{15}2:1 .*`, `0{15}2:0{15}2:0{16}:1 .*`, "first *valid* ChildOf, else first valid FollowsFrom"},
	{`span/parents/self.*`, `.*sampler.type.*`, anything, "a parent from `NewSpanContext` that is sampled, and `SelfRef`"},
	{`span/priority/(1 then 0|int 0)/.*`, anything, `.*sampled=false debug=false.*`, "`uint16` alone; 1, then 0 leaves the debug flag"},
	{`span/priority/int/.*`, anything, `.*tag sampling.priority=int 1.* sampled=true.*`, "`uint16` alone; 1, then 0 leaves the debug flag"},
	{`span/priority/(bool|float|text)/.*`, `.* sampled=true.*`, `.*tag sampling.priority=(bool|float64|string).* sampled=true.*`, "`uint16` alone; 1, then 0 leaves the debug flag"},

	// Headers.
	{`headers/.*/zero(/.*)?`, `.*(panic\(|0000000000000000:0000000000000000:0000000000000000:0).*`, anything, "a context without ids"},
	{`headers/(in/headers|in/text headers|names)/.*`, `.*text=0{16}:0{16}:0{16}:0 .*` + crash, `.*sampled=false.*`, "a context with a debug id or baggage alone, and a zero one"},
	{`headers/span-context/(text|copy|back|with item)/zero`, crash, `.*sampled=false.*`, "a context with a debug id or baggage alone, and a zero one"},
	{`headers/(out/HTTP/baggage|standalone/HTTP|names/[a-z]+)/.*`, `.*a\+b.*`, `.*a%20b.*`, "spaces in baggage values"},
	{`headers/in/(HTTP|text|parse)/1:2:3:10`, `.* flags=10 .*`, `.* flags=16 .*`, "flags in `uber-trace-id`"},
	{`headers/in/(HTTP|text|parse)/1:2:3:100`, `.* flags=100 .*`, `error: .*parsing "100": value out of range`, "flags in `uber-trace-id`"},
	{`headers/in/(HTTP|text|parse)/1:2:3:(b|f|ff)`, `error: .*invalid syntax`, `text=[^ ]*:(b|f|ff) .* sampled=true debug=true firehose=true .*`, "flags in `uber-trace-id`"},
	{`headers/in/(HTTP|text)/(1:2::1|1:2:x:1)`, `error: strconv.*`, `text=0{15}1:0{15}2:0{16}:1 .*`, "ids that cannot be read"},
	{`headers/in/(HTTP|text)/1:0:3:1`, `text=.*`, `error: .*not found.*`, "ids that cannot be read"},
	{`headers/in/.*headers/baggage`, `.*no key.*`, anything, "a header called `uberctx-`"},
	{`headers/in/.*headers/list, wrong`, crash, anything, "a header called `uberctx-`"},
	{`headers/in/.*headers/list, undecodable`, `error: .*not found.*`, `.*k1: 100%`, "a value that does not decode"},
	{`headers/names/upper/in/.*`, `error: .*not found.*`, `text=0{15}1.*`, "`HeadersConfig` with upper case"},
	{`headers/binary/in/negative`, `text=.*`, `error: opentracing: SpanContext data corrupted in Extract carrier`, "a binary carrier without a trace id, or with a negative count"},
	{`headers/binary/in/no trace`, `.* sampled=true .* valid=false .*k: v.*`, `.* sampled=false .* valid=false .*k: v.*`, "a binary carrier without a trace id, or with a negative count"},
	{`headers/carriers/in/.*/header`, `error: .*Invalid Inject/Extract carrier`, `text=.*`, "`Inject` and `Extract` with an `http.Header`"},
	{`headers/b3/.*/out/debug`, anything, `.*x-b3-flags: 1.*`, "B3: the debug flag"},
	{`headers/b3/no prefix/in/Baggage-K.*`, `.* sampled=true .*baggage-k: v\s+x-k: a%20b.*`, `.* sampled=true [^:]*\sk: v\s*`, "B3: `BaggagePrefix(\"\")`"},
	{`headers/b3/no prefix/in/X-B3-.*`, `.* flags=0 .*x-b3-(flags|sampled): .*`, `.* valid=true flags=0 \s*`, "B3: `BaggagePrefix(\"\")`"},
	{`headers/b3/no prefix/out/.*`, `(UPPER|k): .*`, `baggage-(UPPER: Case\nbaggage-list|k): .*x-b3-sampled: 1.*ok`, "B3: `BaggagePrefix(\"\")`"},
	{`headers/b3/prefix/in/.*X-B3-(Flags|Sampled): \[[01d]\].*`, `.* b3-.*`, anything, "B3: a `BaggagePrefix` that B3's own headers begin with"},
	{`headers/span-context/extended state`, `made made other`, `made made again other`, "`SpanContext.ExtendedSamplingState`"},
	{`headers/span-context/final/.*`, `false`, `true`, "`SpanContext.IsSamplingFinalized`"},
	{`values/equal/copy, ==`, crash, `true`, "contexts compared with `==`"},

	// Thrift.
	{`thrift/fields/(log|field/uint64uint64)`, `.*uint64=LONG -1.*`, `.*uint64=STRING "18446744073709551615".*`, "unsigned numbers above 2⁶³−1"},
	{`thrift/values/uint64 max/.*`, `tag=LONG -1`, `tag=STRING "18446744073709551615"`, "unsigned numbers above 2⁶³−1"},
	{`thrift/jaeger/time/(backwards|same|nanoseconds|year 1)`, `.* (0|-1000000)`, `.* 1`, "at least 1 µs over Thrift"},
	{`thrift/jaeger/time/1969`, `-1000000 2000000`, `0 1000000`, "times outside 1970–2262"},
	{`thrift/jaeger/time/year 9999`, `[0-9]+ 9223372036854775`, `[0-9]+ 7597636624731319`, "times outside 1970–2262"},
	{`thrift/(values|zipkin/value|fields/object)/formatter.*`, `.*(forma|666f726d).*`, `.*({}|7b7d).*`, "values with a `Format` method alone"},
	{`thrift/(values|zipkin/value|fields/object)/invalid utf8.*`, `.*(\\xff|61ff62).*`, `.*(\x{FFFD}|61efbfbd62).*`, "U+FFFD"},
	{`thrift/(values|zipkin/value|fields/object)/json.*`, `.*(\[123 |5b313233).*`, `.*({\\"a\\":|7b2261223a317d).*`, "bytes within other values"},
	{`thrift/values/long utf8/limit=5`, `.*\\xc5.*`, `tag=STRING "žž"`, "cut between characters"},
	{`thrift/fields/object/(no bytes|bytes|long bytes)`, `o=STRING "\[.*`, `o=STRING "[0-9a-f]*"`, "bytes within other values"},
	{`thrift/values/twice`, `.*twice=LONG 1.*twice=LONG 3`, `.*twice=LONG 3.*`, "`SetTag` twice with a key"},

	// The program's own pieces.
	{`hooks/observers/sampled=true`, anything, `.*span.kind: server.*`, "`ContribObserver.OnStartSpan`"},
	{`hooks/reporters/kept`, `.*sampler.type=.*sampler.param=.*span.kind=.* a=LONG 1.*event=STRING "baggage".*`, `.*span.kind=.*sampler.type=.*sampler.param=.* a=LONG 1.*event=STRING "baggage".*`, "the order of a root's tags"},
	{`hooks/sampler v2/(at the end|undecided)`, anything, `.*log k=.*`, "logs of a span whose sampler has not decided yet"},
	{`hooks/sampler v2/not asked`, `.*name=debug.*`, anything, "a trace with a debug id"},

	// Metrics.
	{`metrics/counted/.*/false`, `.*sampled=n: 6.*sampled=y: 8.*errors.lib=x: 6.*sampled=n: 8.*sampled=y: 7.*`, `.*sampled=n: 7.*sampled=y: 7.*errors.lib=x: 6.*sampled=n: 9.*sampled=y: 6.*`, "debug ids and debug flags from outside"},

	// Sampling.
	{`sampling/(ids/.*|rate limits)/0`, `[1-9].*`, `0.*`, "rate limit 0, probability 0"},
	{`sampling/late binding/true.*`, `.*final=false.* sampled=true.*`, anything, "`SpanContext.IsSamplingFinalized`"},
	{`sampling/x/asked/.*`, `.*tag other=int 1.*reported 0`, `.*reported 0`, "Else integers are `int64`, and after `Finish` there are none"},
	{`remote/answers/array`, anything, `.*cannot unmarshal array.*`, "a bad answer is counted and the old strategy kept"},
	{`remote/answers/numeric type`, anything, `.*samplingRate=0.25.*`, "numeric `strategyType` refused"},
	{`remote/answers/limit fraction`, anything, `.*0.5 is not a whole number.*`, "a bad answer is counted and the old strategy kept"},
	{`remote/answers/limit large`, anything, `.*maxTracesPerSecond=32767.*`, "all spellings"},

	// Configuration.
	{`config/environment/JAEGER_AGENT_HOST=(::1|h:1)`, anything, `.*\[(::1|h:1)\]:6831.*`, "an IPv6 address in `JAEGER_AGENT_HOST`"},
	{`config/environment/JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=-1s`, `.*Sampler.*`, `error: .*negative`, "`JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL`"},
	{`config/environment/JAEGER_TAGS=.*`, crash, `({.*Sampler.*|error: cannot parse env var JAEGER_TAGS=a: .*)`, "`JAEGER_TAGS` with a pair that has no `=`"},
	{`config/tracer/disabled, named`, `\*opentracing.NoopTracer`, `\*jaeger.Tracer .*`, "a disabled tracer (`Disabled`)"},
	{`config/reporters/bad address, fixed`, `error: lookup udp/x.*`, `error: transport: bad address.*`, "with a port that is no number"},

	// Small packages.
	{`texts/utils/ip/.*`, anything, `0 error: .*`, "`utils.ParseIPToUint32"},
	{`texts/utils/µs/0001-.*`, `-6795364578871345`, `-62135596800000000`, "`utils.TimeToMicrosecondsSinceEpochInt64`"},
	{`texts/utils/µs/1969-.*`, `-999999`, `-1000000`, "`utils.TimeToMicrosecondsSinceEpochInt64`"},
	{`wire/bad addresses/(:|localhost:x|1.2.3.4:99999|no such host:6831)/.*`, `(ok ERROR failed resolving.*|ok ?|error: .*)`, `error: transport: bad address.*`, "with a port that is no number"},
}
