// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"fmt"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
	"github.com/uber/jaeger-lib/metrics/metricstest"
	"gopkg.in/yaml.v2"
)

var configScenarios = []scenario{
	{"config/environment", environment},
	{"config/over a configuration", environmentOver},
	{"config/YAML", yamlFiles},
	{"config/samplers", configSamplers},
	{"config/reporters", configReporters},
	{"config/tracer", configTracer},
	{"config/options", configOptions},
}

// configText says all of a configuration.
func configText(c *config.Configuration, err error) string {
	if err != nil {
		return errText(err)
	}
	if c == nil {
		return "none"
	}
	shown := *c
	text := ""
	for _, part := range []any{shown.Sampler, shown.Reporter, shown.Headers, shown.BaggageRestrictions, shown.Throttler} {
		if v := reflect.ValueOf(part); !v.IsNil() {
			text += fmt.Sprintf("\n%T %+v", part, v.Elem())
		}
	}
	shown.Sampler, shown.Reporter, shown.Headers, shown.BaggageRestrictions, shown.Throttler = nil, nil, nil, nil, nil
	return fmt.Sprintf("%+v%s", shown, text)
}

// variables are J's, each with values that are good, bad and hostile.
var variables = map[string][]string{
	"JAEGER_SERVICE_NAME":                             {"svc", " ", "a b/c"},
	"JAEGER_DISABLED":                                 {"true", "1", "t", "false", "yes", "TRUE", " true", "2"},
	"JAEGER_RPC_METRICS":                              {"true", "0", "on"},
	"JAEGER_TRACEID_128BIT":                           {"true", "false", "x"},
	"JAEGER_TAGS":                                     {"a=1", "a=1,b=2", " a = 1 , b = x=y ", "a=${HOME_OF_DROPIN:none}", "a=${DROPIN_SET:none}", "a=${DROPIN_SET:}", "a=", "=1", "a", "a=1,", ",", "a=${X}", "a=${}", "a=${", "a=${:}", "a=1,,b=2"},
	"JAEGER_SAMPLER_TYPE":                             {"const", "CONST", "remote", "probabilistic", "ratelimiting", "rateLimiting", "other"},
	"JAEGER_SAMPLER_PARAM":                            {"1", "0.5", "-1", "x", "NaN", "Inf", "1e400", "0x1p-2", "1,5", " 1"},
	"JAEGER_SAMPLER_MANAGER_HOST_PORT":                {"http://h:1/sampling", "h:1"},
	"JAEGER_SAMPLING_ENDPOINT":                        {"http://h:1/sampling", "nonsense", "http://u:p@h:1/s"},
	"JAEGER_SAMPLER_MAX_OPERATIONS":                   {"5", "0", "-5", "x", "99999999999999999999", "1e3"},
	"JAEGER_SAMPLER_REFRESH_INTERVAL":                 {"5s", "0", "5", "-1s", "x", "1h1m"},
	"JAEGER_REPORTER_MAX_QUEUE_SIZE":                  {"5", "0", "-5", "x", "99999999999"},
	"JAEGER_REPORTER_FLUSH_INTERVAL":                  {"5s", "500ms", "5", "-1s", "x"},
	"JAEGER_REPORTER_LOG_SPANS":                       {"true", "x"},
	"JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED":   {"true", "x"},
	"JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL":      {"5s", "-1s", "x"},
	"JAEGER_ENDPOINT":                                 {"http://h:14268/api/traces", "http://h:14268/api/traces?format=jaeger.thrift", "nonsense", "://", "h:14268", "http://u:p@h/x", "ftp://h", "/path", "http://[::1", "http://h/%zz"},
	"JAEGER_USER":                                     {"u"},
	"JAEGER_PASSWORD":                                 {"p"},
	"JAEGER_AGENT_HOST":                               {"h", "::1", "h:1", " "},
	"JAEGER_AGENT_PORT":                               {"5", "0", "-1", "99999", "x", "6831 "},
	"JAEGER_PROPAGATION":                              {"b3", "w3c"},
	"OTEL_SERVICE_NAME":                               {"otel"},
	"OTEL_EXPORTER_OTLP_ENDPOINT":                     {"http://h:4318"},
	"OTEL_TRACES_SAMPLER":                             {"always_off"},
	"JAEGER_SAMPLER_OPERATION_NAME_LATE_BINDING_TYPO": {"true"},
}

