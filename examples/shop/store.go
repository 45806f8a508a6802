// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/http"

	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
)

// storeHandler answers what is in the tables. One query in fifteen waits for a
// lock; slow are those of prices, all of them.
func storeHandler(tracer *spur.Tracer, luck *luck, slow bool) http.Handler {
	query := func(table string, answer func(key string) string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, span := tracer.Start(r.Context(), "SELECT "+table, ext.SpanKindRPCClient)
			defer span.Finish()
			span.SetString("db.type", "sql").SetString("db.statement", "SELECT * FROM "+table+" WHERE id = ?")
			span.SetString("db.key", r.PathValue("key"))
			if luck.bad(15) {
				span.LogKV("event", "waiting for lock", "table", table)
				luck.work(30, 90)
				span.LogKV("event", "got lock", "table", table)
			}
			if slow && table == "prices" {
				luck.work(15, 30) // it reads the whole table
			}
			luck.work(1, 3)
			span.SetInt("db.rows", 1)
			fmt.Fprint(w, answer(r.PathValue("key")))
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /carts/{key}", query("carts", func(string) string { return "tea cup honey" }))
	mux.HandleFunc("GET /shelves/{key}", query("shelves", func(item string) string { return "A" + item[:1] }))
	mux.HandleFunc("GET /prices/{key}", query("prices", func(item string) string { return fmt.Sprint(100 * len(item)) }))
	mux.HandleFunc("GET /addresses/{key}", query("addresses", func(string) string { return "12 St James's Square" }))
	return mux
}
