// SPDX-License-Identifier: Apache-2.0

// Baggage shows items that travel with a trace, through headers and back, and a
// tracer that says which items there may be.
//
//	go run ./examples/baggage
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/spurhttp"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	// Another service wants to know the tenant.
	other, err := newTracer("storage", out)
	if err != nil {
		return err
	}
	storage := httptest.NewServer(spurhttp.Handler(other, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		span := spur.SpanFromContext(r.Context())
		span.SetString("tenant", span.BaggageItem("tenant"))
	}), spurhttp.WithOperationName(func(*http.Request) string { return "store" })))
	defer storage.Close()

	// A tracer with restrictions refuses what is not on its list, and logs that.
	list, err := baggage.NewAllowList(map[string]int{"tenant": 12}, baggage.AllowListOptions{DenyUnknown: true})
	if err != nil {
		return err
	}
	tracer, err := newTracer("files", out, spur.WithBaggageRestrictions(list))
	if err != nil {
		return err
	}
	ctx, span := tracer.Start(context.Background(), "upload")
	span.SetBaggageItem("tenant", "café & co")

	// How it travels: the same item for services that read Jaeger's headers and for
	// those that read W3C's.
	header := http.Header{}
	if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
		return err
	}
	for _, name := range []string{"Baggage", "Uberctx-Tenant"} {
		fmt.Fprintf(out, "%s: %s\n", name, header.Get(name))
	}
	fmt.Fprintln(out)
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, storage.URL, nil)
	if err != nil {
		return err
	}
	resp, err := spurhttp.Client(nil).Do(r)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if err := other.Close(); err != nil { // draws what waits
		return err
	}

	span.SetBaggageItem("tenant", "somebody else")
	span.SetBaggageItem("password", "hunter2")
	span.Finish()
	if err := tracer.Close(); err != nil {
		return err
	}
	fmt.Fprintf(out, "tenant %q, password %q\n", span.BaggageItem("tenant"), span.BaggageItem("password"))
	return nil
}

// newTracer makes a tracer that draws on the terminal. A service says
// spur.New("files", spur.FromEnv()).
func newTracer(service string, out io.Writer, opts ...spur.Option) (*spur.Tracer, error) {
	console, err := reporter.NewConsole(out, reporter.ConsoleOptions{})
	if err != nil {
		return nil, err
	}
	return spur.New(service, append(opts, spur.SampleAll(), spur.WithReporter(console))...)
}