// withEnv runs f with these variables, and none else of these families.
func withEnv(env map[string]string, f func()) {
	var saved []string
	for _, kv := range os.Environ() {
		if strings.HasPrefix(kv, "JAEGER_") || strings.HasPrefix(kv, "OTEL_") {
			saved = append(saved, kv)
			k, _, _ := strings.Cut(kv, "=")
			_ = os.Unsetenv(k)
		}
	}
	for k, v := range env {
		_ = os.Setenv(k, v)
	}
	defer func() {
		for k := range env {
			_ = os.Unsetenv(k)
		}
		for _, kv := range saved {
			k, v, _ := strings.Cut(kv, "=")
			_ = os.Setenv(k, v)
		}
	}()
	f()
}

func environment(r *recorder) {
	tell := func(name string, env map[string]string) {
		withEnv(env, func() { r.try(name, func() string { return configText(config.FromEnv()) }) })
	}
	tell("nothing", nil)
	_ = os.Setenv("DROPIN_SET", "set")
	defer os.Unsetenv("DROPIN_SET")
	for k, values := range variables {
		for _, v := range values {
			tell(k+"="+v, map[string]string{k: v})
		}
	}
	for _, pair := range [][2]string{
		{"JAEGER_ENDPOINT=http://h/x", "JAEGER_USER=u"},
		{"JAEGER_ENDPOINT=http://h/x", "JAEGER_PASSWORD=p"},
		{"JAEGER_ENDPOINT=http://h/x", "JAEGER_AGENT_HOST=h"},
		{"JAEGER_ENDPOINT=http://h/x", "JAEGER_AGENT_PORT=x"},
		{"JAEGER_USER=u", "JAEGER_PASSWORD=p"},
		{"JAEGER_AGENT_HOST=h", "JAEGER_AGENT_PORT=1"},
		{"JAEGER_SAMPLING_ENDPOINT=http://a", "JAEGER_SAMPLER_MANAGER_HOST_PORT=http://b"},
		{"JAEGER_SAMPLER_MANAGER_HOST_PORT=http://b", "JAEGER_AGENT_HOST=h"},
		{"JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED=true", "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=x"},
		{"JAEGER_SAMPLER_PARAM=x", "JAEGER_AGENT_PORT=y"},
	} {
		env := map[string]string{}
		for _, kv := range pair {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		tell(strings.Join(pair[:], " "), env)
	}
	tell("all", map[string]string{"JAEGER_ENDPOINT": "http://h/x", "JAEGER_USER": "u", "JAEGER_PASSWORD": "p", "JAEGER_SERVICE_NAME": "s", "JAEGER_TAGS": "a=b", "JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": "1"})
}

func environmentOver(r *recorder) {
	base := func() *config.Configuration {
		return &config.Configuration{
			ServiceName: "coded", Disabled: true, RPCMetrics: true, Gen128Bit: true, Tags: []opentracing.Tag{{Key: "coded", Value: "tag"}},
			Sampler:  &config.SamplerConfig{Type: "const", Param: 1, SamplingServerURL: "http://coded", MaxOperations: 7, SamplingRefreshInterval: time.Minute},
			Reporter: &config.ReporterConfig{QueueSize: 7, LocalAgentHostPort: "coded:1", CollectorEndpoint: "http://coded", User: "u", Password: "p", LogSpans: true, BufferFlushInterval: time.Minute},
			Headers:  &jaeger.HeadersConfig{TraceContextHeaderName: "coded"},
		}
	}
	for _, kv := range []string{"", "JAEGER_SERVICE_NAME=env", "JAEGER_DISABLED=false", "JAEGER_TAGS=env=tag", "JAEGER_SAMPLER_TYPE=remote", "JAEGER_AGENT_HOST=env", "JAEGER_AGENT_PORT=2", "JAEGER_ENDPOINT=http://env/x", "JAEGER_REPORTER_LOG_SPANS=false", "JAEGER_SAMPLER_PARAM=x"} {
		env := map[string]string{}
		if k, v, ok := strings.Cut(kv, "="); ok {
			env[k] = v
		}
		withEnv(env, func() {
			c := base()
			got, err := c.FromEnv()
			r.say(kv, "%s same=%t\n%s", configText(got, err), got == c, configText(c, nil))
		})
	}
}

func yamlFiles(r *recorder) {
	for name, text := range map[string]string{
		"all": `
serviceName: svc
disabled: true
rpc_metrics: true
traceid_128bit: true
tags: [{key: a, value: b}]
sampler: {type: const, param: 1, samplingServerURL: "http://h", samplingRefreshInterval: 10s, maxOperations: 5, operationNameLateBinding: true}
reporter:
  queueSize: 5
  bufferflushinterval: 2s
  logSpans: true
  localAgentHostPort: "h:1"
  disableAttemptReconnecting: true
  attemptreconnectinterval: 3s
  collectorEndpoint: "http://c"
  user: u
  password: p
  http_headers: {k: v}
headers: {jaegerDebugHeader: a, jaegerBaggageHeader: b, TraceContextHeaderName: c, traceBaggageHeaderPrefix: d}
baggage_restrictions: {denyBaggageOnInitializationFailure: true, hostPort: "b:1", refreshInterval: 4s}
throttler: {hostPort: "t:1", refreshInterval: 5s, synchronousInitialization: true}
`,
		"other spelling": "service_name: svc\nservicename: svc2\nServiceName: svc3\nsampler: {Type: const, sampling_server_url: x}",
		"wrong types":    "serviceName: [a]\nsampler: 5",
		"durations":      "sampler: {samplingRefreshInterval: 5}\nreporter: {bufferFlushInterval: 6s}",
		"empty":          "",
		"partial":        "sampler: {type: const}",
	} {
		r.try(name, func() string {
			var c config.Configuration
			err := yaml.Unmarshal([]byte(text), &c)
			return configText(&c, err)
		})
		r.try(name+"/strict", func() string {
			var c config.Configuration
			return errText(yaml.UnmarshalStrict([]byte(text), &c))
		})
	}
	out, err := yaml.Marshal(config.Configuration{Sampler: &config.SamplerConfig{}, Reporter: &config.ReporterConfig{}, Headers: &jaeger.HeadersConfig{}, BaggageRestrictions: &config.BaggageRestrictionsConfig{}, Throttler: &config.ThrottlerConfig{}})
	r.say("out", "%s%v", out, err)
}

func configSamplers(r *recorder) {
	for _, c := range []config.SamplerConfig{
		{Type: "const", Param: 1},
		{Type: "const"},
		{Type: "CONST", Param: 0.1},
		{Type: "probabilistic", Param: 0.5},
		{Type: "probabilistic", Param: 1.5},
		{Type: "probabilistic", Param: -1},
		{Type: "rateLimiting", Param: 5},
		{Type: "ratelimiting", Param: -5},
		{Type: "remote", Param: 0.5},
		{Param: 0.25},
		{Type: "remote", Param: 2},
		{Type: "lowerbound"},
		{Type: "other"},
		{Type: " const"},
	} {
		r.try(fmt.Sprint(c.Type, " ", c.Param), func() string {
			s, err := c.NewSampler("svc", jaeger.NewNullMetrics())
			if err != nil {
				return errText(err)
			}
			defer s.Close()
			if remote, ok := s.(*jaeger.RemotelyControlledSampler); ok {
				return "remote, first " + remoteText(remote)
			}
			return fmt.Sprintf("%T %v", s, s)
		})
	}
}

func configReporters(r *recorder) {
	u := newReceiver()
	defer u.conn.Close()
	for name, c := range map[string]config.ReporterConfig{
		"UDP": {LocalAgentHostPort: u.addr()}, "UDP, spans logged": {LocalAgentHostPort: u.addr(), LogSpans: true}, "bad address": {LocalAgentHostPort: "nonsense"},
		"bad address, fixed": {LocalAgentHostPort: "localhost:x", DisableAttemptReconnecting: true},
	} {
		r.try(name, func() string {
			book := &logbook{}
			reporter, err := c.NewReporter("svc", jaeger.NewNullMetrics(), book)
			if err != nil {
				return errText(err) + "\n" + book.String()
			}
			g := newRigWith(reporter)
			g.span("s").FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch})
			_ = g.close()
			head, b := message(u.next())
			return fmt.Sprintf("%s %d spans\n%s", head, len(b.GetSpans()), book)
		})
	}
	c := newCollector(http.StatusAccepted, "")
	defer c.server.Close()
	rc := config.ReporterConfig{CollectorEndpoint: c.server.URL + "/api/traces", User: "u", Password: "p", HTTPHeaders: map[string]string{"X-Own": "v"}}
	reporter, err := rc.NewReporter("svc", jaeger.NewNullMetrics(), nil)
	r.say("HTTP", "%v", err)
	g := newRigWith(reporter)
	g.span("s").Finish()
	_ = g.close()
	r.say("HTTP, sent", "%s %d", c.request(), len(c.batch().GetSpans()))
}

