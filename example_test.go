// SPDX-License-Identifier: Apache-2.0

package spur_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest"
)

func ExampleNew() {
	_, err := spur.New("", spur.WithSampler(nil))
	fmt.Println(err)

	var wrong *spur.ConfigError
	if errors.As(err, &wrong) {
		fmt.Println("first:", wrong.Name)
	}
	// Output:
	// spur: WithSampler="nil": must not be nil
	// spur: service="": no service name: pass one to New, or set it in the environment and use FromEnv
	// first: WithSampler
}

func ExampleTracer_Start() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	ctx, order := tracer.Start(context.Background(), "order")
	_, charge := tracer.Start(ctx, "charge card")
	charge.SetString("currency", "EUR").SetInt("cents", 1250)
	charge.SetError(errors.New("card declined"))
	charge.Finish()
	order.Finish()

	fmt.Print(spans.Tree())
	// Output:
	// order  4ms
	//   charge card  2ms  currency=EUR cents=1250 error=true
	//     @1ms event=error error.object="card declined"
}

func ExampleTracer_StartSpan() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	job := tracer.StartSpan("job", opentracing.Tag{Key: "queue", Value: "mail"})
	next := tracer.StartSpan("next", opentracing.FollowsFrom(job.Context()))
	next.Finish()
	job.Finish()

	fmt.Print(spans.Tree(spurtest.WithoutTimes()))
	// Output:
	// job  queue=mail
	//   next  (follows from)
}

func ExampleTracer_Inject() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	client := tracer.StartSpan("GET", ext.SpanKindRPCClient)
	client.SetBaggageItem("tenant", "acme")
	header := http.Header{}
	if err := tracer.Inject(client.Context(), opentracing.HTTPHeaders, header); err != nil {
		fmt.Println(err)
	}
	fmt.Println(header.Get("Uberctx-Tenant"))

	caller, err := tracer.Extract(opentracing.HTTPHeaders, header) // in another process
	if err != nil {
		fmt.Println(err)
	}
	server := tracer.StartSpan("GET /", ext.RPCServerOption(caller))
	fmt.Println(server.BaggageItem("tenant"))
	server.Finish()
	client.Finish()

	fmt.Print(strings.Join(operations(spans.Spans()), ", "))
	// Output:
	// acme
	// acme
	// GET /, GET
}

func operations(spans []model.Span) (names []string) {
	for _, s := range spans {
		names = append(names, s.Operation)
	}
	return names
}

func ExampleTracer_Stats() {
	tracer, _ := spurtest.New(nil)
	tracer.StartSpan("a").Finish()
	s := tracer.StartSpan("b")
	s.Finish()
	s.Finish() // once too often
	tracer.Close()
	tracer.StartSpan("late").Finish()

	st := tracer.Stats()
	fmt.Println("finished", st.Spans.FinishedSampled, "twice", st.Spans.DoubleFinish)
	for _, d := range st.Destinations {
		fmt.Println("sent", d.Sent, "dropped", d.DroppedTotal(), "waiting", d.BufferedSpans)
	}
	// Output:
	// finished 3 twice 1
	// sent 2 dropped 1 waiting 0
}

func ExampleTracer_SetSampler() {
	tracer, _ := spurtest.New(nil)
	defer tracer.Close()
	if err := tracer.SetSampler(sampler.NewParentBased(sampler.NewConst(false))); err != nil {
		fmt.Println(err)
	}
	fmt.Println(tracer.StartSpan("op").(*spur.Span).IsRecording())
	// Output: false
}

func ExampleSpan_SetTag_samplingPriority() {
	tracer, spans := spurtest.New(nil, spur.WithSampler(sampler.NewConst(false)))
	defer tracer.Close()

	s := tracer.StartSpan("checkout")
	s.SetTag("lost", "nobody records this")
	ext.SamplingPriority.Set(s, 1)
	s.SetTag("kept", "somebody asked for this trace")
	s.Finish()

	fmt.Print(spans.Tree(spurtest.WithoutTimes()))
	// Output: checkout  sampling.priority=1 kept="somebody asked for this trace"
}

