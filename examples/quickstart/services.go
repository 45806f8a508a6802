// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// checkout is what the frontend does: it asks for a price.
func checkout(pricing string) http.Handler {
	client := spurhttp.Client(nil) // its requests are spans, and carry the trace on
	mux := http.NewServeMux()
	mux.HandleFunc("GET /checkout", func(w http.ResponseWriter, r *http.Request) {
		span := spur.SpanFromContext(r.Context())
		w.Header().Set("Trace-Id", span.SpanContext().TraceID().String())
		span.SetBaggageItem("customer", r.FormValue("customer")) // goes with the trace, to every service below

		price, _, err := get(r.Context(), client, pricing+"/price?item="+r.FormValue("item"))
		if err != nil {
			span.SetError(err)
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		span.SetString("price", price)
		fmt.Fprintf(w, "%s costs %s", r.FormValue("item"), price)
	})
	return mux
}

// price is what the pricing service does: it looks the price up.
func price(tracer *spur.Tracer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /price", func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), "find price")
		defer span.Finish()

		customer := span.BaggageItem("customer") // nobody passed it as a parameter
		span.SetString("customer", customer)
		span.LogKV("event", "cache miss", "item", r.FormValue("item"))

		_, query := tracer.Start(ctx, "SELECT")
		query.SetString("db.type", "sql").SetInt("rows", 1)
		time.Sleep(2 * time.Millisecond) // a database at work
		query.Finish()

		fmt.Fprint(w, "3€")
	})
	return mux
}