func configTracer(r *recorder) {
	for name, c := range sorted(map[string]config.Configuration{
		"no name": {}, "disabled": {Disabled: true}, "disabled, named": {Disabled: true, ServiceName: "s"}, "bad sampler": {ServiceName: "s", Sampler: &config.SamplerConfig{Type: "x"}},
		"bad reporter": {ServiceName: "s", Sampler: &config.SamplerConfig{Type: "const"}, Reporter: &config.ReporterConfig{LocalAgentHostPort: "nonsense"}},
		"ok":           {ServiceName: "s", Sampler: &config.SamplerConfig{Type: "const", Param: 1}, Gen128Bit: true, Tags: []opentracing.Tag{{Key: "k", Value: "v"}}},
	}) {
		r.try(name, func() string {
			book := &logbook{}
			tracer, closer, err := c.NewTracer(config.Logger(book), config.Reporter(nil))
			if err != nil {
				return errText(err) + "\n" + book.String()
			}
			defer closer.Close()
			text := fmt.Sprintf("%T", tracer)
			if t, ok := tracer.(*jaeger.Tracer); ok {
				text += fmt.Sprint(" ", t.Sampler(), " ", slices.ContainsFunc(t.Tags(), func(t opentracing.Tag) bool { return t.Key == "k" && t.Value == "v" }))
				text += fmt.Sprint(" ", t.StartSpan("x").Context().(jaeger.SpanContext).TraceID().High != 0)
			}
			return text
		})
		r.try("global/"+name, func() string {
			before := opentracing.GlobalTracer()
			defer opentracing.SetGlobalTracer(before)
			closer, err := c.InitGlobalTracer("")
			if err != nil {
				return errText(err)
			}
			defer closer.Close()
			return fmt.Sprint("set: ", opentracing.GlobalTracer() != before)
		})
	}
	tracer, closer, err := config.Configuration{Sampler: &config.SamplerConfig{Type: "const", Param: 1}}.New("given", config.Reporter(jaeger.NewInMemoryReporter()))
	r.say("name given", "%v %s", err, jaeger.BuildJaegerProcessThrift(tracer.StartSpan("s").(*jaeger.Span)).ServiceName)
	r.say("close", "%v", closer.Close())
}