func ExampleSpanFromContext() {
	s := spur.SpanFromContext(context.Background()) // there is none
	s.SetTag("k", "v")                              // and it does not matter
	fmt.Println(s.IsRecording(), s.SpanContext().IsValid())
	// Output: false false
}

func ExampleWithRedactor() {
	redact := func(_ spur.Place, key string, v model.Value) (model.Value, bool) {
		if key == "card" {
			return model.String("****"), true
		}
		return v, key != "password"
	}
	tracer, spans := spurtest.New(nil, spur.WithRedactor(redact))
	defer tracer.Close()
	tracer.StartSpan("pay").SetTag("card", "4111 1111").SetTag("password", "hunter2").Finish()
	fmt.Print(spans.Tree(spurtest.WithoutTimes()))
	// Output: pay  card=****
}

type printer struct{}

func (printer) OnFinish(s *spur.Span, data *model.Span) {
	fmt.Println("finished", data.Operation, "sampled:", data.IsSampled())
}

func ExampleWithObserver() {
	tracer, _ := spurtest.New(nil, spur.WithObserver(printer{}), spur.WithSampler(sampler.NewConst(false)))
	defer tracer.Close()
	tracer.StartSpan("a").Finish()
	// Output: finished a sampled: false
}

// route is a Namer that looks up the route of a path.
type route struct{ path string }

func (route) Apply(*opentracing.StartSpanOptions) {}

func (r route) SpurOperationName() string {
	fmt.Println("looking up", r.path)
	return "GET /orders/{id}"
}

func ExampleNamer() {
	tracer, _ := spurtest.New(nil, spur.WithSampler(sampler.NewConst(false)))
	defer tracer.Close()
	fmt.Println(tracer.StartSpan("GET", route{"/orders/7"}).(*spur.Span).OperationName())
	_ = tracer.SetSampler(sampler.NewConst(true))
	fmt.Println(tracer.StartSpan("GET", route{"/orders/8"}).(*spur.Span).OperationName())
	// Output:
	// GET
	// looking up /orders/8
	// GET /orders/{id}
}

func ExampleNewSpanContext() {
	c := spur.NewSpanContext(model.Context{
		TraceID: model.TraceID{Low: 0x1f}, SpanID: 0x2a, Flags: model.FlagSampled, State: model.StateRemote,
	})
	fmt.Println(c, c.IsRemote())
	// Output: 000000000000001f:000000000000002a:0000000000000000:1 true
}

// Every variable with a wrong value is named at once.
func ExampleFromEnv() {
	defer setenv("JAEGER_SAMPLER_TYPE", "always")()
	defer setenv("JAEGER_TAGS", "zone=eu,blue")()

	_, err := spur.New("orders", spur.FromEnv())
	fmt.Println(err)
	// Output:
	// spur: JAEGER_TAGS="zone=***,***": pair 2: no "=" in it
	// spur: JAEGER_SAMPLER_TYPE="always": not one of const, probabilistic, ratelimiting, remote
}

// A program can tell which variable it was.
func ExampleConfigError() {
	defer setenv("JAEGER_AGENT_PORT", "68310")()

	_, err := spur.New("orders", spur.FromEnv())
	var wrong *spur.ConfigError
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Name, wrong.Value)
		fmt.Println(wrong.Err)
	}
	// Output:
	// JAEGER_AGENT_PORT 68310
	// port is not within 1 to 65535
}

// setenv returns what puts the variable back.
func setenv(name, value string) (restore func()) {
	old, was := os.LookupEnv(name)
	_ = os.Setenv(name, value) // fails for bad names only
	return func() {
		if was {
			_ = os.Setenv(name, old)
		} else {
			_ = os.Unsetenv(name)
		}
	}
}
