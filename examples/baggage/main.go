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
	"sort"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	// Two hops away somebody wants to know the tenant.
	storage := httptest.NewServer(spurhttp.Handler(tracer, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(out, "storage is asked by tenant", spur.SpanFromContext(r.Context()).BaggageItem("tenant"))
	}), spurhttp.WithOperationName(func(*http.Request) string { return "store" })))
	defer storage.Close()

	ctx, span := tracer.Start(context.Background(), "upload")
	span.SetBaggageItem("tenant", "café & co")
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, storage.URL, nil)
	if err != nil {
		return err
	}
	resp, err := spurhttp.Client(nil).Do(r)
	if err != nil {
		return err
	}
	resp.Body.Close()

	// What that looked like: the same item for services that read Jaeger's headers
	// and for those that read W3C's.
	header := http.Header{}
	if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
		return err
	}
	for _, name := range sorted(header) {
		fmt.Fprintf(out, "%s: %s\n", name, header.Get(name))
	}

	// A tracer with restrictions refuses what is not on its list, and logs that.
	list, err := baggage.NewAllowList(map[string]int{"tenant": 8}, baggage.AllowListOptions{DenyUnknown: true})
	if err != nil {
		return err
	}
	strict := spans.Tracer("strict", spur.WithBaggageRestrictions(list))
	defer strict.Close()
	checked := strict.StartSpan("checked", opentracing.ChildOf(span.Context()))
	checked.SetBaggageItem("tenant", "somebody else")
	checked.SetBaggageItem("password", "hunter2")
	fmt.Fprintf(out, "tenant %q, password %q\n\n", checked.BaggageItem("tenant"), checked.BaggageItem("password"))
	checked.Finish()
	span.Finish()

	fmt.Fprint(out, spans.Tree(spurtest.WithoutTimes()))
	return nil
}

func sorted(h http.Header) (names []string) {
	for name := range h {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