func configOptions(r *recorder) {
	f, book, memory := metricstest.NewFactory(0), &logbook{}, jaeger.NewInMemoryReporter()
	n := uint64(0)
	own := codec{book}
	tracer, closer, err := config.Configuration{ServiceName: "svc", RPCMetrics: true, Headers: &jaeger.HeadersConfig{TraceContextHeaderName: "x-own"}}.NewTracer(
		config.Metrics(f), config.Logger(book), config.Reporter(memory), config.Sampler(&samplerV1{book, func(string) (bool, []jaeger.Tag) { return true, nil }}),
		config.Observer(observer{book, "A", false}), config.ContribObserver(contribObserver{observer{book, "C", false}}),
		config.Injector("own", own), config.Extractor("own", own), config.Tag("t", "v"), config.PoolSpans(true), config.Gen128Bit(true), config.MaxTagValueLength(3),
		config.NoDebugFlagOnForcedSampling(true), config.ZipkinSharedRPCSpan(true), config.WithRandomNumber(func() uint64 { n++; return n }),
	)
	if err != nil {
		panic(err)
	}
	s := tracer.StartSpan("one", opentracing.StartTime(epoch))
	s.SetTag("long", "abcdef").SetTag("sampling.priority", uint16(1))
	m := opentracing.TextMapCarrier{}
	r.say("inject", "%s %s", errText(tracer.Inject(s.Context(), opentracing.TextMap, m)), lines(m))
	r.say("own", "%s", errText(tracer.Inject(s.Context(), "own", "x")))
	r.say("span", "%s", batchSpan(jaeger.BuildJaegerThrift(s.(*jaeger.Span))))
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(time.Second)})
	r.say("reported", "%d", memory.SpansSubmitted())
	r.say("close", "%v", closer.Close())
	r.say("book", "%s", book)
	r.say("metrics", "%s", snapshot(f))
}
